"""docs/data.md shows every check as the code has it."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import duckdb
import pytest

from stockflow_functions.domain.findings.table import FINDINGS, FindingRow, encode, no_findings, with_run
from stockflow_functions.domain.prices.checks import CHECKS, TOLERANCE
from stockflow_functions.domain.prices.currencies import USUAL
from stockflow_functions.domain.prices.rules import TABLE_RULES
from stockflow_functions.domain.prices.schema import schema
from stockflow_functions.domain.prices.sentences import LONGEST, MOST
from stockflow_functions.domain.prices.series import DAILY_ADJUSTED, SERIES
from tests.conftest import REPOSITORY

PAGE = (REPOSITORY / "docs/data.md").read_text(encoding="utf-8")


def table_after(mark):
    """The rows of the table that follows a comment, without its head."""
    rows = PAGE.split(f"<!-- {mark}:")[1].split("\n\n")[0].splitlines()[3:]
    return [tuple(cell.strip() for cell in row.strip("|").split(" | ")) for row in rows]


@pytest.mark.parametrize(("mark", "rules"), [("checks", CHECKS), ("rules", TABLE_RULES)])
def test_the_page_has_every_check_as_the_code_has_it(mark, rules):
    """Name, consequence and sentence, in the order in which they apply."""
    assert table_after(mark) == [(f"`{rule.name}`", rule.severity.value, rule.sentence) for rule in rules]


def test_what_meets_the_vendors_faults_is_a_rule():
    """Each fault that was seen has one, by a name that the code knows."""
    known = {rule.name for rule in (*CHECKS, *TABLE_RULES)}
    faults = table_after("faults")

    assert len(faults) == 15
    for fault, met in faults:
        assert set(re.findall(r"`([^`]+)`", met)) & known, fault
        assert set(re.findall(r"`([^`]+)`", met)) <= known, fault


def test_the_page_has_every_column_of_prices_as_the_files_have_it():
    """Name, type, unit, and what it is."""
    types = {"string": "string", "date32[day]": "date", "double": "double", "int64": "64-bit integer"}
    told = [
        (f"`{field.name}`", types[str(field.type)], field.metadata.get(b"unit", b"").decode(), what.decode())
        for field in schema(DAILY_ADJUSTED)
        if (what := field.metadata[b"description"])
    ]

    assert [tuple(cell.strip() for cell in row) for row in table_after("columns")] == told


def test_the_page_has_every_series_as_the_code_has_it():
    """What a bar is, and when its close is a jump."""

    def limits(jump):
        return f"{jump.close:g}" + (f", or {jump.overnight:g} with the open" if jump.overnight else "")

    expected = [(f"`{one.name}`", f"a {one.step}", limits(one.jump)) for one in SERIES.values()]
    assert table_after("series") == expected


def test_the_page_has_every_currency_as_the_code_has_it():
    """What a price of 1 is, by exchange."""
    expected = [(f"`{code}`", one.currency, f"1 {one.unit}", f"{one.scale:g}") for code, one in sorted(USUAL.items())]
    assert table_after("currencies") == expected


def test_the_page_has_every_column_of_findings_as_the_file_has_it():
    """Name, type, unit, and what it is: the file itself says the same."""
    kinds = {"int64": "64-bit integer", "date32[day]": "date", "timestamp[s, tz=UTC]": "timestamp"}

    def said(field, key):
        return field.metadata.get(key, b"").decode()

    expected = [
        (
            f"`{field.name}`",
            kinds.get(str(field.type), str(field.type)),
            said(field, b"unit"),
            "yes" if field.nullable else "",
            said(field, b"description"),
        )
        for field in FINDINGS
    ]
    assert table_after("findings") == expected


def test_the_query_of_the_findings_finds_what_stands(tmp_path):
    """Two runs found the same symbol stale, on the same newest bar."""
    query = PAGE.split("<!-- findings query:")[1].split("```sql\n")[1].split("```")[0]
    table = no_findings()
    for name, day in (("one", 19), ("two", 20)):
        at = datetime(2026, 11, day, 22, tzinfo=UTC)
        row = FindingRow(name, at, "daily", "FB", "stale", 1116, date(2022, 6, 8))
        table = with_run(table, name, [row, replace(row, rule="gap")])
    (tmp_path / "daily.parquet").write_bytes(encode(table))
    findings = duckdb.read_parquet(str(tmp_path / "daily.parquet"))

    found = findings.query("findings", query)
    assert found.select("symbol, newest_date, epoch(since)::bigint, runs").fetchall() == [
        ("FB", date(2022, 6, 8), 1_795_125_600, 2)
    ]


def test_the_page_names_every_column():
    """Of all series."""
    first_table = PAGE.split("| column |")[1].split("\n\n")[0]

    assert set(re.findall(r"`(\w+)`", first_table)) == {name for one in SERIES.values() for name in one.columns}


def test_the_pages_numbers_are_the_codes():
    """Tolerance, and the bounds of what travels."""
    assert f"{TOLERANCE:.1%}".replace("%", " %") in PAGE
    assert f"{MOST} sentences of at most {LONGEST} characters".replace("8", "eight", 1) in " ".join(PAGE.split())
