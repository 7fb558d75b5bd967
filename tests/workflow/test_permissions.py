"""The permissions of prices in template.yaml are what the functions need, no more and no less, as all runs show."""

import gzip
import json
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pandas
import pytest

from stockflow.embedded.aws import EmbeddedAws
from stockflow.simulated_alpha_vantage import SimulatedVendor
from stockflow_functions.aws import keys
from stockflow_functions.aws.backfills import BackfillStore
from stockflow_functions.daily_prices.outcome import SymbolOutcome
from stockflow_functions.daily_prices.workflow import DAILY_PRICES
from stockflow_functions.domain.backfill.backfill import Backfill
from stockflow_functions.domain.backfill.goal import Goal
from stockflow_functions.domain.clock import SystemClock, to_iso
from stockflow_functions.domain.prices.freshness import Known
from stockflow_functions.domain.prices.parquet import encode
from stockflow_functions.domain.prices.series import DAILY, SERIES
from tests.helpers.forgetting import forget_symbols
from tests.workflow.enforcement import Enforcement

STATES = [function.name for function in (*DAILY_PRICES.functions, *DAILY_PRICES.beside)]
# Needed where a run can't easily be brought: with the reason.
RARER = {
    ("Transform", "dynamodb:GetItem"): "the budget is read again where another function renewed an older item first",
}
FAULTS = {"SLOW": ["throttled"], "SLOW2": ["throttled"], "SPENT": ["quota"]}
TOPIC = "arn:aws:sns:us-east-1:123456789012:stockflow"
ENVIRONMENT = {"REQUESTS_PER_MINUTE": "1200", "REQUESTS_PER_DAY": "0", "SNS_TOPIC_ARN": TOPIC}
RUN = {
    "execution": "e",
    "trigger": "console",
    "series": "daily",
    "outputsize": "compact",
    "force": False,
    "generation": 0,
    "spare_events": 1000,
}


@pytest.fixture(scope="module")
def enforced(tmp_path_factory):
    """IAM during runs of every kind, and how those ended."""
    with (
        Enforcement() as iam,
        SimulatedVendor(faults=FAULTS, splits={"ODD": {date(2020, 1, 2): 1.0}}) as vendor,
        EmbeddedAws(tmp_path_factory.mktemp("out"), ENVIRONMENT, vendor=vendor) as aws,
    ):
        ends = usual_runs(aws)
        rare_calls(Rare(aws))
        listed_calls(Rare(aws))
        calls_about_actions(Rare(aws))
        standing_calls(Rare(aws))
    return SimpleNamespace(iam=iam, ends=ends)


def usual_runs(aws):
    """Runs by every start, with symbols that end in every way; gives how each ended."""
    ends = []
    s3, bucket = aws.session.client("s3"), aws.settings.bucket
    s3.put_object(Bucket=bucket, Key=keys.prices("daily", "TORN"), Body=b"no table")
    s3.put_object(Bucket=bucket, Key="inbox/list.txt", Body=b"AAPL\n")
    backfill = Backfill("one", "list.txt", "ann", "2026-11-20T17:00:00.000Z", Goal("weekly"), symbols=1, left=1)
    BackfillStore(aws.services.bucket).create(backfill, ["IBM"])
    for workflow_input in (
        {"symbols": ["AAPL", "SLOW", "TORN", "UNKNOWN1"]},
        {"trigger": "inbox", "list": {"bucket": bucket, "key": "inbox/list.txt"}},
        {"symbols": ["AAPL"], "series": "daily_adjusted", "outputsize": "full"},
        {"symbols": ["AAPL", "SLOW2", "UNKNOWN1"], "trigger": "smoke"},
        {"symbols": ["../x"]},
        {"backfill": "next"},
        {"symbols": ["SPENT"]},
    ):
        aws.services._secret._read_ms = None  # each function instance on AWS reads the secret for itself
        ends.append(end_of(aws.wait(aws.start(workflow_input), timeout_seconds=60)))
        forget_symbols(aws)
    return ends


def end_of(manifest):
    """How a run ended, and each of its symbols: by the error where there is one."""
    symbols = {one["symbol"]: told(one["error"]) or one["status"] for one in manifest["symbols"]}
    return told(manifest["error"]) or manifest["outcome"], symbols


def told(error):
    return error and " in ".join(filter(None, (error["type"], error["state"])))


