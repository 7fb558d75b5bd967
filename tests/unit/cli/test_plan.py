"""stockflow plan: what a run would take, and the formulas that docs/budget.md gives for it."""

import json
import re
from dataclasses import fields, replace
from datetime import UTC, datetime
from itertools import pairwise
from math import ceil
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from stockflow.cli.estimate import Basis
from stockflow.cli.estimate_prices import estimate
from stockflow.cli.main import main
from stockflow.cloud.stack import Aws
from stockflow.testing import NOON_MS, FakeClock, FakeDynamoDb, FakeS3, client_error
from stockflow_functions.aws.freshness import FreshnessStore
from stockflow_functions.aws.state_table.store import BudgetStore
from stockflow_functions.daily_prices import cost
from stockflow_functions.daily_prices.plan.choosing import Chosen
from stockflow_functions.daily_prices.workflow import DAILY_PRICES
from stockflow_functions.domain.budget.arithmetic import Account, ReservationRequest, Terms
from stockflow_functions.domain.budget.quota_day import QuotaDays
from stockflow_functions.domain.clock import SystemClock, from_iso
from stockflow_functions.domain.listings.table import encode
from stockflow_functions.domain.prices.freshness import Known
from stockflow_functions.runtime.settings import Settings
from tests.helpers.fake_aws import FakeCloudFormation, FakeSession
from tests.helpers.written_listings import listing, listings

DOCS = Path(__file__).resolve().parents[3] / "docs" / "budget.md"
FORMULA = re.compile(r"^\| ([^|]+) \| `([^`]+)` \|$", re.MULTILINE)
REAL_KEY = {"ALPHA_VANTAGE_API_KEY": "SECRETKEY1234567"}
TERMS = Terms(2000, 0, 86_400_000, QuotaDays("America/New_York", 0))


@pytest.fixture
def stockflow(tmp_path, monkeypatch):
    """Runs the command in an empty folder, with nothing of this machine's environment."""
    monkeypatch.chdir(tmp_path)
    for name in [*(field.metadata["variable"] for field in fields(Settings)), "ALPHA_VANTAGE_API_KEY", "MOCK_MODE"]:
        monkeypatch.delenv(name, raising=False)

    def run(*arguments, **environment):
        return CliRunner().invoke(main, ["plan", *arguments], env=environment)

    return run


def basis_of(**environment):
    """What an estimate rests on at noon, on a budget that nobody has used."""
    settings = Settings.from_environment({name: str(value) for name, value in environment.items()})
    return Basis(settings, Account(), NOON_MS)


def rows(done):
    """The figures of the output by their names."""
    assert done.exit_code == 0, done.output
    lines = done.stdout.split("\n\n", 1)[1].splitlines()
    return {line[:18].strip(): line[19:] for line in lines}


def test_a_universe_of_listings_is_counted_by_those_of_the_folder(stockflow, tmp_path):
    """Without a request."""
    (tmp_path / "out").mkdir()
    kept = listings(listing("AAPL"), listing("MSFT"), listing("GONE", ends="2024-03-15"))
    (tmp_path / "out" / "listings.parquet").write_bytes(encode(kept))

    assert rows(stockflow("--universe", "listed:NASDAQ"))["requests"] == "2"
    assert rows(stockflow("--universe", "listed:NASDAQ:2015-06-30"))["requests"] == "3"


def test_a_universe_without_listings_says_how_to_have_them(stockflow):
    """It is no estimate of nothing."""
    done = stockflow("--universe", "listed:NASDAQ")
    assert (done.exit_code, "stockflow listings --update" in done.stderr) == (2, True)


def keep_budget(folder, items):
    path = folder / "out" / ".stockflow" / "table.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"items": items}))


def budget_item(name="alpha-vantage", wish=20, **changed):
    """An item as a run of so many symbols leaves it, planned now."""
    table = FakeDynamoDb()
    BudgetStore(table, "t", name, Terms(2000, 25, 86_400_000, TERMS.days), SystemClock()).reserve(
        ReservationRequest(wish)
    )
    return {**table.items[f"budget#{name}"], **changed}


def formulas():
    return {name.strip(): formula for name, formula in FORMULA.findall(DOCS.read_text())}


