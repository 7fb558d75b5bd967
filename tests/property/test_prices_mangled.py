"""Whatever the vendor sends, Transform lives, counts every bar, and lets through only what the rules allow."""

import json
import math
from datetime import date

from hypothesis import example, given, settings
from hypothesis import strategies as st

from stockflow_functions.domain.clock import from_iso
from stockflow_functions.domain.errors import BadPrices
from stockflow_functions.domain.prices.anomalies import find_anomalies
from stockflow_functions.domain.prices.bars import read_bars
from stockflow_functions.domain.prices.parquet import decode, empty_table, encode
from stockflow_functions.domain.prices.series import DAILY, PRICES, SERIES
from stockflow_functions.domain.prices.splits import explains, jumps
from tests.helpers.examples import examples
from tests.helpers.tables import same
from tests.helpers.vendor_bodies import adjusted_bar, bar, sent, transformed_body, weekdays

FETCHED_MS = from_iso("2024-09-05T22:00:00Z")
TODAY = date(2024, 9, 5)
SYMBOLS = ["IBM", "BRK-B", "TSCO.LON", "RELIANCE.BSE", "600104.SHH", "X.NOWHERE"]

numbers = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True),
    st.integers(min_value=-(10**25), max_value=10**25),
    st.floats(min_value=0.0001, max_value=1e6),
)
NO_NUMBERS = [
    "",
    " ",
    "nan",
    "NaN",
    "inf",
    "-inf",
    "1e999",
    "1e-999",
    "1,5",
    "1_0",
    "0x1",
    "null",
    "٣",
    "1\n",
    "\ud800",
]
NO_DATES = ["2024-02-30", "2024-9-5", "20240905", "2024-09-05 16:00:00", "2024-09-05T00:00:00+09:00", "0001-01-01"]
SOME_DATES = [*weekdays("2024-08-20", 16), "2024-09-01", "2024-09-07", "2030-01-01", "9999-12-31"]
KEYS = ["Meta Data", "Time Series (Daily)", "Note", "2024-09-05"]

texts = st.one_of(numbers.map(str), st.sampled_from(NO_NUMBERS), st.text(max_size=6))
nested = st.one_of(st.lists(st.integers(), max_size=2), st.dictionaries(st.text(max_size=2), st.integers(), max_size=1))
cells = st.one_of(texts, numbers, st.none(), st.booleans(), nested)
dates = st.one_of(st.sampled_from(SOME_DATES), st.dates().map(str), st.sampled_from(NO_DATES), st.text(max_size=12))
trees = st.recursive(cells, lambda inner: st.dictionaries(st.sampled_from(KEYS), inner, max_size=3), max_leaves=6)
positive = st.floats(min_value=5e-324, max_value=1.7e308)
last_refreshed = st.one_of(
    st.sampled_from(["2024-09-05", "2024-09-05 14:43:40", "2024-09-04 16:00:01", "2024-09-05 14:43:40+09:00"]), cells
)
zones = st.one_of(st.sampled_from(["US/Eastern", "Asia/Tokyo", "UTC", ""]), cells)


@st.composite
def rows(draw, series):
    """One bar's fields, sound or mangled: values replaced, names dropped, renumbered or put in another order."""
    close = draw(st.floats(min_value=0.01, max_value=1e5))
    fields = bar(close) if series == "daily" else adjusted_bar(close, draw(st.floats(min_value=0.001, max_value=2)))
    for name in draw(st.lists(st.sampled_from(sorted(fields)), max_size=2, unique=True)):
        how = draw(st.sampled_from(["replace", "replace", "drop", "renumber"]))
        value = fields.pop(name)
        if how == "replace":
            fields[name] = draw(cells)
        elif how == "renumber":
            fields[f"{draw(st.integers(0, 99))}. {name.split('. ')[1]}"] = value
    return dict(draw(st.permutations(sorted(fields.items())))) if draw(st.booleans()) else fields


@st.composite
def bodies(draw):
    """A series, and a body of it as JSON text in which a date may come twice."""
    series = draw(st.sampled_from(["daily", "daily_adjusted"]))
    bars = draw(st.lists(st.tuples(dates, st.one_of(rows(series), rows(series), rows(series), cells)), max_size=8))
    about = {"2. Symbol": draw(cells), "3. Last Refreshed": draw(last_refreshed), "5. Time Zone": draw(zones)}
    inside = ",".join(f"{json.dumps(day)}: {json.dumps(fields)}" for day, fields in bars)
    text = f'{{"Meta Data": {json.dumps(about)}, "Time Series (Daily)": {{{inside}}}}}'
    return series, text.encode(), len(bars)


