"""The laws of merging, and of what is never mixed."""

from datetime import date

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from stockflow_functions.domain.prices.exchanges import US
from stockflow_functions.domain.prices.merging import fresh, merge
from stockflow_functions.domain.prices.parquet import decode, empty_table, encode
from stockflow_functions.domain.prices.saving import TableInfo, reconcile
from stockflow_functions.domain.prices.series import DAILY, DAILY_ADJUSTED, PRICES, Step
from tests.helpers.examples import examples
from tests.helpers.memory_line import Line
from tests.helpers.tables import closes, days, same
from tests.helpers.vendor_bodies import bar, body, weekdays

DAYS = weekdays("2024-07-01", 40)
price = st.floats(min_value=0.01, max_value=1e6)
any_day = st.dates(date(1900, 1, 1), date(2100, 1, 1))
maps = st.dictionaries(st.sampled_from(DAYS), price, max_size=12)


def table(rows, factor=None):
    """A table of ``{date: close}``, without the way through Transform."""
    found = sorted(rows)
    values = [rows[day] for day in found]
    symbols = pd.Series("IBM", range(len(found)), "str")
    frame = pd.DataFrame({"symbol": symbols, "date": pd.to_datetime(found).astype("datetime64[s]")})
    volume = pd.Series(1000, frame.index, "int64")
    frame = frame.assign(**dict.fromkeys(PRICES, values), volume=volume)
    if factor is not None:
        closes = [value * factor for value in values]
        frame = frame.assign(adjusted_close=closes, dividend_amount=0.0, split_coefficient=1.0)
    return frame if found else empty_table(DAILY if factor is None else DAILY_ADJUSTED)


@settings(max_examples=examples(150), deadline=None)
@given(maps, maps)
def test_merge_is_upsert_by_date(stored, new):
    """As a dict's update: new values win, nothing is dropped, and the counts add up."""
    merged = merge(table(stored), table(new), Step.SESSION)

    assert closes(merged.table) == {**stored, **new}
    assert days(merged.table) == sorted({**stored, **new})
    assert days(merged.added) == sorted(set(new) - set(stored))
    assert len(merged.added) + len(merged.changed) + merged.unchanged == len(new)
    assert closes(merged.before) == {day: stored[day] for day in days(merged.changed)}


@settings(max_examples=examples(100), deadline=None)
@given(maps, maps, st.sampled_from(Step))
def test_fresh_are_the_rows_that_a_merge_adds_or_changes(stored, new, step):
    """Which is told without joining the tables; of a week the last day's bar stands for it."""
    if step is Step.WEEK:
        stored, new = ({day: rows[day] for day in sorted(rows) if day in DAYS[4::5]} for rows in (stored, new))
    merged = merge(table(stored), table(new), step)
    mask = fresh(table(stored), table(new), step)

    assert days(table(new)[mask]) == sorted(days(merged.added) + days(merged.changed))


@settings(max_examples=examples(100), deadline=None)
@given(maps, maps)
def test_merge_is_idempotent_to_the_byte(stored, new):
    """Once or twice is the same."""
    once = merge(table(stored), table(new), Step.SESSION).table
    twice = merge(once, table(new), Step.SESSION)

    assert encode(twice.table, DAILY) == encode(once, DAILY)
    assert (len(twice.added), len(twice.changed)) == (0, 0)


@settings(max_examples=examples(100), deadline=None)
@given(maps, maps, maps)
def test_disjoint_tables_merge_in_any_order(stored, one, other):
    """Two runs with dates of their own end with the same bytes, whoever is first."""
    one = {day: value for day, value in one.items() if day not in other}
    first = merge(merge(table(stored), table(one), Step.SESSION).table, table(other), Step.SESSION).table
    second = merge(merge(table(stored), table(other), Step.SESSION).table, table(one), Step.SESSION).table

    assert encode(first, DAILY) == encode(second, DAILY)


@settings(max_examples=examples(100), deadline=None)
@given(
    st.dictionaries(
        st.dates(date(1900, 1, 1), date(2100, 1, 1)).map(str),
        st.floats(min_value=5e-324, max_value=1.7e308),
        max_size=8,
    ),
    st.integers(min_value=0, max_value=2**63 - 1),
)
def test_parquet_is_exact(rows, volume):
    """Every double and every volume comes back bit by bit."""
    made = table(rows).assign(volume=pd.Series(volume, range(len(rows)), "int64"))

    same(decode(encode(made, DAILY), DAILY, "IBM").table, made)


@settings(max_examples=examples(100), deadline=None)
@given(maps, maps, st.sampled_from([0.5, 0.25]), st.booleans(), st.booleans())
def test_an_adjusted_table_is_of_one_basis(stored, new, factor, full, late):
    """Whatever meets, no table mixes adjusted closes of two bases, and no row is dropped."""
    joined = reconcile(table(stored, 0.5), table(new, factor), DAILY_ADJUSTED, TableInfo(US), full=full, late=late)
    after = joined.merged.table
    factors = {round(value, 9) for value in (after["adjusted_close"] / after["close"]).dropna()}

    assert len(factors) <= 1
    assert set(days(after)) == set(stored) if joined.refused else set(days(after)) == {*stored, *new}


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 9), st.sampled_from([1.0, 1.01])), min_size=1, max_size=5))
def test_any_sequence_of_runs_ends_with_every_row_ever_settled(windows):
    """Through both states: the object holds each date's last value, and a repeated run writes nothing."""
    line, expected = Line(), {}
    for number, (start, length, scale) in enumerate(windows):
        rows = dict.fromkeys(DAYS[start : start + length], 100.0 * scale)
        expected.update(rows)
        sent = body({day: bar(close) for day, close in rows.items()})
        line.run(sent, f"run-{number}", fetched_at=f"2024-09-05T22:00:0{number}.000Z")
        writes = line.s3.puts.count(line.key)
        again = line.run(sent, f"again-{number}", fetched_at=f"2024-09-05T22:00:0{number}.500Z")
        assert (again["status"], line.s3.puts.count(line.key)) == ("unchanged", writes)

    assert line.stored_closes() == expected
