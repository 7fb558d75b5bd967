"""stockflow sql: a dataset asked in SQL, in a folder or in S3."""

import csv
import io
import json
import re
import shlex

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from stockflow.cli.main import main
from stockflow.cli.sql.session import answered
from stockflow.cli.sql.views import DERIVED, STORED
from stockflow.dataset.places import Folder
from stockflow.errors import Unusable
from stockflow.testing import FakeS3
from stockflow_functions.aws import keys
from stockflow_functions.domain.calls.passages import Passage
from stockflow_functions.domain.calls.tables import encode_passages, encode_rows
from stockflow_functions.domain.catalog.entry import Entry
from stockflow_functions.domain.catalog.table import Catalog
from stockflow_functions.domain.catalog.table import encode as encode_catalog
from stockflow_functions.domain.listings.table import encode as encode_listings
from stockflow_functions.domain.prices.parquet import encode
from stockflow_functions.domain.prices.series import DAILY
from stockflow_functions.runtime.services import Services
from tests.helpers.call_rows import call_row
from tests.helpers.datasets import write, write_actions
from tests.helpers.queries import QUERIES, QUERIES_OF_CALLS, VIEW
from tests.helpers.stack import ROOT
from tests.helpers.tables import daily
from tests.helpers.written_listings import listing, listings

PAGE = (ROOT / "docs" / "query.md").read_text(encoding="utf-8")
QUERY_OF_PASSAGES = re.findall(r"```\n(SELECT .*?)```", PAGE, re.DOTALL)[0]
OBJECTS = {
    keys.prices("daily", "IBM"): encode(daily({"2026-01-05": 100.0, "2026-01-06": 110.0}), DAILY),
    keys.prices("daily", "MSFT"): encode(daily({"2026-01-06": 7.5}, "MSFT"), DAILY),
    keys.tone("IBM"): encode_rows([call_row("2026-01-05", symbol="IBM")]),
    keys.LISTINGS: encode_listings(listings(listing("IBM", name="IBM Corp"))),
    keys.transcript("IBM", "2026-01-05"): encode_passages([Passage(1, "qa", "Ann", 0.0, 1.0, "Well,\nyes.")]),
    "prices/daily/.IBM.parquet.1.tmp": b"half a file",
    "prices/daily/.IBM.parquet": b"hidden",
    "prices/daily/old/IBM.parquet": b"deeper than any table",
}


@pytest.fixture
def out(tmp_path):
    """A small dataset in the folder that the command reads by default."""
    for key, body in OBJECTS.items():
        write(tmp_path / "out", key, body)
    return tmp_path / "out"


@pytest.fixture
def s3(monkeypatch):
    """An S3 in memory behind every Services, with the same dataset below a prefix."""
    made = FakeS3()
    monkeypatch.setattr(Services, "client", lambda self, name: made)
    for key, body in OBJECTS.items():
        made.place(f"a/{key}", body)
    return made


def rows(done):
    """The rows that were printed as JSON."""
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


@pytest.mark.parametrize("place", ["out", "s3://data/a"])
def test_a_query_answers_from_a_folder_and_from_s3_alike(stockflow, out, s3, place):
    """By the names of the tables; what no query engine would read is none of their rows."""
    query = "SELECT symbol, max(date) AS newest, count(*) AS days FROM daily GROUP BY symbol ORDER BY symbol"

    assert rows(stockflow("sql", query, "--place", place, "--format", "json")) == [
        {"symbol": "IBM", "newest": "2026-01-06", "days": 2},
        {"symbol": "MSFT", "newest": "2026-01-06", "days": 1},
    ]


def test_only_the_named_tables_are_brought_over(stockflow, s3):
    """Of a bucket, the objects of the tables that the query needs."""
    stockflow("sql", "SELECT name FROM listings", "--place", "s3://data/a")

    assert s3.calls == {"get_object": 1}


def test_a_view_of_several_tables_is_ready_made(stockflow, out):
    """Calls beside prices, from the objects of both."""
    query = "SELECT symbol, close, percent_1 FROM call_reactions"

    assert rows(stockflow("sql", query, "--format", "json")) == [{"symbol": "IBM", "close": 100.0, "percent_1": 10.0}]


def test_the_view_is_the_one_that_the_docs_have(stockflow):
    """And so Athena's, which a contract test holds against the docs."""
    assert VIEW.split() == f"CREATE VIEW call_reactions AS {DERIVED['call_reactions']}".split()


def test_a_table_without_an_object_is_empty(stockflow, tmp_path):
    """Each has its columns all the same."""
    write(tmp_path / "out", "prices/daily/.keep", b"")
    counts = ", ".join(f"(SELECT count(*) FROM {name}) AS {name}" for name in [*STORED, *DERIVED])

    assert rows(stockflow("sql", f"SELECT {counts}", "--format", "json")) == [dict.fromkeys([*STORED, *DERIVED], 0)]


@pytest.mark.parametrize("place", ["out", "s3://data/a"])
def test_a_passage_names_its_object_as_in_athena(stockflow, out, s3, place):
    """Its call is in the name."""
    done = stockflow("sql", 'SELECT "$path" FROM transcripts', "--place", place)

    assert done.stdout == f"$path\n{place}/transcripts/IBM/2026-01-05.parquet\n"


