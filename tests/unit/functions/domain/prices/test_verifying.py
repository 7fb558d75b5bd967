"""Stored objects held to the rules."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stockflow_functions.domain.clock import from_iso
from stockflow_functions.domain.prices.changes import CHANGES_KEY, metadata_of, noted
from stockflow_functions.domain.prices.exchanges import US
from stockflow_functions.domain.prices.parquet import empty_table, encode
from stockflow_functions.domain.prices.series import DAILY, SERIES
from stockflow_functions.domain.prices.undo_log import Changes
from stockflow_functions.domain.prices.verifying import verify
from tests.helpers.tables import adjusted, daily

TABLE = daily({"2024-09-03": 100.0, "2024-09-04": 100.0, "2024-09-05": 101.0})
NOW = from_iso("2024-09-05T22:00:00Z")
FILL = "`stockflow run IBM --series daily --outputsize full`"
OLD = "It is not of the present schema or order: the next run of IBM migrates it."


def verdict(table=TABLE, series="daily", now_ms=NOW, splits=None):
    body = table if isinstance(table, bytes) else encode(table, SERIES[series])
    return verify(body, SERIES[series], "IBM", US, splits or {}, now_ms=now_ms, refill=FILL)


def test_a_sound_table_has_nothing_to_say():
    """Its size and span only."""
    found = verdict()

    assert (found.rows, found.first_date, found.last_date) == (3, "2024-09-03", "2024-09-05")
    assert (found.breaches, found.remarks) == ([], [])


@pytest.mark.parametrize(
    ("table", "breach"),
    [
        (b"x", f"It can't be read as Parquet (ArrowInvalid). {FILL} moves it aside and makes a new one."),
        (empty_table(DAILY), "It has no rows."),
        (
            TABLE.assign(symbol="MSFT"),
            f"It holds rows of another symbol than IBM. {FILL} moves it aside and makes a new one.",
        ),
        (TABLE.iloc[::-1], OLD),
        (TABLE.assign(close=[1.0, -1.0, 0.0]), "price-not-positive, 2 bars: 2024-09-05, 2024-09-04."),
        (TABLE.assign(low=500.0), "high-below-low, 3 bars: 2024-09-05, 2024-09-04, 2024-09-03."),
        (TABLE.assign(volume=[0, 0, -1]), "negative-value, 1 bar: 2024-09-05."),
    ],
)
def test_a_broken_rule_is_a_breach(table, breach):
    """Named, counted and dated."""
    assert breach in verdict(table).breaches


def test_a_running_or_future_bar_is_a_breach():
    """Only settled bars go in."""
    assert verdict(now_ms=from_iso("2024-09-05T15:00:00Z")).breaches == ["unsettled, 1 bar: 2024-09-05."]
    assert "future-date, 1 bar: 2024-09-05." in verdict(now_ms=from_iso("2024-09-04T22:00:00Z")).breaches


def test_what_is_odd_is_a_remark():
    """Zero volume, jumps, holes and age break no rule."""
    found = verdict(daily({"2024-09-03": 100.0, "2024-09-05": 10.0}), now_ms=from_iso("2024-09-09T22:00:00Z"))

    assert found.breaches == []
    assert found.remarks == [
        "No split explains 1 jump of the close: 2024-09-05: close 100 to 10, -90 %.",
        "1 session without a bar: 2024-09-04.",
        "Stale: the newest bar is from 2024-09-05.",
    ]


def test_an_unknown_adjusted_close_is_a_remark():
    """It was left empty on purpose."""
    table = adjusted({"2024-09-04": (1.0, 1.0), "2024-09-05": (1.0, 1.0)}).assign(adjusted_close=[float("nan"), 1.0])
    found = verdict(table, "daily_adjusted")

    assert (found.breaches, found.remarks) == ([], ["1 bar without an adjusted close."])


def test_another_column_type_is_a_breach():
    """Even where it could be read without loss."""
    table = pq.read_table(pa.BufferReader(encode(TABLE, DAILY)))
    narrow = table.set_column(6, "volume", table["volume"].cast(pa.int32()))
    sink = pa.BufferOutputStream()
    pq.write_table(narrow, sink)

    assert verdict(sink.getvalue().to_pybytes()).breaches == [OLD]


def test_a_newer_table_is_a_breach_that_a_new_release_mends():
    """No command of this one would."""
    table = pq.read_table(pa.BufferReader(encode(TABLE, DAILY)))
    sink = pa.BufferOutputStream()
    pq.write_table(table.replace_schema_metadata({"stockflow.schema": "9"}), sink)

    assert verdict(sink.getvalue().to_pybytes()).breaches == ["It is of schema 9, and this release knows 1."]


def test_changes_that_can_not_be_read_are_a_breach():
    """The rows are right, but what they were before is lost."""
    log = noted(Changes(since_s=None), empty_table(DAILY), TABLE, 100)
    text = metadata_of(log)[CHANGES_KEY]
    found = verdict(encode(TABLE, DAILY, log).replace(text, text[::-1]))

    assert found.rows == 3
    assert found.breaches == ["Its changes can't be read: the next run of IBM keeps it aside and notes them anew."]
