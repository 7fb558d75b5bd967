"""The part of a backfill that a run makes."""

from datetime import date

import pytest

from stockflow.testing import NOON_MS, FakeAws
from stockflow_functions.aws.listings import write_listings
from stockflow_functions.daily_prices.plan.app import plan
from stockflow_functions.daily_prices.plan.request import request_of
from stockflow_functions.domain.backfill.goal import Goal
from stockflow_functions.domain.backfill.noted import LastRun, SymbolEnd
from stockflow_functions.domain.budget.arithmetic import ReservationRequest
from stockflow_functions.domain.errors import InvalidInput
from stockflow_functions.domain.outcome import Failure
from stockflow_functions.domain.prices.freshness import Known
from tests.helpers.backfills import backfill_of, begun, store_of
from tests.helpers.written_listings import listing, listings

TODAY = date(2026, 11, 20)
SATURDAY = "2026-11-21T17:00:00.000Z"
ALL_THERE = Known(NOON_MS, "2026-11-19", "1999-11-01", full=True)


@pytest.fixture
def aws():
    return FakeAws(STOCK_SYMBOLS="AAPL,MSFT", REQUESTS_PER_DAY="25")


def planned(aws, execution="run-1", retry_count=0, **workflow_input):
    event = {
        "input": {"backfill": "next", "trigger": "schedule", **workflow_input},
        "execution": execution,
        "execution_arn": f"arn:aws:states:us-east-1:1:execution:m:{execution}",
        "started_at": SATURDAY,
        "retry_count": retry_count,
    }
    return plan(event, aws.services)


def asked(made):
    return [item["symbol"] for item in made["work"]]


def names(count):
    return [f"S{number:03}" for number in range(count)]


def have(aws, symbol):
    aws.services.freshness.add("daily", {symbol: ALL_THERE})
    aws.s3.objects[f"prices/daily/{symbol}.parquet"] = b"a table"


def test_a_run_takes_what_the_day_leaves_over(aws):
    """25 a day, of which the two of the daily run are kept back; also on a day without a session."""
    begun(aws, names(500))

    made = planned(aws)

    assert asked(made) == names(23)
    assert (made["run"]["backfill"], made["run"]["outputsize"], made["deferred"]) == ("one", "full", [])


def test_daily_symbols_that_are_up_to_date_until_the_reset_keep_nothing_back(aws):
    """Their bars of the day's session are there already."""
    begun(aws, names(500))
    aws.services.freshness.add("daily", {name: Known(NOON_MS, "2026-11-20") for name in ("AAPL", "MSFT")})

    assert len(asked(planned(aws))) == 25


def test_the_requests_of_a_daily_universe_are_kept_back(aws):
    """Where the daily runs have one, in place of STOCK_SYMBOLS."""
    begun(aws, names(500))
    aws.s3.objects["universes/ten.txt"] = "\n".join(f"D{number}" for number in range(10)).encode()

    made = planned(aws, universe="universes/ten.txt")

    assert asked(made) == names(15)
    assert backfill_of(aws).daily == {"XNYS": 10}


def test_what_other_runs_have_used_is_not_there_any_more(aws):
    """23 of the day's 25 requests are used, and two are kept back."""
    begun(aws, names(500))
    aws.services.budget.reserve(ReservationRequest(23))

    made = planned(aws)

    assert asked(made) == []
    assert made["skipped"].startswith("Nothing is left over for the backfill one before 2026-11-21T05:00:00.000Z")


def test_without_a_daily_limit_all_go_at_once(aws):
    """As many as the settings let a run plan ahead."""
    begun(aws, names(30))

    assert len(planned_by(aws, REQUESTS_PER_DAY="0")) == 30


def planned_by(aws, **variables):
    aws.services = aws.services_with(**variables)
    return asked(planned(aws))


def test_what_is_there_is_not_asked_for(aws):
    """Whoever brought it in."""
    begun(aws, ["AAPL", "IBM", "MSFT"])
    have(aws, "IBM")

    assert asked(planned(aws)) == ["AAPL", "MSFT"]