def test_a_folder_may_have_any_name(tmp_path):
    """Marks of patterns, quotes and spaces in it are parts of the name."""
    folder = tmp_path / "it's [a] *"
    (folder / "prices/daily").mkdir(parents=True)
    (folder / "prices/daily/IBM.parquet").write_bytes(OBJECTS["prices/daily/IBM.parquet"])

    with answered(Folder(folder), "FROM daily") as answer:
        assert sum(batch.num_rows for batch in answer.batches) == 2


@pytest.mark.parametrize(
    "query",
    [
        "COPY daily TO 'out/prices/daily/x.parquet'",
        "COPY (PIVOT daily ON symbol USING max(close)) TO 'out/prices/daily/x.parquet'",
        "EXPLAIN ANALYZE COPY daily TO 'out/prices/daily/x.parquet'",
        "CREATE TABLE mine AS FROM daily",
        "ATTACH 'mine.db'",
        "SET enable_external_access = true",
        "INSTALL httpfs",
        "EXPORT DATABASE 'out/prices/daily'",
    ],
)
def test_what_is_no_question_is_refused(stockflow, out, query):
    """Nothing is written, neither into the dataset nor beside it."""
    before = set(out.parent.rglob("*"))
    done = stockflow("sql", query)

    assert (done.exit_code, done.stdout, "only reads" in done.stderr) == (2, "", True)
    assert set(out.parent.rglob("*")) == before


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM read_text('{folder}/secret.txt')",
        "SELECT * FROM read_csv('{folder}/out/prices/../../secret.txt')",
        "SELECT * FROM read_text('{folder}/out/.private/key')",
        "SELECT * FROM glob('{folder}/*')",
        "SELECT * FROM read_parquet('https://127.0.0.1:9/x.parquet')",
    ],
)
def test_nothing_but_the_tables_is_read(stockflow, out, query):
    """No other file of the machine, no private file of the folder, no network."""
    (out.parent / "secret.txt").write_text("hidden treasure")
    (out / ".private").mkdir()
    (out / ".private/key").write_text("hidden treasure")
    done = stockflow("sql", query.format(folder=out.parent))

    assert done.exit_code == 2
    assert "Permission Error" in done.stderr
    assert "treasure" not in done.output


def test_a_variable_of_the_program_is_no_table(stockflow, out):
    """DuckDB would take any table that it finds in Python."""
    assert "does not exist" in stockflow("sql", "FROM connection").stderr


def test_a_table_that_is_not_named_is_not_empty(stockflow, out):
    """A query that makes its name only when it runs is told, rather than given no rows."""
    done = stockflow("sql", "FROM query_table('dai' || 'ly')")

    assert (done.exit_code, "Write daily into the query as a word of its own" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("SELECT clse FROM daily", 'Did you mean|Candidate bindings: "close"'),
        ("SELEC 1", 'Parser Error: syntax error at or near "SELEC"'),
        ("FROM dayly", "Table with name dayly does not exist"),
        ("SELECT CAST(symbol AS int) FROM daily", "Could not convert string '(IBM|MSFT)'"),
        ("SELECT 1; SELECT 2", "takes one query, and this is 2"),
        ("/* nothing */", "takes one query, and this is none"),
        (" ", "There is no query"),
    ],
)
def test_a_wrong_query_ends_with_2_in_duckdbs_words(stockflow, out, query, words):
    """And without a traceback."""
    done = stockflow("sql", query)

    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith("stockflow: ")
    assert re.search(words, done.stderr)


@pytest.mark.parametrize(
    ("query", "told"),
    [
        (
            "SELECT\nCAST('x' AS int)",
            "Conversion Error: Could not convert string 'x' to INT32\nLINE 2: CAST('x' AS int)\n",
        ),
        (
            "SELECT sum(symbol) FROM daily",
            (
                "Binder Error: No function matches the given name and argument types 'sum(VARCHAR)'. "
                "You might need to add explicit type casts.\n"
            ),
        ),
    ],
)
def test_duckdbs_words_are_two_lines_at_most(stockflow, out, query, told):
    """What is wrong, and the line of the query where that is known."""
    assert stockflow("sql", query).stderr == f"stockflow: {told}"


def test_a_newer_releases_table_is_named(stockflow, out):
    """Rather than that its rows are mixed with others."""
    table = pq.read_table(out / "prices/daily/IBM.parquet").replace_schema_metadata({"stockflow.schema": "99"})
    pq.write_table(table, out / "prices/daily/IBM.parquet")
    done = stockflow("sql", "SELECT count(*) FROM daily")

    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith("stockflow: prices/daily/IBM.parquet in out is a newer release's (it is of schema 99")


def test_a_damaged_object_of_a_bucket_is_named_by_its_key(stockflow, s3):
    """Not by the copy of it, which is gone by then."""
    s3.put_object(Bucket="data", Key="a/prices/daily/BAD.parquet", Body=b"x")
    done = stockflow("sql", "FROM daily", "--place", "s3://data/a")

    assert (done.exit_code, "'s3://data/a/prices/daily/BAD.parquet'" in done.stderr) == (2, True)


