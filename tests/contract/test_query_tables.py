"""The tables and the view of the Glue database, against the files that the functions write, by DuckDB."""

import json
import re
from base64 import b64encode
from datetime import date, timedelta

import duckdb
import pandas
import pytest

from stockflow.cli.sql.views import DERIVED, STORED
from stockflow.dataset.views import VIEWS
from stockflow_functions.aws import keys
from stockflow_functions.domain.actions.table import ACTIONS
from stockflow_functions.domain.calls.tables import PASSAGES, ROWS, encode_rows
from stockflow_functions.domain.catalog.table import CATALOG
from stockflow_functions.domain.findings.table import FINDINGS
from stockflow_functions.domain.prices.parquet import encode
from stockflow_functions.domain.prices.schema import schema
from stockflow_functions.domain.prices.series import DAILY, DAILY_ADJUSTED, SERIES
from tests.helpers.call_rows import call_row
from tests.helpers.queries import QUERIES_OF_CALLS
from tests.helpers.queries import VIEW as VIEW_TEXT
from tests.helpers.stack import ROOT, resources

TABLES = {table["TableInput"]["Name"]: table["TableInput"] for table in resources("AWS::Glue::Table").values()}
VIEW = TABLES["call_reactions"]
SCHEMAS = {"tone": ROWS, "transcripts": PASSAGES}
HIVE = {
    "string": "string",
    "double": "double",
    "int32": "int",
    "int64": "bigint",
    "bool": "boolean",
    "date32[day]": "date",
    "timestamp[s, tz=UTC]": "timestamp",
}
PRESTO = {"string": "varchar", "double": "double", "date": "date", "bigint": "bigint"}
DUCKDB = {"VARCHAR": "string", "DOUBLE": "double", "DATE": "date"}
BESIDE = {
    "actions": (ACTIONS, keys.ACTIONS),
    "catalog": (CATALOG, keys.CATALOG_COPY.rpartition("catalog.parquet")[0]),
    "findings": (FINDINGS, keys.FINDINGS),
}
"""What there is of prices beside the prices, and where it is."""
FRIDAY = date(2026, 1, 2)
"""The first session of the made-up prices, which have one each weekday."""


def view_source(view=VIEW):
    """The JSON that Athena reads of the view, before it is put into base64."""
    _, given = view["ViewOriginalText"]["Fn::Sub"]
    return json.loads(given["View"]["Fn::Base64"]["Fn::Sub"])


def test_each_table_is_there():
    """One for each series by its name and one by date, two of calls, three beside prices, the views; no other."""
    by_date = {f"{name}_by_date" for name in SERIES}
    assert TABLES.keys() == {*SERIES, *by_date, *SCHEMAS, *BESIDE, *VIEWS, "call_reactions"}


def test_the_command_line_has_all_of_them():
    """Whoever asks by `stockflow sql` finds what Athena has, by the same names."""
    assert TABLES.keys() <= {*STORED, *DERIVED}


@pytest.mark.parametrize("series", SERIES.values(), ids=SERIES)
def test_the_tables_of_prices_have_the_datasets_columns(series):
    """A Glue table has the columns of the Parquet files, in their order, and looks where they are."""
    described = TABLES[series.name]["StorageDescriptor"]
    assert [column["Name"] for column in described["Columns"]] == list(series.columns)
    assert described["Location"] == {"Fn::Sub": f"s3://${{Bucket}}/prices/{series.name}/"}


def commented(field):
    """The description of a column, with its unit in brackets."""
    told = {name.decode(): text.decode() for name, text in field.metadata.items()}
    return told["description"] + (f" ({told['unit']})" if "unit" in told else "")


@pytest.mark.parametrize("series", SERIES.values(), ids=SERIES)
def test_the_tables_of_prices_say_what_their_columns_are(series):
    """In the words of the Parquet files, and with their types."""
    columns = TABLES[series.name]["StorageDescriptor"]["Columns"]
    found = [(column["Type"], column["Comment"]) for column in columns]
    assert found == [(HIVE[str(field.type)], commented(field)) for field in schema(series)]


@pytest.mark.parametrize("series", SERIES.values(), ids=SERIES)
def test_the_tables_by_date_have_the_same_columns(series):
    """As a file of one symbol has; they look where a file has a year of all symbols."""
    described = TABLES[f"{series.name}_by_date"]["StorageDescriptor"]
    assert described["Columns"] == TABLES[series.name]["StorageDescriptor"]["Columns"]
    assert described["Location"] == {"Fn::Sub": f"s3://${{Bucket}}/{keys.table(series.name, 2026).rpartition('/')[0]}/"}


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_tables_of_calls_have_the_datasets_columns(name):
    """A Glue table has the columns and types of the Parquet files, in their order, and looks where they are."""
    described = TABLES[name]["StorageDescriptor"]
    columns = [(column["Name"], column["Type"]) for column in described["Columns"]]
    assert columns == [(field.name, HIVE[str(field.type)]) for field in SCHEMAS[name]]
    assert described["Location"] == {"Fn::Sub": f"s3://${{Bucket}}/{name}/"}