def value_of(name, n, r=30.0, wait=0.0):
    """What the formula of this name gives."""
    given = {"n": n, "r": r, "wait": wait, "ceil": ceil}
    if name != "interval":
        given["interval"] = value_of("interval", n, r)
    if name == "dollars":
        given["GB_seconds"] = value_of("Lambda GB_seconds", n)
    return eval(formulas()[name], {"__builtins__": {}}, given)


def test_every_figure_of_the_docs_is_held_by_a_test():
    """A formula that nobody evaluates would rot."""
    assert set(formulas()) == {
        "interval",
        "from first to last request",
        "to the last request",
        "state transitions",
        "history events",
        "Lambda calls",
        "Lambda seconds",
        "Lambda GB_seconds",
        "S3 writes",
        "S3 reads",
        "DynamoDB writes",
        "DynamoDB reads",
        "S3 events",
        "dollars",
    }


@pytest.mark.parametrize("n", [1, 2, 25, 199])
def test_formulas_of_what_is_metered_are_those_of_the_code(n):
    """The estimate, the manifest's cost and the docs say the same."""
    metered = cost.run_cost(cost.RunWork(saved=n))

    for name, key in (
        ("state transitions", "state_transitions"),
        ("Lambda calls", "lambda_invocations"),
        ("S3 writes", "s3_puts"),
        ("S3 reads", "s3_gets"),
        ("DynamoDB writes", "dynamodb_writes"),
        ("DynamoDB reads", "dynamodb_reads"),
        ("S3 events", "s3_events"),
    ):
        assert value_of(name, n) == metered[key], name
    assert value_of("Lambda GB_seconds", n) == pytest.approx(metered["lambda_gb_seconds"], abs=0.001)
    assert value_of("dollars", n) == pytest.approx(metered["dollars"], abs=1e-6)
    assert value_of("Lambda seconds", n) == pytest.approx(cost.cost_of_items(n).lambda_seconds)


@pytest.mark.parametrize("per_minute", [30, 75, 240, 7])
@pytest.mark.parametrize("n", [1, 40])
def test_formulas_of_time_are_those_of_the_code(n, per_minute):
    """Interval, first to last, and the wait before."""
    basis = basis_of(REQUESTS_PER_MINUTE=per_minute, REQUESTS_PER_DAY=0)
    interval_ms = basis.settings.terms.interval_ms

    found = estimate(DAILY_PRICES, Chosen([f"S{number}" for number in range(n)]), basis)

    requests = found.plan["requests"]
    wait = (from_iso(requests["first_slot_at"]) - NOON_MS) / 1000
    seconds = (from_iso(requests["last_slot_at"]) - from_iso(requests["first_slot_at"])) / 1000
    assert value_of("interval", n, per_minute) == interval_ms / 1000
    assert value_of("from first to last request", n, per_minute) == pytest.approx(seconds)
    assert value_of("to the last request", n, per_minute, wait) == pytest.approx(found.minutes * 60)
    assert 0 <= wait - min(1, 2 * interval_ms / 1000) <= 0.75


def test_estimate_is_what_plan_would_reserve():
    """The same slots, the same quota, the same symbols deferred as in a run that is planned at that moment."""
    clock, table = FakeClock(), FakeDynamoDb()
    own = Terms(2000, 25, 86_400_000, TERMS.days)
    budget = BudgetStore(table, "t", "b", own, clock)
    budget.reserve(ReservationRequest(20))

    basis = replace(basis_of(), account=budget.read(), now_ms=clock.ms)
    found = estimate(DAILY_PRICES, Chosen([f"S{number}" for number in range(8)]), basis)
    taken = budget.reserve(ReservationRequest(8, "run", lead_ms=1000))

    assert [from_iso(item["not_before"]) for item in found.plan["work"]] == [taken.slots.at_ms(i) for i in range(5)]
    assert (found.plan["deferred"], found.plan["requests"]["day_used"]) == (["S5", "S6", "S7"], 25)