def test_adjusted_prices_are_ready_made(stockflow, out):
    """Where a symbol's actions are known, as the catalog says; else they are empty."""
    write_actions(out, "IBM", ("2026-01-06", "split", 2.0))
    entries = [Entry(symbol, "daily", splits=known, dividends=known) for symbol, known in (("IBM", 1), ("MSFT", None))]
    write(out, keys.CATALOG, encode_catalog(Catalog({each.key: each for each in entries})))
    query = "SELECT symbol, close FROM adjusted_splits WHERE date <= '2026-01-06' ORDER BY symbol, date"

    assert rows(stockflow("sql", query, "--format", "json")) == [
        {"symbol": "IBM", "close": 50.0},
        {"symbol": "IBM", "close": 110.0},
        {"symbol": "MSFT", "close": None},
    ]


def test_an_object_that_is_no_table_is_named(stockflow, out):
    """By its file, in DuckDB's words."""
    (out / "prices/daily/BAD.parquet").write_bytes(b"x")
    done = stockflow("sql", "SELECT sum(close) FROM daily")

    assert (done.exit_code, "BAD.parquet" in done.stderr) == (2, True)


@pytest.mark.parametrize("place", ["nowhere", ".", "http://bucket/prefix", "s3://", "s3://data/elsewhere"])
def test_a_place_that_is_none_ends_with_2(stockflow, s3, place):
    """One sentence, rather than no rows."""
    done = stockflow("sql", "FROM daily", "--place", place)

    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)


def test_s3_that_says_no_ends_with_2(stockflow, s3):
    """With what a person can do about it."""
    s3.fail("AccessDenied", "list_objects_v2")
    done = stockflow("sql", "FROM daily", "--place", "s3://data/a")

    assert (done.exit_code, "grant it s3:ListBucket" in done.stderr) == (2, True)


def test_without_a_query_the_columns_are_listed(stockflow):
    """Of every table, with its types, from no dataset at all."""
    listed = list(csv.DictReader(io.StringIO(stockflow("sql").stdout)))

    assert {row["table"] for row in listed} == {*STORED, *DERIVED}
    assert {"table": "daily", "column": "close", "type": "DOUBLE"}.items() <= next(
        row for row in listed if (row["table"], row["column"]) == ("daily", "close")
    ).items()


def test_a_query_may_come_from_standard_input(out, monkeypatch, tmp_path):
    """As a dash says."""
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["sql", "-"], input="SELECT count(*) AS n FROM daily\n")

    assert done.stdout == "n\n3\n"


def test_explain_and_pivot_are_questions_too(stockflow, out):
    """Neither is a SELECT to DuckDB."""
    pivot = "PIVOT daily ON symbol USING max(close) GROUP BY date ORDER BY date DESC"
    assert stockflow("sql", "EXPLAIN FROM daily").exit_code == 0
    assert rows(stockflow("sql", pivot, "--format", "json"))[0] == {"date": "2026-01-06", "IBM": 110.0, "MSFT": 7.5}


def test_a_limit_holds_beside_an_empty_table(out):
    """DuckDB's own optimizer forgot it; so all rows of an adjusted view came where no symbol's actions are known."""
    with answered(Folder(out), "FROM adjusted_all LIMIT 1") as answer:
        assert sum(batch.num_rows for batch in answer.batches) == 1


def test_whoever_fails_while_rows_are_read_is_told_in_a_sentence(out):
    """An error after the first rows is one like any other."""
    query = "SELECT CASE WHEN x < 500000 THEN x ELSE error('late') END FROM range(600000) t(x)"

    with pytest.raises(Unusable, match="late"), answered(Folder(out), query) as answer:
        list(answer.batches)


@pytest.mark.parametrize("query", [*QUERIES, *QUERIES_OF_CALLS, QUERY_OF_PASSAGES])
def test_the_queries_of_the_docs_are_answered(out, query):
    """Those for Athena, as they stand."""
    with answered(Folder(out), query) as answer:
        assert answer.names


def test_the_commands_of_the_docs_run(stockflow, out, s3, monkeypatch):
    """Each of docs/query.md, its query from the argument or through a pipe."""
    write_actions(out, "IBM", ("2026-01-06", "split", 2.0))
    write(out, keys.CATALOG, encode_catalog(Catalog()))
    commands = re.findall(r"^stockflow (.*)$", PAGE, re.MULTILINE)
    (piped,) = re.findall(r'^echo "(.*)" \| stockflow sql - > ', PAGE, re.MULTILINE)

    done = {line: stockflow(*shlex.split(line.replace("my-bucket/a/prefix", "data/a"))).exit_code for line in commands}
    monkeypatch.chdir(out.parent)
    done["sql -"] = CliRunner().invoke(main, ["sql", "-"], input=piped).exit_code

    assert [line.split()[0] for line in done] == ["sql", "sql", "prices", "export", "catalog", "findings", "sql"]
    assert set(done.values()) == {0}