def test_a_table_that_is_gone_is_brought_in_again(aws):
    """Whatever earlier runs knew of it."""
    begun(aws, ["IBM"])
    aws.services.freshness.add("daily", {"IBM": ALL_THERE})

    assert asked(planned(aws)) == ["IBM"]


def test_what_the_listings_rule_out_is_given_up_without_a_request(aws):
    """With the nearest names."""
    begun(aws, ["AAPL", "APPL"])
    write_listings(aws.services.bucket, listings(listing("AAPL", seen=TODAY), as_of=TODAY), None)

    assert asked(planned(aws)) == ["AAPL"]
    assert backfill_of(aws).troubles["APPL"].message.startswith("APPL is in no listing of 2026-11-20")


def test_bars_since_the_listing_are_all_there_are(aws):
    """A company that was listed after the wanted day has no older ones."""
    begun(aws, ["AAPL", "IBM"], goal=Goal("daily", since=date(2000, 1, 3)))
    rows = [listing("AAPL", begins="2026-07-06", seen=TODAY), listing("IBM", seen=TODAY)]
    write_listings(aws.services.bucket, listings(*rows, as_of=TODAY), None)
    for symbol in ("AAPL", "IBM"):
        have(aws, symbol)
    short = Known(NOON_MS, "2026-11-19", "2026-07-06")
    aws.services.freshness.add("daily", {"AAPL": short, "IBM": short})

    assert asked(planned(aws)) == ["IBM"]


def test_a_range_of_a_compact_answer_costs_no_whole_history(aws):
    """Bars since the day before yesterday."""
    begun(aws, ["IBM"], goal=Goal("daily", since=date(2026, 11, 18)))

    assert planned(aws)["run"]["outputsize"] == "compact"


def test_a_backfill_without_anything_to_do_is_done_and_the_next_one_goes_on(aws):
    """In the same run."""
    begun(aws, ["IBM"], "one")
    begun(aws, ["MSFT"], "two", at="2026-11-20T18:00:00.000Z")
    have(aws, "IBM")

    made = planned(aws)

    assert (made["run"]["backfill"], asked(made)) == ("two", ["MSFT"])
    assert backfill_of(aws, "one").status == "done"


def test_a_second_one_waits(aws):
    """Even if it is named."""
    begun(aws, ["IBM"], "one")
    begun(aws, ["MSFT"], "two", at="2026-11-20T18:00:00.000Z")

    assert planned(aws, backfill="two")["skipped"] == "The backfill two is over, or waits behind one."


def test_a_paused_one_does_nothing(aws):
    """And holds up those behind it."""
    begun(aws, ["IBM"])
    store_of(aws).change("one", lambda backfill: backfill.paused("So said a person."))

    assert planned(aws)["skipped"] == "The backfill one is paused. So said a person."


def test_without_a_backfill_there_is_nothing_to_do(aws):
    """A sentence says how one is begun."""
    made = planned(aws)

    assert (made["run"]["backfill"], made["work"]) == ("", [])
    assert "`stockflow backfill` begins one" in made["skipped"]


def test_two_runs_at_once_do_not_ask_for_the_same(aws):
    """The second one, of a person, finds that the schedule's has the day's part."""
    begun(aws, names(500))
    planned(aws, "run-1")

    made = planned(aws, "run-2", trigger="console")

    assert made["skipped"] == "The run run-1 is making the day's part of the backfill one."


def test_two_runs_that_plan_in_the_same_moment_do_not_either(aws):
    """Whoever is second in the conditional write reads the other's claim."""
    begun(aws, names(500))
    store = store_of(aws)
    s3, put_object = aws.s3, aws.s3.put_object

    def raced(**request):
        s3.put_object = put_object
        planned(aws, "run-1")
        return put_object(**request)

    s3.put_object = raced
    made = planned(aws, "run-2")

    assert made["skipped"] == "The run run-1 is making the day's part of the backfill one."
    assert store.unfinished()[0].claim.execution == "run-1"