def test_estimate_of_a_universe_is_one_of_shards():
    """With how many at once, the time by the bound, and what the shards cost."""
    basis = basis_of(REQUESTS_PER_MINUTE=1200, REQUESTS_PER_DAY=0)

    found = estimate(DAILY_PRICES, Chosen([f"S{number}" for number in range(12_000)]), basis)

    assert found.plan["sentence"] == "12,000 requests in 300 shards, 11 at once: 10 min at least."
    assert found.minutes == pytest.approx(11_999 * 0.05 / 60, abs=0.01)
    assert found.dollars == cost.run_cost(cost.RunWork(saved=12_000), shards=300)["dollars"]


def test_estimate_knows_the_settings_of_shards(stockflow):
    """As the run would: their size, and from how many symbols on; so few requests are told in seconds."""
    done = stockflow(*"ABCDEFG", SYMBOLS_PER_SHARD="2", MOST_SYMBOLS_INLINE="3")

    assert done.stdout.startswith("7 requests in 4 shards, 6 at once: 14 s at least.\n")


def test_what_the_listings_answer_is_not_counted(stockflow, tmp_path):
    """As in a run, which asks nobody for a typo; it is named."""
    day = datetime.now(UTC).date()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "listings.parquet").write_bytes(encode(listings(listing("AAPL"), as_of=day)))

    found = rows(stockflow("AAPL", "AAPLL"))

    assert (found["requests"], found["without a request"]) == ("1", "1 symbol: AAPLL")


def test_nothing_is_written(stockflow, tmp_path):
    """A plan that is only asked for leaves no trace."""
    stockflow("AAPL")

    assert list(tmp_path.iterdir()) == []


def fill(s3, *symbols):
    """A dataset with the newest bars of these symbols, and far newer ones, whenever the test is run."""
    for symbol in symbols:
        s3.place(f"prices/daily/{symbol}.parquet", b"a table")
    known = {symbol: Known(1, "2999-12-31", "2026-07-01") for symbol in symbols}
    FreshnessStore(s3.bucket, lambda _: None).add("daily", known)


@pytest.fixture
def filled_folder(tmp_path):
    """An output folder in which AAPL and MSFT are up to date."""
    s3 = FakeS3()
    fill(s3, "AAPL", "MSFT")
    for key, body in s3.objects.items():
        path = tmp_path / "out" / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    return tmp_path / "out"


@pytest.mark.usefixtures("filled_folder")
def test_symbols_that_are_up_to_date_take_no_request(stockflow):
    """As in a run in this folder."""
    figures = rows(stockflow("AAPL", "IBM", "MSFT"))

    assert (figures["requests"], figures["up to date"]) == ("1", "2 symbols, to 2999-12-31: AAPL, MSFT")


def test_a_plan_of_nothing_but_fresh_symbols_says_so(stockflow, filled_folder):
    """Nothing is asked, so nothing has a slot; a table that is gone is asked for."""
    done = stockflow("AAPL", "MSFT")
    (filled_folder / "prices/daily/AAPL.parquet").unlink()

    assert done.stdout.startswith("2 are up to date. There is nothing to ask for.\n")
    assert (rows(done)["requests"], rows(stockflow("AAPL", "MSFT"))["requests"]) == ("0", "1")


@pytest.mark.usefixtures("filled_folder")
def test_force_is_planned_for_all(stockflow):
    """It asks whatever is up to date."""
    assert rows(stockflow("AAPL", "MSFT", "--force"))["requests"] == "2"


def test_damage_to_what_is_known_is_said(stockflow, filled_folder):
    """And every symbol is asked for, as a run would."""
    (filled_folder / "freshness/daily.json.gz").write_bytes(b"x")

    figures = rows(stockflow("AAPL"))

    assert figures["requests"] == "1"
    assert "freshness/daily.json.gz is damaged" in figures["warning"]


def test_what_is_known_but_cannot_be_read_is_said(stockflow, tmp_path):
    """With the file's name and what is wrong; every symbol is planned."""
    (tmp_path / "out/freshness/daily.json.gz").mkdir(parents=True)

    figures = rows(stockflow("AAPL"))

    assert figures["requests"] == "1"
    assert "daily.json.gz can't be read (Is a directory)" in figures["warning"]


def test_figures_of_a_first_run(stockflow):
    """Every figure that the docs explain."""
    figures = rows(stockflow("AAPL", "MSFT", "--requests-per-minute", "120"))

    assert figures["requests"] == "2"
    assert figures["state transitions"] == "14"
    assert figures["Lambda seconds"] == "15.9"
    assert figures["dollars"] == "0.000669"
    assert from_iso(figures["last slot"]) - from_iso(figures["first slot"]) == 500
    assert figures["day's quota"].startswith("25 a day, 2 used and 23 left after this run, until ")