class Rare:
    """Calls of single functions with what seldom happens; how they end does not matter here."""

    def __init__(self, aws):
        self.aws = aws
        self.s3 = aws.session.client("s3")
        self.now = to_iso(SystemClock().now_ms())

    def put(self, key, body, **noted):
        self.s3.put_object(Bucket=self.aws.settings.bucket, Key=key, Body=body, Metadata=noted)

    def put_budget_of_an_older_release(self):
        item = {"pk": {"S": f"budget#{self.aws.settings.budget_name}"}, "version": {"N": "0"}}
        self.aws.services.dynamodb.put_item(TableName=self.aws.settings.table, Item=item)

    def call(self, state, **event):
        self.aws.functions[state](json.dumps({"run": RUN, "retry_count": 0, **event}).encode())

    def answer(self, **bars):
        """Puts a raw answer with these closes by date in the bucket, and gives what Fetch says of it."""
        series = {
            day: dict(
                zip(("1. open", "2. high", "3. low", "4. close", "5. volume"), [str(close)] * 4 + ["9"], strict=True)
            )
            for day, close in bars.items()
        }
        meta = {"2. Symbol": "ODD", "3. Last Refreshed": max(bars), "5. Time Zone": "US/Eastern"}
        self.put("raw/odd", gzip.compress(json.dumps({"Meta Data": meta, "Time Series (Daily)": series}).encode()))
        return {"key": "raw/odd", "fetched_at": self.now, "attempts": 1}


def rare_calls(rare):
    """A repeated Plan, a last try, a budget of an older release, a question, bad rows, a restatement."""
    slot = {"not_before": rare.now, "moves": 0, "tries": 0, "generation": 0}
    plan = {"run": None, "input": {"symbols": ["AAPL"]}, "execution": "e", "execution_arn": "a", "started_at": rare.now}
    today = datetime.now(UTC).date()
    days = [str(day) for day in (today - timedelta(days=ago) for ago in range(4, 12)) if day.weekday() < 5]

    for state, event in (
        ("Plan", {**plan, "retry_count": 1}),
        ("Plan", {**plan, "input": {"symbols": ["AAPL"], "trigger": "smoke"}, "retry_count": 1}),
        ("Fetch", {"symbol": "AAPL", "slot": {**slot, "tries": 5}, "retry_count": 1}),
        (
            "Fetch",
            {"run": {**RUN, "trigger": "smoke"}, "symbol": "AAPL", "slot": {**slot, "tries": 5}, "retry_count": 1},
        ),
        ("Fetch", {"symbol": "AAPL", "slot": slot, "retry_count": 1}),
        ("Fetch", {"symbol": "AAPL", "slot": {**slot, "asks": "splits", "answer": {"key": "raw/odd", "attempts": 1}}}),
        ("Transform", {"symbol": "ODD", "answer": rare.answer(**{days[0]: 10, days[1]: 100, days[2]: -1})}),
    ):
        rare.put_budget_of_an_older_release()
        rare.call(state, **event)

    for series in SERIES:  # where it was deleted: while a file is gone, the laptop's S3 lists no versions
        rare.put(keys.freshness(series), b"")
    for execution, symbols in (("long", [f"S{n}" for n in range(200)]), ("short", ["ODD"])):
        rare.call("Plan", **{**plan, "execution": execution, "input": {"symbols": symbols}})
        for _ in range(2):  # other runs save the symbol meanwhile
            rare.put(keys.prices("daily", "ODD"), b"", execution="other")
        detail = {"name": execution, "executionArn": "a", "status": "ABORTED", "startDate": 0, "input": "{}"}
        rare.call("Notify", report="event", event={"detail": detail})
    in_shards = {"input": {"symbols": [f"S{n}" for n in range(300)]}, "execution": "large"}
    own = "arn:aws:states:us-east-1:123456789012:execution:stockflow-dev-DailyPrices:large"
    rare.call("Plan", **{**plan, **in_shards, "execution_arn": own})
    rare.call("Transform", symbol="GONE", answer={"key": "raw/gone", "fetched_at": rare.now, "attempts": 1})
    rare.call("Transform", symbol="ODD", answer=rare.answer(**{days[0]: 10, days[1]: 10.1}))
    for close in (10.0, 11.0):
        columns = {name: [close] for name in ("open", "high", "low", "close")}
        dates = pandas.to_datetime([days[1]]).astype("datetime64[s]")
        table = pandas.DataFrame({"symbol": ["ODD"], "date": dates, **columns, "volume": [9]})
        rare.put(keys.staged("e", "ODD"), encode(table, DAILY))
        about = {"key": keys.staged("e", "ODD"), "rows": 1, "fetched_at": rare.now, "full": False, "attempts": 1}
        rare.call("Save", symbol="ODD", table={**about, "rows_rejected": 0, "stale": False, "warnings": []})


