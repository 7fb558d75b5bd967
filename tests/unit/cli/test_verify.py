"""stockflow verify: a whole dataset, in a folder or in S3."""

from datetime import date

import pytest
from botocore.exceptions import NoCredentialsError
from click.testing import CliRunner

from stockflow.cli.main import main
from stockflow.testing import FakeS3
from stockflow_functions.aws import keys
from stockflow_functions.domain.actions.action import Action
from stockflow_functions.domain.actions.merging import Answer, merged
from stockflow_functions.domain.actions.table import SPLIT, Actions
from stockflow_functions.domain.actions.table import encode as encode_actions
from stockflow_functions.domain.prices.parquet import empty_table, encode
from stockflow_functions.domain.prices.series import DAILY, DAILY_ADJUSTED
from stockflow_functions.runtime.services import Services
from tests.helpers.tables import adjusted, daily

SOUND = encode(daily({"2024-09-04": 100.0, "2024-09-05": 101.0}), DAILY)
BROKEN = encode(daily({"2024-09-04": 100.0, "2024-09-05": 101.0}, "BAD").assign(volume=[-1, 0]), DAILY)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A dataset with one sound table a series, in the default folder."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "out", "daily", "IBM", SOUND)
    write(tmp_path / "out", "daily_adjusted", "IBM", encode(adjusted({"2024-09-05": (1.0, 1.0)}), DAILY_ADJUSTED))
    return tmp_path / "out"


def write(folder, series, symbol, body):
    file = folder / keys.prices(series, symbol)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(body)


def verify(*arguments):
    return CliRunner().invoke(main, ["verify", *arguments], env={"COLUMNS": "200"})


def test_a_sound_dataset_ends_with_0(folder):
    """Both series, in the default folder; age is a remark."""
    done = verify()

    assert done.exit_code == 0
    assert "2 tables, 3 rows: none with a broken rule." in done.output
    assert "BREACH" not in done.output
    assert "Stale: the newest bar is from 2024-09-05." in done.output


def test_a_broken_rule_ends_with_1(folder):
    """Whatever else is sound."""
    write(folder, "daily", "BAD", BROKEN)
    done = verify(str(folder))

    assert done.exit_code == 1
    assert "BREACH negative-value, 1 bar: 2024-09-04." in done.output
    assert "3 tables, 5 rows: 1 with a broken rule." in done.output


def act(folder, symbol, *splits):
    """Keeps these splits as a symbol's actions, which are asked for a day after the bars."""
    answer = Answer(
        SPLIT, [Action(SPLIT, date.fromisoformat(day), factor) for day, factor in splits], [], 1_725_700_000
    )
    file = folder / keys.actions(symbol)
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(encode_actions(merged(Actions(), symbol, answer)))


def test_splits_and_dividends_are_checked_too(folder):
    """A table of its own, with what is wrong with it."""
    act(folder, "IBM", ("2024-09-05", 0.0))
    done = verify()
    assert done.exit_code == 1
    assert "BREACH ratio, 1 action: split of 0 on 2024-09-05." in done.output
    assert "3 tables, 4 rows: 1 with a broken rule." in done.output


def test_the_actions_explain_a_jump(folder):
    """Though no run asked about it."""
    write(folder, "daily", "IBM", encode(daily({"2024-09-04": 100.0, "2024-09-05": 50.0}), DAILY))
    assert "No split explains 1 jump" in verify().output
    act(folder, "IBM", ("2024-09-05", 2.0))
    assert "No split explains" not in verify().output


def test_unreadable_actions_are_a_breach_of_their_own(folder):
    """The prices are checked without them."""
    act(folder, "IBM")
    (folder / keys.actions("IBM")).write_bytes(b"no table")
    done = verify()
    assert done.output.count("BREACH") == 1
    assert "3 tables, 3 rows: 1 with a broken rule." in done.output


def test_actions_under_another_name_are_a_breach(folder):
    """No reader looks for them there."""
    act(folder, "IBM")
    (folder / "actions/IBM.parquet").rename(folder / "actions/I%42M.parquet")
    assert "BREACH actions/I%42M.parquet is not where a symbol's splits and dividends are kept." in verify().output


def test_a_name_can_not_move_the_cursor(folder):
    """Neither a table's nor another file's: whoever writes to a bucket chooses them."""
    write(folder, "daily", "A\x1b[2J", SOUND)
    (folder / "prices" / "daily" / "note\x1b[2J.txt").touch()

    assert "\x1b" not in verify().output


@pytest.mark.parametrize("body", [b"", b"x", SOUND[:-9]])
def test_an_unreadable_table_is_a_breach(folder, body):
    """Named, not thrown."""
    write(folder, "daily", "BAD", body)
    done = verify()

    assert done.exit_code == 1
    assert "can't be read as Parquet" in done.output


def test_another_symbols_rows_are_a_breach(folder):
    """A file that was copied by hand."""
    write(folder, "daily", "MSFT", SOUND)

    assert "BREACH It holds rows of another symbol than MSFT." in verify().output


def test_a_name_that_no_run_would_write_is_a_breach(folder):
    """An unencoded ampersand: the next run would not find this object."""
    (folder / "prices/daily/M&M.parquet").write_bytes(SOUND)
    done = verify()

    assert done.exit_code == 1
    assert "is not where a table of daily is kept" in done.output