def assert_sound(row, series, exchange_today):
    """The rules once more, in words of their own."""
    prices = [row[name] for name in PRICES]
    assert all(math.isfinite(price) and price > 0 for price in prices)
    slack = 0.001 * row["close"]
    assert row["high"] >= row["low"] - slack * 1.001
    assert all(row["low"] - slack * 1.001 <= row[name] <= row["high"] + slack * 1.001 for name in ("open", "close"))
    assert 0 <= row["volume"] < 2**63
    assert date(1900, 1, 1) <= row["date"].date() <= exchange_today
    if series == "daily_adjusted":
        assert row["adjusted_close"] >= 0
        assert row["dividend_amount"] >= 0
        assert row["split_coefficient"] > 0
        assert all(math.isfinite(row[name]) for name in ("adjusted_close", "dividend_amount", "split_coefficient"))


@settings(max_examples=examples(300), deadline=None)
@given(bodies(), st.sampled_from(SYMBOLS))
def test_no_table_breaks_transform_and_no_row_breaks_a_rule(made, symbol):
    """Every bar sent is kept, set aside or left out; what is kept obeys, is sorted, and survives Parquet exactly."""
    series, text, sent = made
    try:
        done = transformed_body(text, symbol, SERIES[series], fetched_ms=FETCHED_MS)
    except BadPrices:
        assert sent == 0
        return
    assert len(done.table) + len(done.rejected) + done.left_out == sent
    json.dumps(done.rejected, ensure_ascii=False).encode()
    assert done.table["date"].is_monotonic_increasing
    assert done.table["date"].is_unique
    for row in done.table.to_dict("records"):
        assert_sound(row, series, done.as_of.today)
        assert row["date"].date() <= done.as_of.settled
    if len(done.table):
        encoded = encode(done.table, SERIES[series])
        same(decode(encoded, SERIES[series], symbol).table, done.table)
        assert encode(decode(encoded, SERIES[series], symbol).table, SERIES[series]) == encoded
        said = find_anomalies(done.table, empty_table(SERIES[series]), done.as_of, {}, done.seen).sentences
        assert len(said) <= 6


@settings(max_examples=examples(200), deadline=None)
@given(st.one_of(st.binary(max_size=60), trees.map(lambda value: json.dumps(value).encode())))
@example(b"[" * 200_000)
@example(b'{"Time Series (Daily)": ' * 50_000)
@example(b'{"Time Series (Daily)": {"2024-09-05": {"1. open": ' + b"9" * 5000 + b"}}}")
def test_any_bytes_are_a_table_or_bad_prices(body):
    """Never another exception."""
    try:
        done = transformed_body(body, "IBM", DAILY, fetched_ms=FETCHED_MS)
    except BadPrices:
        return
    assert len(done.rejected) + done.left_out + len(done.table) >= 1


@settings(max_examples=examples(200), deadline=None)
@given(st.lists(cells, min_size=1, max_size=6), st.sampled_from(["close", "volume"]))
def test_a_cell_is_read_the_same_whatever_stands_beside_it(values, column):
    """A column that is sound as a whole is read at once, a spoilt one cell by cell: with the same outcome."""
    name = {"close": "4. close", "volume": "5. volume"}[column]
    together = read_bars(sent([("2024-09-05", {**bar(), name: value}) for value in values]), DAILY)
    alone = [read_bars(sent([("2024-09-05", {**bar(), name: value})]), DAILY) for value in values]

    assert together.unreadable[column].tolist() == [bars.unreadable[column][0] for bars in alone]
    for got, bars in zip(together.table[column], alone, strict=True):
        one = bars.table[column].iloc[0]
        assert got == one or (math.isnan(got) and math.isnan(one))


@settings(max_examples=examples(200), deadline=None)
@given(
    st.lists(positive, min_size=2, max_size=6),
    st.dictionaries(st.sampled_from(weekdays("2024-08-28", 7)).map(date.fromisoformat), positive, max_size=3),
)
def test_jumps_and_splits_of_any_size_are_no_trouble(closes, splits):
    """Huge, tiny, and whatever their ratio is."""
    made = {day: bar(close) for day, close in zip(weekdays("2024-08-28", 6), closes, strict=False)}
    text = json.dumps({"Time Series (Daily)": made}).encode()
    done = transformed_body(text, "IBM", DAILY, fetched_ms=FETCHED_MS)

    for jump in jumps(done.table, DAILY.jump):
        assert str(jump)
        assert explains(splits, jump) in {True, False}