def listed_calls(rare):
    """Listings are asked for; universes of both kinds, and a scheduled run that has something to tell of them."""
    plan = {"run": None, "execution_arn": "a", "started_at": rare.now}
    rare.put_budget_of_an_older_release()
    rare.aws.services._secret._read_ms = None
    rare.call("RefreshListings")
    rare.put(keys.actions("AAPL"), b"no table")
    rare.call("UpdateTables")
    rare.put("universes/mine.txt", b"AAPL\n")
    rare.aws.services.freshness.add("daily", {"TWICE": Known(0, "2026-11-13", "1999-11-01")})
    for number, given in enumerate((
        {"universe": "universes/mine.txt"},
        {"universe": "listed:NYSE ARCA"},
        {"symbols": ["TWICE"], "trigger": "schedule", "scheduled_time": "2026-11-20T23:00:00Z"},
    )):  # fmt: skip
        rare.call("Plan", **{**plan, "input": given, "execution": f"listed-{number}"})


def calls_about_actions(rare):
    """Splits and dividends are asked for, of which one is set aside; an answer about a jump is kept with them."""
    rare.put_budget_of_an_older_release()
    rare.aws.services._secret._read_ms = None
    rare.call("RefreshActions", symbols=["ODD"])
    rare.put(keys.splits("JUMP"), json.dumps({"symbol": "JUMP", "asked_at": rare.now, "splits": []}).encode())
    day = datetime.now(UTC).date() - timedelta(days=7)
    days = [str(day + timedelta(days=later)) for later in range(4) if (day + timedelta(days=later)).weekday() < 5]
    answer = rare.answer(**{days[0]: 10, days[1]: 100})
    rare.call("Transform", symbol="JUMP", answer={**answer, "asked": {"splits": ""}})


def standing_calls(rare):
    """A scheduled run has a stale symbol, which is told once, and kept among the findings."""
    run = {**RUN, "trigger": "schedule", "execution_arn": "a", "started_at": rare.now}
    outcome = SymbolOutcome("OLD", "unchanged", found={"stale": {"bars": 9, "newest": "2022-06-08"}}).as_dict()
    plan = {"run": run, "work": [], "deferred": [], "skipped": None, "requests": {"planned": 1}, "warnings": []}
    ended = [{"symbol": "OLD", "status": "unchanged", "outcome": outcome}]
    rare.call("Notify", report="summary", plan={**plan, "symbols": ended})
    rare.call("UpdateTables", execution=run["execution"])


@pytest.mark.parametrize("state", STATES)
def test_a_function_may_do_all_that_it_does(state, enforced):
    """Nothing that a function asked for in all those runs was refused to its role."""
    assert enforced.iam.asked[state]
    assert enforced.iam.refused[state] == set()


def test_every_kind_of_run_goes_through(enforced):
    """With IAM between functions and calls runs end as they should. A smoke run's symbols are below scratch/."""
    assert enforced.ends == [
        ("partial", {"AAPL": "saved", "SLOW": "saved", "TORN": "saved", "UNKNOWN1": "UnknownSymbol in Fetch"}),
        ("succeeded", {"AAPL": "unchanged"}),
        ("succeeded", {"AAPL": "saved"}),
        ("SymbolsFailed", {}),
        ("InvalidInput in Plan", {}),
        ("succeeded", {"IBM": "saved"}),
        ("partial", {"SPENT": "QuotaExhausted in Fetch"}),
    ]


@pytest.mark.parametrize("state", STATES)
def test_a_function_does_all_that_it_may(state, enforced):
    """Each permission of a function's role was used in one of those runs: none is there by mistake."""
    assert [one for one in enforced.iam.unused(state) if (state, one[0]) not in RARER] == []


@pytest.mark.parametrize(
    ("taken_away", "end"),
    [
        ("PlanRole/KeepTheBudget", ("StorageDenied in Plan", {})),
        ("FetchRole/ReadTheSecret", ("failed", {"AAPL": "StorageDenied in Fetch"})),
        ("TransformRole/TellMissingFromForbidden", ("failed", {"AAPL": "StorageDenied in Transform"})),
        ("SaveRole/WritePrices", ("failed", {"AAPL": "StorageDenied in Save"})),
    ],
)
def test_a_run_fails_where_a_permission_is_missing(taken_away, end, tmp_path):
    """Without one statement of its role a function is refused there, and the run says so."""
    with (
        Enforcement(without=taken_away) as iam,
        SimulatedVendor() as vendor,
        EmbeddedAws(tmp_path, ENVIRONMENT, vendor=vendor) as aws,
    ):
        manifest = aws.wait(aws.start({"symbols": ["AAPL"]}), timeout_seconds=60)

    assert end_of(manifest) == end
    assert [f"{state}Role" for state, refused in iam.refused.items() if refused] == [taken_away.partition("/")[0]]