def test_symbols_are_shown_as_they_are(folder):
    """Decoded from the key, and no markup of the terminal."""
    write(folder, "daily", "M&M.BSE", encode(daily({"2024-09-05": 1.0}, "M&M.BSE"), DAILY))
    write(folder, "daily", "[red]", encode(daily({"2024-09-05": 1.0}, "[red]"), DAILY))
    done = verify()

    assert done.exit_code == 0
    assert "M&M.BSE" in done.output
    assert "[red]" in done.output


def test_splits_that_were_asked_for_explain_jumps(folder):
    """As they did when the bars came in."""
    write(folder, "daily", "IBM", encode(daily({"2024-09-04": 100.0, "2024-09-05": 50.0}), DAILY))
    assert "No split explains 1 jump" in verify().output
    (folder / "splits").mkdir()
    known = '{"asked_at": "2024-09-06T00:00:00Z", "splits": [{"effective_date": "2024-09-05", "split_factor": 2}]}'
    (folder / "splits/IBM.json").write_text(known)

    assert "No split explains" not in verify().output


@pytest.mark.parametrize("place", ["nowhere", "http://bucket/prefix", "s3://", "empty"])
def test_a_place_without_a_dataset_ends_with_2(folder, tmp_path, place):
    """One sentence, no traceback."""
    (tmp_path / "empty").mkdir()
    done = verify(place)

    assert done.exit_code == 2
    assert len(done.output.strip().splitlines()) == 1
    assert done.output.startswith("stockflow: ")


@pytest.fixture
def s3(monkeypatch):
    """An S3 in memory behind every Services."""
    made = FakeS3()
    monkeypatch.setattr(Services, "client", lambda self, name: made)
    return made


@pytest.mark.parametrize(("place", "prefix"), [("s3://data", ""), ("s3://data/", ""), ("s3://data/a/b/", "a/b/")])
def test_a_dataset_in_s3_is_read_below_its_prefix(s3, place, prefix):
    """What is no table does no harm, but is named: some query engines read all that lies below a prefix."""
    s3.place(f"{prefix}prices/daily/IBM.parquet", SOUND)
    s3.place(f"{prefix}prices/daily/readme.txt", b"x")
    s3.place("elsewhere/prices/daily/BAD.parquet", BROKEN)
    done = verify(place)

    assert (done.exit_code, "1 table, 2 rows" in done.output) == (0, True)
    assert done.output.endswith("where a query engine may read them: prices/daily/readme.txt.\n")


def test_what_lies_deeper_is_looked_at_too(folder):
    """In a folder as in S3, where a key has no depth."""
    (folder / "prices/daily/old").mkdir()
    (folder / "prices/daily/old/MSFT.parquet").write_bytes(SOUND)
    done = verify()

    assert done.exit_code == 1
    assert "prices/daily/old/MSFT.parquet is not where a table of daily is kept" in done.output


def test_hidden_files_are_nobodys_tables(folder):
    """A killed run's half-written file, and what other programs leave: query engines pass them over."""
    for name in (".IBM.parquet.x.tmp", "_SUCCESS", ".hidden.parquet"):
        (folder / "prices/daily" / name).write_bytes(b"x")
    done = verify()

    assert done.exit_code == 0
    assert "No tables" not in done.output


@pytest.mark.parametrize("symbol", [".DJI", "CON", "A."])
def test_a_table_under_its_former_name_is_a_breach(folder, symbol):
    """Even where the name hides it: it says which run makes it visible."""
    body = encode(daily({"2024-09-05": 1.0}, symbol), DAILY)
    (folder / keys.former(keys.prices("daily", symbol))).write_bytes(body)
    done = verify()

    assert done.exit_code == 1
    assert f"the next run of {symbol} makes it {keys.prices('daily', symbol)}." in done.output


@pytest.mark.parametrize("symbol", [".DJI", "CON", "A."])
def test_a_former_name_that_was_cleared_is_nobodys_table(folder, symbol):
    """The symbol is counted once, by its rows."""
    write(folder, "daily", symbol, encode(daily({"2024-09-05": 1.0}, symbol), DAILY))
    (folder / keys.former(keys.prices("daily", symbol))).write_bytes(encode(empty_table(DAILY), DAILY))
    done = verify()

    assert done.exit_code == 0
    assert "3 tables, 4 rows: none with a broken rule." in done.output


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        ("AccessDenied", "grant it s3:ListBucket"),
        ("ExpiredToken", "The AWS credentials have expired: sign in"),
        ("NoSuchBucket", "no bucket"),
        (NoCredentialsError(), "There are no AWS credentials to use (NoCredentialsError): sign in"),
    ],
)
def test_s3_that_says_no_ends_with_2(s3, error, advice):
    """With what a person at a terminal can do about it."""
    s3.fail(error, "list_objects_v2")
    done = verify("s3://data")

    assert done.exit_code == 2
    assert advice in done.output
    assert len(done.output.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("variable", "value", "advice"),
    [("REQUESTS_PER_MINUTE", "abc", "write a number"), ("AWS_PROFILE", "nobodys", "correct AWS_PROFILE")],
)
def test_a_variable_that_leads_to_no_bucket_ends_with_2(monkeypatch, variable, value, advice):
    """One sentence, before anything is asked."""
    monkeypatch.setenv(variable, value)
    done = verify("s3://data")

    assert done.exit_code == 2
    assert advice in done.output
    assert len(done.output.strip().splitlines()) == 1
