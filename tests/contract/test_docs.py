"""The pages on deploying, operating and querying, held against the stack and the code."""

import inspect
import json
import re
from datetime import date

import duckdb
import pandas
import pytest

from stockflow.testing import FakeAws
from stockflow_functions.aws import keys
from stockflow_functions.aws.dollars import DOLLARS_PER_LAMBDA_GB_SECOND
from stockflow_functions.daily_prices.actions.room import LONGEST_AHEAD_MS
from stockflow_functions.daily_prices.cost import RunWork, run_cost
from stockflow_functions.daily_prices.plan.shards import usual_shards
from stockflow_functions.daily_prices.tables.app import update
from stockflow_functions.domain import errors
from stockflow_functions.domain.prices.parquet import encode
from stockflow_functions.domain.prices.series import DAILY
from stockflow_functions.earnings_calls.cost import run_cost as cost_of_calls
from stockflow_functions.earnings_calls.cost import typical
from stockflow_functions.earnings_calls.names import AUDIO, TRANSCRIPT, VENDOR
from tests.contract.template import RUN_METRICS, kept
from tests.helpers.price_objects import prices_of
from tests.helpers.queries import QUERIES, QUERY_OF_A_DAY
from tests.helpers.stack import ROOT, function_properties, resources, template

RUNS_A_MONTH = 21
STATE_METRICS = {"Invocations", "ColdStarts", "Duration"}


def page(name):
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def rows(name, mark=None):
    """The cells of a page's table rows; between the comments of that mark, where one is given."""
    text = page(name)
    if mark:
        text = text.partition(f"<!-- {mark} -->")[2].partition(f"<!-- end of {mark} -->")[0]
    found = [
        [cell.strip() for cell in line.strip("|").split(" | ")] for line in text.splitlines() if line.startswith("|")
    ]
    return [row for row in found if not set(row[0]) <= set("-| ")]


def named(cell):
    """What stands in code marks in a cell."""
    return re.findall(r"`([^`]+)`", cell)


def test_every_parameter_is_in_the_table():
    """docs/deploy.md has each parameter with its default and its description, and no other."""
    told = {named(row[0])[0]: (row[1].strip("`").replace("none", ""), row[2]) for row in rows("deploy.md")[1:]}
    parameters = template()["Parameters"]
    assert told == {name: (str(rules["Default"]), rules["Description"]) for name, rules in parameters.items()}


def test_every_alarm_is_in_the_table():
    """docs/operations.md says of each alarm what to do, and of no other."""
    told = {name: row[2] for row in rows("operations.md", "alarms")[1:] for name in named(row[0])}
    assert told.keys() == resources("AWS::CloudWatch::Alarm").keys()
    assert all(told.values())


def days_of(cell):
    """``RecordRetentionDays (400 days)`` as the parameter that a rule refers to, ``7 days`` as 7, for ever as None."""
    if named(cell):
        (parameter,) = named(cell)
        assert cell.endswith(f" ({template()['Parameters'][parameter]['Default']} days)")
        return {"Ref": parameter}
    return None if cell == "for ever" else int(cell.split(" ")[0])


def test_how_long_things_are_kept_is_what_the_rules_say():
    """docs/data.md has every prefix, how long an object below it stays, and how long an older version does."""
    table = rows("data.md", "kept")[1:]
    told = {prefix: (days_of(row[1]), days_of(row[2])) for row in table for prefix in named(row[0])}
    assert told == kept()


def test_a_lost_start_is_made_again_with_its_own_input():
    """The inputs of the page on dead letters are shaped as those that each schedule and each rule gives."""
    marked = {named(row[0])[-1]: row[2] for row in rows("operations.md") if row[0].startswith(("`SCHED", "`RULE"))}
    told = {name: json.loads(named(cell)[0]) for name, cell in marked.items() if named(cell)[0].startswith("{")}
    assert {name: shape_of(value) for name, value in told.items()} == {
        name: shape_of(json.loads(text)) for name, text in starts()
    }


def starts():
    """The input that each schedule and each rule gives a workflow, with words in the place of what AWS puts in."""
    for name, schedule in resources("AWS::Scheduler::Schedule").items():
        given = schedule["Target"]["Input"]
        if isinstance(given, dict) and "Fn::If" in given:
            _, _, given = given["Fn::If"]
        yield name, given["Fn::Sub"] if isinstance(given, dict) else given
    for name, rule in resources("AWS::Events::Rule").items():
        (target,) = rule["Targets"]
        if "RoleArn" in target:
            yield name, re.sub(r"<(\w+)>", r'"\1"', target["InputTransformer"]["InputTemplate"])


def shape_of(value):
    """The keys of an input, and of an object in it; its trigger as it is."""
    return {
        name: one if name == "trigger" else sorted(one) if isinstance(one, dict) else "" for name, one in value.items()
    }


def test_every_metric_is_in_the_table():
    """docs/operations.md names each metric of a run and of a state; errors stand for themselves."""
    told = {name for row in rows("operations.md", "metrics")[1:] for name in named(row[0])}
    kinds = {name for name, kind in inspect.getmembers(errors, inspect.isclass)}
    assert told - kinds == RUN_METRICS | STATE_METRICS


