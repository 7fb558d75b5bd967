"""The handler of Plan."""

import io
import json

import pytest

from stockflow.testing import NOON_MS, FakeAws, client_error
from stockflow_functions.daily_prices.plan.app import handler, plan
from stockflow_functions.daily_prices.plan.inbox import LARGEST_LIST_BYTES
from stockflow_functions.domain.budget.arithmetic import ReservationRequest
from stockflow_functions.domain.errors import InvalidInput, StorageDenied, StorageUnavailable
from stockflow_functions.runtime.settings import MOST_IN_ONE_MAP

FRIDAY_EVENING, SATURDAY = "2026-11-20T23:30:00.5Z", "2026-11-21T23:30:00Z"
LARGEST_STATE_BYTES = 262_144


@pytest.fixture
def aws():
    return FakeAws(STOCK_SYMBOLS="AAPL,MSFT,IBM")


def event(workflow_input, execution="run-1", retry_count=0, started_at=FRIDAY_EVENING):
    return {
        "input": workflow_input,
        "execution": execution,
        "execution_arn": f"arn:aws:states:us-east-1:1:execution:m:{execution}",
        "started_at": started_at,
        "retry_count": retry_count,
    }


def symbols(made):
    return [item["symbol"] for item in made["work"]]


def remembered(aws, series="daily"):
    return aws.services.deferred.remembered(series)


def test_plan_has_the_shape_of_the_contract(aws):
    """Key by key as docs/contracts.md has it, and the same object is stored."""
    made = plan(event({"symbols": ["nvda"]}), aws.services)

    assert made == {
        "run": {
            "execution": "run-1",
            "execution_arn": "arn:aws:states:us-east-1:1:execution:m:run-1",
            "started_at": "2026-11-20T23:30:00.500Z",
            "trigger": "console",
            "series": "daily",
            "outputsize": "compact",
            "force": False,
            "generation": 0,
            "spare_events": 23_959,
            "own_lanes": True,
        },
        "lanes": 10,
        "work": [{"symbol": "NVDA", "not_before": "2026-11-20T17:00:01.750Z"}],
        "deferred": [],
        "skipped": None,
        "requests": {
            "planned": 1,
            "first_slot_at": "2026-11-20T17:00:01.750Z",
            "last_slot_at": "2026-11-20T17:00:01.750Z",
            "interval_ms": 2000,
            "day_limit": 25,
            "day_used": 1,
            "day_left": 24,
            "day_resets_at": "2026-11-21T05:00:00.000Z",
        },
        "warnings": [],
        "sentence": "1 request at 2026-11-20T17:00:01.750Z. The day's 25 requests pay for 24 more before "
        "2026-11-21T05:00:00.000Z.",
    }
    assert aws.s3.json("runs/run-1/plan.json") == made


def test_default_symbols_have_a_slot_each(aws):
    """One interval apart, in their order."""
    made = plan(event({}), aws.services)

    assert symbols(made) == ["AAPL", "MSFT", "IBM"]
    assert [item["not_before"][17:] for item in made["work"]] == ["01.750Z", "03.750Z", "05.750Z"]


def test_run_behind_another_is_told_when_its_first_slot_is(aws):
    """In the sentence, which the console shows."""
    unlimited = aws.services_with(REQUESTS_PER_DAY="0")
    plan(event({"symbols": [f"S{number}" for number in range(150)]}), unlimited)

    made = plan(event({"symbols": "A, B"}, "run-2"), unlimited)

    assert "the first is in 5 min 1 s, behind those of other runs" in made["sentence"]


def test_symbols_that_the_day_can_not_pay_for_are_deferred_and_remembered(aws):
    """The first ones go, the others wait for the next scheduled run."""
    aws.services.budget.reserve(ReservationRequest(23))

    made = plan(event({}), aws.services)

    assert (symbols(made), made["deferred"], remembered(aws)) == (["AAPL", "MSFT"], ["IBM"], ["IBM"])
    assert "1 symbol left for the next scheduled run" in made["sentence"]