def test_a_run_that_left_no_end_is_forgotten_after_an_hour(aws):
    """Its symbols are taken by another one."""
    begun(aws, names(500))
    planned(aws, "run-1")
    aws.clock.sleep(24 * 3600)

    assert asked(planned(aws, "run-2")) == names(23)


def test_a_repeated_plan_takes_the_same(aws):
    """Where it failed after it had reserved its slots, of which the day pays for no others, and had no plan yet."""
    begun(aws, names(500))
    first = asked(planned(aws))
    aws.s3.delete_object(Bucket="stockflow", Key="runs/run-1/plan.json")

    assert asked(planned(aws, retry_count=1)) == first == names(23)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda one: one.ended(), "The backfill one is ended."),
        (lambda one: one.paused("Wait."), "The backfill one is paused. Wait."),
        (
            lambda one: one.counted([SymbolEnd("S000", "saved")], LastRun("run-0", SATURDAY, 0, 0), "2026-11-20"),
            "Another run has just made a part of the backfill one.",
        ),
    ],
)
def test_what_others_change_while_a_run_is_planned_counts(aws, change, sentence):
    """Between the plan's look at the backfill and its claim."""
    begun(aws, names(500))
    store, s3, put_object = store_of(aws), aws.s3, aws.s3.put_object

    def raced(**request):
        s3.put_object = put_object
        store.change("one", change)
        return put_object(**request)

    s3.put_object = raced

    assert planned(aws)["skipped"] == sentence


def test_symbols_that_failed_today_wait_for_another_day(aws):
    """Where no others are left."""
    begun(aws, ["IBM"])
    end = SymbolEnd("IBM", "failed", Failure("ProviderUnavailable", "No.", "Fetch"))
    run = LastRun("run-0", SATURDAY, 0, 0)
    store_of(aws).change("one", lambda backfill: backfill.counted([end], run, "2026-11-20"))

    assert planned(aws)["skipped"] == "1 symbol of the backfill one failed today: another day tries them again."


def test_a_lost_list_is_told(aws):
    """The run fails with a sentence."""
    begun(aws, ["IBM"])
    aws.s3.delete_object(Bucket="stockflow", Key="backfills/one.txt")

    with pytest.raises(InvalidInput, match=r"backfills/one\.txt of the backfill one is missing"):
        planned(aws)


def test_an_object_that_is_no_backfill_is_told(aws):
    """By its key."""
    aws.services.bucket.put_json("backfills/one.json", {"version": 2})

    with pytest.raises(InvalidInput, match=r"backfills/one\.json is no backfill"):
        planned(aws)


def test_deferred_symbols_of_the_daily_run_are_left_to_it(aws):
    """A backfill adds none, and takes none."""
    begun(aws, names(3))
    aws.services.deferred.add("daily", ["TSLA"])

    assert asked(planned(aws)) == names(3)
    assert aws.services.deferred.remembered("daily") == ["TSLA"]


def test_a_run_names_a_backfill_or_symbols():
    """Not both."""
    with pytest.raises(InvalidInput, match="both symbols and backfill"):
        request_of({"symbols": ["IBM"], "backfill": "next"})


def test_a_change_by_many_at_once_is_not_lost(aws):
    """Each reads, changes and writes on condition."""
    begun(aws, ["IBM"])
    store, put_object = store_of(aws), aws.s3.put_object
    others = iter([lambda backfill: backfill.paused("x")])

    def raced(**request):
        other = next(others, None)
        if other:
            store.change("one", other)
        return put_object(**request)

    aws.s3.put_object = raced
    after = store.change("one", lambda backfill: backfill.counted([], LastRun("run-9", SATURDAY, 0, 0), "2026-11-20"))

    assert (after.status, after.last_run.execution) == ("paused", "run-9")