def test_symbols_beyond_the_quota_are_named(stockflow):
    """As many as can be read."""
    figures = rows(stockflow(*(f"S{number}" for number in range(40)), "--requests-per-day", "25"))

    assert figures["requests"] == "25"
    assert figures["deferred"] == "15 symbols: S25, S26, S27, S28, S29, S30, S31, S32, S33, S34 and 5 more"


def test_budget_of_the_folder_counts(stockflow, tmp_path):
    """What this morning's run used is not there any more."""
    keep_budget(tmp_path, [{"pk": {"S": "deferred#prices#daily"}}, budget_item()])

    done = stockflow("A", "B", "C", "D", "E", "F", **REAL_KEY)

    assert rows(done)["requests"] == "5"
    assert "behind those of other runs" in done.stdout


def test_simulated_runs_have_a_budget_of_their_own(stockflow, tmp_path):
    """Without a key the real key's budget in the folder does not count."""
    keep_budget(tmp_path, [budget_item(), budget_item("simulated", wish=24)])

    assert rows(stockflow("A", "B"))["requests"] == "1"
    assert rows(stockflow("A", "B", MOCK_MODE="true", **REAL_KEY))["requests"] == "1"
    assert rows(stockflow("A", "B", **REAL_KEY))["requests"] == "2"


def test_no_daily_limit_is_said(stockflow):
    """A paid plan has none."""
    assert rows(stockflow("A", "--requests-per-day", "0"))["day's quota"] == "no daily limit"


@pytest.mark.parametrize(
    ("arguments", "environment", "sentence"),
    [
        ((), {}, "There are no symbols"),
        (("../x",), {}, "'../x'"),
        (("A", "--requests-per-minute", "0"), {}, "REQUESTS_PER_MINUTE is 0"),
        (("A", "--requests-per-day", "-1"), {}, "REQUESTS_PER_DAY is -1"),
        (("A", "B"), {"MAX_SLOT_AHEAD_SECONDS": "1"}, "MAX_SLOT_AHEAD_SECONDS (1)"),
        (("A",), {"STOCK_SYMBOLS": "", "QUOTA_RESET_HOUR": "24"}, "QUOTA_RESET_HOUR is 24"),
        (("A",), {"STOCK_SYMBOLS": "", "TRANSCRIPTION_LOOK_SECONDS": "0"}, "TRANSCRIPTION_LOOK_SECONDS is 0"),
    ],
)
def test_arguments_that_can_not_be_used_end_in_a_sentence(stockflow, arguments, environment, sentence):
    """Exit status 2, one line, no traceback."""
    done = stockflow(*arguments, **{"STOCK_SYMBOLS": "", **environment})

    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert sentence in done.stderr


@pytest.mark.parametrize("text", ["{", "[]", '{"items": [1]}', '{"things": []}'])
def test_damaged_budget_is_named(stockflow, tmp_path, text):
    """With the file to delete."""
    keep_budget(tmp_path, [])
    (tmp_path / "out" / ".stockflow" / "table.json").write_text(text)

    done = stockflow("A")

    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert "table.json" in done.stderr


def test_budget_of_an_older_release_begins_anew(stockflow, tmp_path):
    """As it would in a run."""
    keep_budget(tmp_path, [budget_item(version={"N": "0"})])

    assert rows(stockflow("A", **REAL_KEY))["requests"] == "1"


class FakeLambda:
    """The deployed Plan function's settings."""

    def __init__(self):
        self.variables = {
            "STATE_TABLE": "table",
            "REQUESTS_PER_MINUTE": "5",
            "REQUESTS_PER_DAY": "25",
            "STOCK_SYMBOLS": "A,B",
        }
        self.refuses = None

    def get_function_configuration(self, FunctionName, Qualifier):  # noqa: N803
        assert (FunctionName, Qualifier) == ("stockflow-dev-Plan", "live")
        if self.refuses:
            raise self.refuses
        return {"Environment": {"Variables": self.variables}}