@pytest.mark.parametrize("name", BESIDE)
def test_the_tables_beside_prices_are_those_files(name):
    """In columns, types and words, in their order, and in the place."""
    described, (kept, folder) = TABLES[name]["StorageDescriptor"], BESIDE[name]
    columns = [(column["Name"], column["Type"], column["Comment"]) for column in described["Columns"]]
    assert columns == [(field.name, HIVE[str(field.type)], commented(field)) for field in kept]
    assert described["Location"] == {"Fn::Sub": f"s3://${{Bucket}}/{folder}"}


@pytest.mark.parametrize("name", ["call_reactions", *VIEWS])
def test_a_view_is_one_that_athena_reads(name):
    """JSON in base64 in a comment, with the columns in Presto's types and, beside it, in Hive's.

    So CREATE VIEW stores one (trinodb/trino, ViewReaderUtil.encodeViewData); CloudFormation has no other way.
    """
    view = TABLES[name]
    text, given = view["ViewOriginalText"]["Fn::Sub"]
    assert (text, list(given)) == ("/* Presto View: ${View} */", ["View"])
    assert (view["TableType"], view["Parameters"]["presto_view"]) == ("VIRTUAL_VIEW", "true")
    source = view_source(view)
    assert source.keys() == {"catalog", "schema", "columns", "originalSql"}
    assert (source["catalog"], source["schema"]) == ("awsdatacatalog", "${Database}")
    hive = view["StorageDescriptor"]["Columns"]
    assert source["columns"] == [{"name": one["Name"], "type": PRESTO[one["Type"]]} for one in hive]
    # Glue takes 409,600 characters.
    assert len(b64encode(json.dumps(source).encode())) < 409_600


@pytest.mark.parametrize("name", VIEWS)
def test_the_views_of_adjusted_prices_are_the_packages_own(name):
    """Athena has the text that a laptop has, lines may break anywhere; and the columns are those of ``daily``."""
    assert view_source(TABLES[name])["originalSql"].split() == VIEWS[name].split()
    found = [(column["Name"], column["Type"]) for column in TABLES[name]["StorageDescriptor"]["Columns"]]
    assert found == [(field.name, HIVE[str(field.type)]) for field in schema(DAILY)]


def test_the_page_has_the_views_own_text():
    """Whoever makes it on a laptop makes the one that Athena has; lines may break anywhere."""
    assert VIEW_TEXT.split() == f"CREATE VIEW call_reactions AS {view_source()['originalSql']}".split()


def prices(symbol, series, first, closes):
    """The Parquet file of a symbol with a session each weekday from that day on."""
    days = [first + timedelta(days=ahead) for ahead in range(len(closes) * 2)]
    sessions = [day for day in days if day.isoweekday() < 6][: len(closes)]
    table = pandas.DataFrame({"symbol": symbol, "date": pandas.to_datetime(sessions).astype("datetime64[s]")})
    for column in ("open", "high", "low", "close", "adjusted_close"):
        table[column] = closes
    table = table.assign(volume=5, dividend_amount=0.0, split_coefficient=1.0)
    return encode(table[list(series.columns)], series)


@pytest.fixture
def ask(tmp_path):
    """Answers a query over the view, over tables made of the calls and the prices that it is given."""

    def asked(calls, quotes, query="SELECT * FROM call_reactions"):
        files = {"tone": [encode_rows(calls)], "daily": [], "daily_adjusted": []}
        for symbol, series, first, closes in quotes:
            files[series.name].append(prices(symbol, series, first, closes))
        files["daily"] += [prices("NOBODY", DAILY, FRIDAY, [1.0])]
        files["daily_adjusted"] += [prices("NOBODY", DAILY_ADJUSTED, FRIDAY, [1.0])]
        connection = duckdb.connect()
        for name, bodies in files.items():
            for number, body in enumerate(bodies):
                (tmp_path / f"{name}-{number}.parquet").write_bytes(body)
            connection.execute(f"CREATE VIEW {name} AS SELECT * FROM '{tmp_path}/{name}-*.parquet'")
        return connection.execute(VIEW_TEXT).execute(query)

    return asked


MOVES = "SELECT prices, close_date, close, percent_0, percent_1, percent_5, percent_20 FROM call_reactions"
RISING = [100.0, 110.0, 121.0, 90.0, 100.0, 100.0, 132.0, *[100.0] * 13, 200.0, 55.0]
"""From Friday 2026-01-02: Monday the 5th +10 %, and 1, 5 and 20 sessions after it +10 %, +20 % and -50 %."""
MONDAY = FRIDAY + timedelta(days=3)


def test_a_call_is_beside_the_moves_that_followed_it(ask):
    """From the close of its day: to that close, and one, five and twenty sessions on, in percent."""
    (row,) = ask([call_row(str(MONDAY))], [("ACME", DAILY, FRIDAY, RISING)], MOVES).fetchall()

    assert row == ("daily", MONDAY, 110.0, 10.0, 10.0, 20.0, -50.0)


