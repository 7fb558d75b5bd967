"""stockflow findings: what the checks of each run found."""

import json
from datetime import UTC, date, datetime

import pytest

from stockflow_functions.aws import keys
from stockflow_functions.domain.findings.table import FindingRow, encode, no_findings, with_run
from tests.helpers.datasets import write, write_bars

FOUND = [
    FindingRow(
        "run-1", datetime(2026, 11, 19, 22, tzinfo=UTC), "daily", "AAPL", "gap", 2, date(2026, 11, 18), "A gap."
    ),
    FindingRow("run-1", datetime(2026, 11, 19, 22, tzinfo=UTC), "daily", "IBM", "stale", 1, date(2026, 11, 2)),
]


@pytest.fixture
def out(tmp_path):
    """Bars of two symbols, and what a run found in one of them, and in one without bars."""
    write_bars(tmp_path / "out", "AAPL", {"2026-11-18": 1.0})
    write_bars(tmp_path / "out", "MSFT", {"2026-11-18": 1.0})
    write(tmp_path / "out", keys.findings("daily"), encode(with_run(no_findings(), "run-1", FOUND)))
    return tmp_path / "out"


def test_findings_are_rows_for_programs(stockflow, out):
    """With all that is known of each."""
    found = json.loads(stockflow("findings", "aapl", "--format", "json").stdout)

    assert found == [
        {
            "execution": "run-1", "started_at": "2026-11-19T22:00:00Z", "series": "daily", "symbol": "AAPL",
            "rule": "gap", "bars": 2, "newest_date": "2026-11-18", "sentence": "A gap.",
        }
    ]  # fmt: skip


def test_findings_are_a_table_for_people(stockflow, out):
    """Of all symbols, if none is named."""
    done = stockflow("findings", "--format", "table")

    assert (done.exit_code, done.stdout.count("2026-11-19T22:00:00Z")) == (0, 2)
    assert done.stdout.endswith("2 rows.\n")


def test_no_findings_are_no_failure(stockflow, out):
    """A symbol in which nothing was found has none."""
    done = stockflow("findings", "MSFT", "--format", "json")

    assert (done.exit_code, json.loads(done.stdout)) == (0, [])


@pytest.mark.parametrize(
    ("arguments", "words"), [(["--place", "."], "is no dataset"), (["../x"], "../x"), (["MSFTT"], "did you mean MSFT?")]
)
def test_findings_that_can_not_be_read_end_with_2(stockflow, out, arguments, words):
    """One sentence."""
    done = stockflow("findings", *arguments)

    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert words in done.stderr