def test_of_many_deferred_symbols_the_state_carries_the_first(aws):
    """A hundred names and the number of the others go on; plan.json and the table have every one."""
    names = [f"S{number}" for number in range(130)]
    aws.services.budget.reserve(ReservationRequest(23))

    made = plan(event({"symbols": names}), aws.services)

    assert (made["deferred"], made["deferred_more"]) == (names[2:102], 28)
    assert aws.s3.json("runs/run-1/plan.json")["deferred"] == remembered(aws) == names[2:]


def test_spent_quota_defers_everything(aws):
    """Nothing is asked before the reset, and nothing is lost."""
    aws.services.budget.mark_spent()

    made = plan(event({}), aws.services)

    assert (made["work"], made["deferred"]) == ([], ["AAPL", "MSFT", "IBM"])
    assert (made["requests"]["day_left"], made["requests"]["first_slot_at"]) == (0, None)
    assert "Alpha Vantage said" in made["sentence"]


def test_remembered_symbols_go_first_in_a_scheduled_run(aws):
    """Longest wait first, then the list; who has a slot is forgotten."""
    aws.services.deferred.add("daily", ["TSLA", "IBM"])

    made = plan(event({"trigger": "schedule"}), aws.services)

    assert (symbols(made), remembered(aws)) == (["TSLA", "IBM", "AAPL", "MSFT"], [])


def test_symbols_wait_in_turn_over_days(aws):
    """A list three times the day's quota is through after three days, whatever the alphabet."""
    slow = aws.services_with(REQUESTS_PER_DAY="2", STOCK_SYMBOLS="E,D,C,B,A,F")
    days = []
    for day in range(16, 19):
        started_at = f"2026-11-{day}T23:30:00Z"
        aws.clock.ms = NOON_MS + (day - 20) * 86_400_000
        days.append(symbols(plan(event({"trigger": "schedule"}, f"run-{day}", started_at=started_at), slow)))

    assert days == [["E", "D"], ["C", "B"], ["A", "F"]]


def test_remembered_symbol_that_a_person_fetches_is_forgotten(aws):
    """Only scheduled runs take remembered symbols, but any run that fetches one settles it."""
    aws.services.deferred.add("daily", ["TSLA", "IBM"])

    made = plan(event({"symbols": "IBM"}), aws.services)

    assert (symbols(made), remembered(aws)) == (["IBM"], ["TSLA"])


def test_more_remembered_symbols_than_a_run_takes_wait_on(aws):
    """A scheduled run of what the day pays for leaves the rest remembered."""
    limited = aws.services_with(REQUESTS_PER_DAY="100")
    aws.services.deferred.add("daily", [f"S{number}" for number in range(1200)])

    made = plan(event({"trigger": "schedule"}), limited)

    assert (len(made["work"]), made["deferred"][0], made["deferred_more"]) == (100, "S100", 1003)
    assert remembered(aws)[-4:] == ["S1199", "AAPL", "MSFT", "IBM"]


def test_closed_market_skips_a_scheduled_run(aws):
    """Nothing is reserved, and the reason is a sentence."""
    made = plan(event({"trigger": "schedule"}, started_at=SATURDAY), aws.services)

    assert (made["work"], made["requests"]["planned"]) == ([], 0)
    assert "Saturday" in made["skipped"] == made["sentence"]
    assert aws.dynamodb.items == {}


def test_closed_market_skips_a_smoke_run_that_is_told_a_scheduled_time(aws):
    """It tries how a schedule starts runs, and costs no request; its symbols are not looked at."""
    asked = {"trigger": "smoke", "symbols": ["AAPL"], "scheduled_time": "2026-11-22T12:00:00.123Z"}

    made = plan(event(asked, started_at=FRIDAY_EVENING), aws.services)

    assert (made["work"], made["run"]["trigger"]) == ([], "smoke")
    assert "Saturday" in made["skipped"]
    assert aws.dynamodb.items == {}