def test_a_call_on_a_day_without_a_session_is_beside_the_close_before(ask):
    """A Saturday's has no move of its own day."""
    saturday = FRIDAY + timedelta(days=1)

    (row,) = ask([call_row(str(saturday))], [("ACME", DAILY, FRIDAY, RISING)], MOVES).fetchall()

    assert row[1:5] == (FRIDAY, 100.0, None, 10.0)


def test_sessions_that_have_not_been_are_empty(ask):
    """Not a move of 0."""
    quotes = [("ACME", DAILY, FRIDAY, RISING[:4])]

    (row,) = ask([call_row(str(MONDAY))], quotes, MOVES).fetchall()

    assert row[3:] == (10.0, 10.0, None, None)


def test_adjusted_closes_are_preferred(ask):
    """They have no splits and dividends in their moves."""
    quotes = [("ACME", DAILY, FRIDAY, RISING), ("ACME", DAILY_ADJUSTED, FRIDAY, [close / 2 for close in RISING])]

    (row,) = ask([call_row(str(MONDAY))], quotes, MOVES).fetchall()

    assert row[:3] == ("daily_adjusted", MONDAY, 55.0)


def test_adjusted_closes_that_end_too_early_are_not(ask):
    """Where closes as traded know more of what followed the call."""
    quotes = [("ACME", DAILY, FRIDAY, RISING), ("ACME", DAILY_ADJUSTED, FRIDAY, RISING[:4])]

    (row,) = ask([call_row(str(MONDAY))], quotes, MOVES).fetchall()

    assert (row[0], row[6]) == ("daily", -50.0)


def test_a_call_without_prices_is_there_all_the_same(ask):
    """With its tone, and no moves."""
    query = "SELECT symbol, tone, close, percent_1 FROM call_reactions"

    assert ask([call_row(str(MONDAY), tone=0.25)], [], query).fetchall() == [("ACME", 0.25, None, None)]


def test_a_call_whose_day_nobody_knows_is_left_out(ask):
    """A move from the last day of its quarter would be none of the call's."""
    assert ask([call_row(str(MONDAY), date_known=False)], [("ACME", DAILY, FRIDAY, RISING)]).fetchall() == []


def test_calls_of_one_day_are_rows_of_their_own(ask):
    """By their labels, and by where their transcripts come from."""
    calls = [
        call_row(str(MONDAY)),
        call_row(str(MONDAY), label="investor-day"),
        call_row(str(MONDAY), source="alpha-vantage"),
    ]

    found = ask(calls, [("ACME", DAILY, FRIDAY, RISING)], "SELECT label, source, percent_1 FROM call_reactions")

    assert sorted(found.fetchall()) == [
        ("", "alpha-vantage", 10.0),
        ("", "transcribe", 10.0),
        ("investor-day", "transcribe", 10.0),
    ]


def test_the_views_columns_are_what_its_query_gives(ask):
    """By name and type, in their order."""
    found = ask([call_row(str(MONDAY))], [("ACME", DAILY, FRIDAY, RISING)]).description

    columns = [(column["Name"], column["Type"]) for column in VIEW["StorageDescriptor"]["Columns"]]
    assert [(name, DUCKDB[str(kind)]) for name, kind, *_ in found] == columns


def test_the_view_names_no_schema():
    """Names in it are those of its own database."""
    assert re.findall(r"(?:FROM|JOIN) (\w+)", view_source()["originalSql"]) == [
        *("daily_adjusted", "daily", "quotes", "tone", "sessions", "calls"),
    ]


@pytest.mark.parametrize(
    ("number", "first_row"),
    [(0, ("ACME", MONDAY, 0.25, -0.2, 10.0, 10.0, 20.0, -50.0)), (1, ("ACME", MONDAY, -0.3, 10.0))],
)
def test_an_example_query_gives_what_it_says(number, first_row, ask):
    """Each query of docs/query.md over calls runs as it stands, and its first row is right."""
    calls = [call_row(str(FRIDAY), tone_change=0.1, tone_qa=0.4), call_row(str(MONDAY), tone_change=-0.2)]
    found = ask(calls, [("ACME", DAILY, FRIDAY, RISING)], QUERIES_OF_CALLS[number]).fetchall()

    assert len(QUERIES_OF_CALLS) == 2
    assert found[0] == first_row


def test_a_folder_without_adjusted_prices_has_an_empty_table_of_them(tmp_path):
    """As docs/query.md makes one, the view takes it."""
    (instead,) = re.findall(r"`(CREATE VIEW daily_adjusted AS .*?)`", (ROOT / "docs" / "query.md").read_text())
    (tmp_path / "tone.parquet").write_bytes(encode_rows([call_row(str(MONDAY))]))
    (tmp_path / "daily.parquet").write_bytes(prices("ACME", DAILY, FRIDAY, RISING))
    connection = duckdb.connect()
    for name in ("tone", "daily"):
        connection.execute(f"CREATE VIEW {name} AS SELECT * FROM '{tmp_path}/{name}.parquet'")

    found = connection.execute(instead).execute(VIEW_TEXT).execute(MOVES).fetchall()

    assert found == [("daily", MONDAY, 110.0, 10.0, 10.0, 20.0, -50.0)]