@pytest.fixture
def cloud(monkeypatch):
    """A deployed stack whose budget is in memory."""
    clients = {"cloudformation": FakeCloudFormation(), "lambda": FakeLambda(), "dynamodb": FakeDynamoDb()}
    clients["s3"] = FakeS3()
    monkeypatch.setattr(
        "stockflow.cli.commands.plan.Aws", lambda region: Aws(region or "eu-west-1", FakeSession(**clients))
    )
    return SimpleNamespace(clients=clients, **clients)


def test_deployed_stack_is_asked_for_its_settings_and_its_budget(stockflow, cloud):
    """Its symbols, its pace, and what its runs have used; and the question itself uses nothing."""
    BudgetStore(
        cloud.dynamodb, "table", "alpha-vantage", Terms(12_000, 25, 86_400_000, TERMS.days), SystemClock()
    ).reserve(ReservationRequest(24))
    before = cloud.dynamodb.writes

    figures = rows(stockflow("--aws"))

    assert (figures["requests"], figures["deferred"]) == ("1", "1 symbol: B")
    assert cloud.dynamodb.writes == before


def test_symbols_of_the_stack_that_are_up_to_date_take_no_request(stockflow, cloud):
    """Its dataset says which."""
    fill(cloud.s3, "A")

    figures = rows(stockflow("--aws"))

    assert (figures["requests"], figures["up to date"]) == ("1", "1 symbol, to 2999-12-31: A")


def test_a_bucket_that_may_not_be_read_is_said_and_every_symbol_is_planned(stockflow, cloud):
    """Who may read the budget alone still gets an answer."""
    cloud.s3.fail("AccessDenied")

    done = stockflow("--aws")

    assert rows(done)["requests"] == "2"
    assert "up to date can't be read: This role may not read s3://" in done.stdout
    assert "No symbol is checked before it is asked for: This role may not read s3://" in done.stdout


def test_options_win_over_the_settings_of_the_stack(stockflow, cloud):
    """What would a faster plan take?"""
    figures = rows(stockflow("A", "B", "--aws", "--requests-per-minute", "120"))

    slots = [from_iso(figures[name]) for name in ("first slot", "last slot")]
    assert [later - earlier for earlier, later in pairwise(slots)] == [500]


def test_table_that_may_not_be_read_ends_in_a_sentence(stockflow, cloud):
    """Exit status 1, and the setting's name."""
    cloud.dynamodb.fail("AccessDeniedException")

    done = stockflow("--aws")

    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)
    assert "STATE_TABLE" in done.stderr


def test_function_that_may_not_be_read_ends_in_a_sentence(stockflow, cloud):
    """Exit status 1, and the action to grant."""
    cloud.clients["lambda"].refuses = client_error("AccessDeniedException", "GetFunctionConfiguration")

    done = stockflow("--aws")

    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)
    assert "lambda:GetFunctionConfiguration" in done.stderr


def test_json_is_one_object_with_the_figures_that_the_docs_name(stockflow):
    """For other programs: the names are stable, and the docs have each of them."""
    done = stockflow("AAPL", "MSFT", "IBM", "--json", "--requests-per-day", "2")

    told = json.loads(done.stdout)
    named = re.search(r"`stockflow plan --json`.*?\n\n((?:\|[^\n]*\n)+)", DOCS.read_text(), re.DOTALL)[1]
    assert set(told) == set(re.findall(r"`([a-z_]+)`", "".join(row.split("|")[1] for row in named.splitlines())))
    assert (told["symbols"], told["deferred"], told["fresh"], told["requests"]) == (["AAPL", "MSFT"], ["IBM"], [], 2)
    assert (told["state_transitions"], told["day_left"]) == (14, 0)


def test_with_json_warnings_go_to_standard_error(stockflow, tmp_path):
    """Standard output is the object alone."""
    slow = {"interval_ms": {"N": "60000"}, "interval_until_ms": {"N": str(4_000_000_000_000)}}
    keep_budget(tmp_path, [budget_item("simulated", **slow)])

    done = stockflow("AAPL", "--json")

    (warning,) = json.loads(done.stdout)["warnings"]
    assert done.stderr == f"stockflow: {warning}\n"
    assert "REQUESTS_PER_MINUTE" in warning