@pytest.mark.parametrize(
    "workflow_input",
    [{}, {"trigger": "laptop"}, {"trigger": "schedule", "force": True}, {"trigger": "smoke"}],
)
def test_closed_market_stops_nobody_who_asks_for_it(aws, workflow_input):
    """A person's run, a forced one and a deployer's smoke run go ahead at the weekend."""
    made = plan(event(workflow_input, started_at=SATURDAY), aws.services)

    assert (made["skipped"], made["requests"]["planned"]) == (None, 3)


def test_dropped_list_is_read_and_its_bad_lines_are_told(aws):
    """The good lines run; the others are warnings of the plan, and in the log."""
    aws.s3.objects["inbox/list.csv"] = "\ufeffsymbol\nAAPL\n../x\n".encode()

    made = plan(event({"trigger": "inbox", "list": {"bucket": "stockflow", "key": "inbox/list.csv"}}), aws.services)

    assert symbols(made) == ["AAPL"]
    assert "'../x' (line 3)" in made["warnings"][0]
    assert "s3://stockflow/inbox/list.csv" in made["warnings"][0]
    assert "line 3" in aws.log.getvalue()


def test_many_bad_lines_are_told_in_few_words(aws):
    """Ten are named, so that a state does not grow with the list."""
    aws.s3.objects["inbox/list.csv"] = b"AAPL\n" + b"../x\n" * 5000

    made = plan(event({"trigger": "inbox", "list": {"bucket": "stockflow", "key": "inbox/list.csv"}}), aws.services)

    assert len(made["warnings"]) == 11
    assert made["warnings"][-1].startswith("4990 more")


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (None, "no list s3://stockflow/inbox/list.csv"),
        (b"", "no symbol in the list.*inbox/list.csv"),
        ("AAPL".encode("utf-16"), "UTF-8"),
        (b"A\n" * 2_100_000, "larger than"),
    ],
)
def test_dropped_list_that_can_not_be_used_is_named(aws, body, sentence):
    """Gone, empty, not text, or far too large."""
    if body is not None:
        aws.s3.objects["inbox/list.csv"] = body

    with pytest.raises(InvalidInput, match=sentence):
        plan(event({"trigger": "inbox", "list": {"bucket": "stockflow", "key": "inbox/list.csv"}}), aws.services)


def test_dropped_list_is_read_to_its_limit_and_no_further(aws):
    """An object of any size costs the memory of the largest list."""
    sizes = []

    class Body(io.BytesIO):
        def read(self, size=-1):
            sizes.append(size)
            return super().read(size)

    aws.s3.get_object = lambda **_: {"Body": Body(b"A\n" * 5_000_000), "ETag": "e"}

    with pytest.raises(InvalidInput, match="larger than"):
        plan(event({"list": {"bucket": "stockflow", "key": "inbox/list.csv"}}), aws.services)
    assert sizes == [LARGEST_LIST_BYTES + 1]


def test_bucket_of_a_dropped_list_that_is_not_there_is_the_input_s_fault(aws):
    """S3_BUCKET has nothing to do with it, and the sentence does not name it."""

    def refuse(**_):
        raise client_error("NoSuchBucket", "GetObject")

    aws.s3.get_object = refuse

    with pytest.raises(InvalidInput, match="There is no bucket elsewhere, which list names"):
        plan(event({"list": {"bucket": "elsewhere", "key": "inbox/list.csv"}}), aws.services)


def test_stricter_run_under_way_is_a_warning(aws):
    """In the plan, in its sentence and in the log, with the setting's name."""
    plan(event({"symbols": "A, B, C"}, "strict"), aws.services_with(REQUESTS_PER_MINUTE="5"))

    made = plan(event({}), aws.services)

    assert made["requests"]["interval_ms"] == 12_000
    assert "REQUESTS_PER_MINUTE" in made["warnings"][0]
    assert made["warnings"][0] in made["sentence"]
    assert "REQUESTS_PER_MINUTE" in aws.log.getvalue()


