"""Rows on standard output: as a table, CSV or JSON."""

import json
import re
import sys
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from click.testing import CliRunner

from stockflow.cli import results
from stockflow.cli.main import main
from stockflow.cli.results import show
from tests.helpers.datasets import write_bars

NAMES = ("symbol", "day", "value")


def test_csv_has_plain_values(capsys):
    """Dates as ISO 8601, nothing for none, floats as they are."""
    show(NAMES, [("A,B", date(2026, 1, 2), 0.1), ("C", datetime(2026, 1, 2, tzinfo=UTC), None)], "csv")

    assert capsys.readouterr().out == 'symbol,day,value\n"A,B",2026-01-02,0.1\nC,2026-01-02T00:00:00Z,\n'


def test_a_list_is_json_in_csv_too(capsys):
    """So that a program can read it."""
    show(("a", "b"), [([1, None], {"x": "y"})], "csv")

    assert capsys.readouterr().out == 'a,b\n"[1, null]","{""x"": ""y""}"\n'


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (float("nan"), None),
        (float("inf"), None),
        (Decimal("1.50"), 1.5),
        (Decimal(12345678901234567890), 12345678901234567890),
        ([Decimal(1), None], [1, None]),
        ({"a": date(2026, 1, 2)}, {"a": "2026-01-02"}),
        (b"\x01", "01"),
        (True, True),
    ],
)
def test_json_has_what_json_knows(capsys, value, plain):
    """No NaN, which is no JSON; whole numbers stay whole."""
    show(("x",), [(value,)], "json")

    assert json.loads(capsys.readouterr().out) == [{"x": plain}]


def test_json_without_rows_is_an_empty_list(capsys):
    """A program reads it as any other."""
    show(NAMES, [], "json")

    assert json.loads(capsys.readouterr().out) == []


def test_columns_of_one_name_are_told_apart(capsys):
    """As an object has each key once."""
    show(("a", "a_2", "a"), [(1, 2, 3)], "json")

    assert json.loads(capsys.readouterr().out) == [{"a": 1, "a_2": 2, "a_3": 3}]


def test_a_table_into_a_pipe_is_as_wide_as_its_rows(capsys):
    """Nothing is cut off."""
    show(NAMES, [("x" * 300, date(2026, 1, 2), 0.1)], "table")

    assert "x" * 300 in capsys.readouterr().out


def test_a_cell_can_not_move_the_cursor(capsys):
    """Neither can a heading."""
    show(("a\x1b[2J",), [("b\x1b[2J",)], "table")

    assert "\x1b" not in capsys.readouterr().out


def test_a_long_table_says_how_many_rows_there_are(capsys, monkeypatch):
    """And how to have them all."""
    monkeypatch.setattr(results, "MOST_SHOWN", 2)
    show(("n",), [(number,) for number in range(1000, 1005)], "table")
    out = capsys.readouterr().out

    assert ("1001" in out, "1002" in out) == (True, False)
    assert out.endswith("5 rows, the first 2 of them shown: --format csv prints all.\n")


@pytest.fixture
def terminal(monkeypatch, capsys):
    """Shows one row of a date and a sentence on a terminal so wide, and gives its lines."""

    def shown(columns):
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setenv("NO_COLOR", "1")
        monkeypatch.setenv("COLUMNS", str(columns))
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
        show(("day", "sentence"), [(date(2026, 1, 2), "one two three")], "table")
        return re.sub(r"\x1b\[\d*m", "", capsys.readouterr().out).splitlines()

    return shown


@pytest.mark.parametrize("columns", [16, 20, 24, 40])
def test_a_narrow_terminal_cuts_nothing(terminal, columns):
    """Texts are wrapped, the lines of the table are left out."""
    lines = terminal(columns)

    assert max(map(len, lines[:-1])) <= max(columns, len("sentence  one two three"))
    assert not any("…" in line for line in lines)
    assert any("2026-01-02" in line for line in lines)


def test_a_terminal_too_narrow_for_columns_has_a_line_a_value(terminal):
    """Under their names."""
    assert terminal(16) == ["", "day       2026-01-02", "sentence  one two three", "1 row."]


@pytest.mark.parametrize("form", ["csv", "json", "table"])
def test_what_an_encoding_lacks_is_written_all_the_same(stockflow_in_ascii, form):
    """As Python and JSON write it."""
    done = stockflow_in_ascii("sql", "SELECT 'ü' AS a", "--format", form)

    assert (done.exit_code, ("\\u00fc" if form == "json" else "\\xfc") in done.stdout) == (0, True)


@pytest.fixture
def stockflow_in_ascii(tmp_path, monkeypatch):
    """Runs the command in a folder with a dataset, before a terminal that knows ASCII alone."""
    monkeypatch.chdir(tmp_path)
    write_bars(tmp_path / "out", "AAPL", {"2026-11-18": 1.0})
    return lambda *arguments: CliRunner(charset="ascii").invoke(main, arguments)