@pytest.mark.parametrize("row", rows("operations.md", "costs")[1:], ids=lambda row: row[0])
def test_the_costs_are_the_formulas(row):
    """Each row of the cost table is what cost.py says, with as many shards as a run of that size has."""
    symbols, shards, transitions, a_day, a_month = (float(cell.replace(",", "")) for cell in row)
    cost = run_cost(RunWork(saved=int(symbols)), shards=usual_shards(int(symbols)))
    assert (shards, transitions) == (usual_shards(int(symbols)), cost["state_transitions"])
    assert (a_day, a_month) == (round(cost["dollars"], 4), round(cost["dollars"] * RUNS_A_MONTH, 2))


@pytest.mark.parametrize("row", rows("operations.md", "costs of calls")[1:], ids=lambda row: row[0])
def test_the_costs_of_a_call_are_the_formulas(row):
    """Each row is what cost.py says of a call of an hour that comes in by that door."""
    door = {"a recording": AUDIO, "a transcript": TRANSCRIPT, "Alpha Vantage's transcript": VENDOR}[row[0]]
    cost = cost_of_calls([typical(door)])
    counts = [cost["state_transitions"], cost["transcribed_seconds"] / 60, cost["comprehend_units"]]
    assert list(map(float, row[1:])) == [*counts, round(cost["dollars"], 3)]


def test_the_formula_in_words_is_the_formulas():
    """What a run and each further symbol take, as docs/operations.md says it, is what cost.py counts."""
    one, two = run_cost(RunWork(saved=1)), run_cost(RunWork(saved=2))
    counts = ("state_transitions", "lambda_invocations", "s3_puts", "s3_gets", "dynamodb_reads", "s3_events")
    told = re.findall(r"(\d+) \+ (\d+) a symbol", page("operations.md"))
    each = [two[name] - one[name] for name in counts]
    assert [tuple(map(int, pair)) for pair in told] == [
        (one[name] - more, more) for name, more in zip(counts, each, strict=True)
    ]


def test_a_month_of_refreshes_costs_what_the_page_says():
    """The longest one each day, in the memory that the template gives it."""
    gigabytes = function_properties("RefreshActions")["MemorySize"] / 1024
    dollars = LONGEST_AHEAD_MS / 1000 * gigabytes * DOLLARS_PER_LAMBDA_GB_SECOND * 365 / 12
    (row,) = (row for row in page("operations.md").splitlines() if row.startswith("| RefreshActions, which waits"))
    assert row.endswith(f" | {dollars:.2f} |")


def test_the_alarms_price_counts_their_metrics():
    """CloudWatch charges an alarm by the metrics that it looks at, at ten cents each."""
    alarms = resources("AWS::CloudWatch::Alarm").values()
    metrics = sum("MetricStat" in metric for alarm in alarms for metric in alarm["Metrics"])
    row = f"| {len(alarms)} alarms, $0.10 for each of the {metrics} metrics that they look at | {metrics / 10:.2f} |"
    assert row in page("operations.md")


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    """Two symbols with three days each, as Save stores them; the second jumps."""
    folder = tmp_path_factory.mktemp("prices")
    for symbol, closes in (("AAPL", [10.0, 10.5, 10.4]), ("MSFT", [100.0, 50.0, 51.0])):
        dates = pandas.to_datetime(["2026-10-29", "2026-10-30", "2026-11-02"]).astype("datetime64[s]")
        values = dict.fromkeys(("open", "high", "low", "close"), closes)
        table = pandas.DataFrame({"symbol": symbol, "date": dates, **values, "volume": [5, 5, 5]})
        (folder / f"{symbol}.parquet").write_bytes(encode(table, DAILY))
    return duckdb.connect().execute(f"CREATE VIEW daily AS SELECT * FROM '{folder}/*.parquet'")


FIRST_ROWS = (
    ("AAPL", date(2026, 11, 2), 3),
    ("MSFT", date(2026, 10, 30), 50.0, -50.0),
    ("AAPL", date(2026, 10, 1), 10.0, 10.5, 10.25),
)


@pytest.mark.parametrize("number", range(len(FIRST_ROWS)))
def test_an_example_query_gives_what_it_says(number, dataset):
    """Each query of docs/query.md runs over stored Parquet as it stands, and its first row is right."""
    assert len(QUERIES) == len(FIRST_ROWS)
    assert dataset.execute(QUERIES[number]).fetchall()[0] == FIRST_ROWS[number]


def test_the_query_of_a_day_gives_what_it_says(tmp_path):
    """It runs over the table of a year as it stands; the symbol that rose most is first."""
    aws = FakeAws()
    for symbol, close in (("AAPL", 10), ("MSFT", 12)):
        table = prices_of(symbol, {"2026-10-30": 10, "2026-11-02": close}).assign(open=10.0)
        aws.s3.place(keys.prices("daily", symbol), encode(table, DAILY))
    update({}, aws.services)
    (tmp_path / "2026.parquet").write_bytes(aws.s3.objects[keys.table("daily", 2026)])
    made = duckdb.connect().execute(f"CREATE VIEW daily_by_date AS SELECT * FROM '{tmp_path}/*.parquet'")
    assert made.execute(QUERY_OF_A_DAY).fetchall() == [
        ("MSFT", date(2026, 11, 2), 20.0),
        ("AAPL", date(2026, 11, 2), 0.0),
    ]