def test_run_too_far_ahead_is_refused_and_reserves_nothing(aws):
    """The sentence names the setting."""
    impatient = aws.services_with(REQUESTS_PER_DAY="0", MAX_SLOT_AHEAD_SECONDS="60")

    with pytest.raises(InvalidInput, match="MAX_SLOT_AHEAD_SECONDS"):
        plan(event({"symbols": [f"S{number}" for number in range(100)]}), impatient)
    assert aws.dynamodb.items == {}


def test_repeated_plan_is_the_stored_one(aws):
    """A Plan whose answer got lost is not planned again, whoever planned since."""
    made = plan(event({}), aws.services)
    plan(event({"symbols": "NVDA"}, "run-2"), aws.services)

    assert plan(event({}, retry_count=1), aws.services) == made
    assert aws.services.budget.read().used == {"2026-11-20": 4}


def test_plan_that_could_not_be_stored_keeps_its_slots_when_repeated(aws):
    """A fault of S3 between the reservation and the plan costs no quota."""
    aws.s3.fail("SlowDown")
    with pytest.raises(StorageUnavailable):
        plan(event({}), aws.services)
    aws.s3.heal()

    made = plan(event({}, retry_count=1), aws.services)

    assert [item["not_before"][17:] for item in made["work"]] == ["01.750Z", "03.750Z", "05.750Z"]
    assert aws.services.budget.read().used == {"2026-11-20": 3}


def test_repeated_plan_loses_no_remembered_symbol(aws):
    """Wherever the first one stopped, each symbol is either planned or remembered in the end."""
    aws.services.deferred.add("daily", ["TSLA", "NVDA"])
    aws.services.budget.reserve(ReservationRequest(22))
    put = aws.s3.put_object

    def stored_but_unheard(**arguments):
        aws.s3.put_object = put
        aws.dynamodb.fail("ThrottlingException")
        return put(**arguments)

    aws.s3.put_object = stored_but_unheard
    with pytest.raises(StorageUnavailable):
        plan(event({"trigger": "schedule"}), aws.services)
    aws.dynamodb.heal()

    made = plan(event({"trigger": "schedule"}, retry_count=1), aws.services)

    assert symbols(made) == ["TSLA", "NVDA", "AAPL"]
    assert remembered(aws) == ["MSFT", "IBM"]


def test_plan_of_a_run_is_one_write_of_the_budget(aws):
    """Nothing deferred, nobody else under way: one write in all."""
    plan(event({}), aws.services)

    assert aws.dynamodb.writes == 1


@pytest.mark.parametrize(
    ("code", "error"), [("ResourceNotFoundException", StorageDenied), ("ThrottlingException", StorageUnavailable)]
)
def test_table_that_does_not_take_requests_is_named(aws, code, error):
    """The setting is in the sentence."""
    aws.dynamodb.fail(code)

    with pytest.raises(error, match="STATE_TABLE"):
        plan(event({}), aws.services)


def test_largest_run_fits_into_a_state_with_every_symbol_failed(aws):
    """As many symbols of eleven letters as one Map takes, all failed, stay far under 256 KiB; so do 30 letters."""
    unlimited = aws.services_with(REQUESTS_PER_DAY="0", MOST_SYMBOLS_INLINE=str(MOST_IN_ONE_MAP))
    for length in (11, 30):
        names = [f"S{number:04}".ljust(length, "X") for number in range(MOST_IN_ONE_MAP)]
        made = plan(event({"symbols": names}, f"run-{length}"), unlimited)
        failed = {"status": "failed", "error": {"type": "StorageUnavailable", "state": "Transform"}}
        state = {**made, "symbols": [{"symbol": name, **failed} for name in names]}
        assert len(json.dumps(state, separators=(",", ":")).encode()) < LARGEST_STATE_BYTES


def test_handler_records_a_refused_input(aws):
    """Under runs/, for the manifest of a run that never began."""
    with pytest.raises(InvalidInput):
        handler.run(event({"symbols": ["../x"]}), None, aws.services)

    assert aws.s3.json("runs/run-1/failure.json")["type"] == "InvalidInput"
