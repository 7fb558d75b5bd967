"""docs/actions.md shows the table and every check as the code has them."""

from datetime import date

from stockflow_functions.daily_prices.actions.choosing import ASKED_AGAIN_AFTER_DAYS
from stockflow_functions.daily_prices.actions.room import LONGEST_AHEAD_MS
from stockflow_functions.domain.actions.action import Action
from stockflow_functions.domain.actions.checks import CHECKS
from stockflow_functions.domain.actions.merging import Answer, merged
from stockflow_functions.domain.actions.table import ACTIONS, SPLIT, Actions, encode
from stockflow_functions.domain.clock import from_iso
from tests.conftest import REPOSITORY

MOMENT_S = from_iso("2026-11-20T00:00:00Z") // 1000
PAGE = (REPOSITORY / "docs/actions.md").read_text(encoding="utf-8")


def table_after(mark):
    """The rows of the table that follows a comment, without its head."""
    rows = PAGE.split(f"<!-- {mark}:")[1].split("\n\n")[0].splitlines()[3:]
    return [tuple(cell.strip() for cell in row.strip("|").split(" | ")) for row in rows]


def test_the_page_has_every_column_as_the_schema_has_it():
    """Name, type and description."""
    expected = [(f"`{each.name}`", str(each.type), each.metadata[b"description"].decode()) for each in ACTIONS]
    assert table_after("columns") == expected


def test_the_page_has_every_check_as_the_code_has_it():
    """Name, consequence and sentence, in the order in which they apply."""
    happens = {True: "set aside", False: "kept, and reported"}
    assert table_after("checks") == [(f"`{each.name}`", happens[each.sets_aside], each.sentence) for each in CHECKS]


def test_the_pages_numbers_are_the_codes():
    """When a symbol is due again, and how long a refresh may take."""
    assert f"more than {ASKED_AGAIN_AFTER_DAYS} days ago" in " ".join(PAGE.split())
    assert LONGEST_AHEAD_MS == 12 * 60_000
    assert "twelve minutes" in PAGE


def test_the_pages_example_gives_what_was_known(tmp_path, monkeypatch):
    """Run as it stands there, over a table in which a split was corrected."""
    known = Actions()
    for at_s, factor in ((MOMENT_S - 60, 2.0), (MOMENT_S + 60, 3.0)):
        known = merged(known, "IBM", Answer(SPLIT, [Action(SPLIT, date(2026, 3, 2), factor)], [], at_s))
    (tmp_path / "out/actions").mkdir(parents=True)
    (tmp_path / "out/actions/IBM.parquet").write_bytes(encode(known))
    monkeypatch.chdir(tmp_path)
    names = {}
    exec(PAGE.split("```python\n")[1].split("```")[0], names)
    assert names["then"]["value"].tolist() == [2.0]
