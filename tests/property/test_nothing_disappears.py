"""Whatever the vendor answers, run after run: no stored value and no bar that was sent goes without a trace."""

import json
import math

from hypothesis import given, settings
from hypothesis import strategies as st

from stockflow_functions.aws import keys
from stockflow_functions.domain.errors import BadPrices
from tests.helpers.examples import examples
from tests.helpers.memory_line import Line
from tests.helpers.vendor_bodies import adjusted_bar, bar, weekdays

DAYS = weekdays("2024-08-01", 12)
NONE_OF_IT = {"splits": "Alpha Vantage said no.", "full": "Alpha Vantage said no."}

FLAWS = {
    "sound": json.dumps,
    "a field twice": lambda row: json.dumps(row)[:-1] + ', "4. close": "1"}',
    "a field under two numbers": lambda row: json.dumps({**row, "9. open": "1"}),
    "hexadecimal": lambda row: json.dumps({name: "0x10" if "volume" in name else value for name, value in row.items()}),
    "no number": lambda row: json.dumps({**row, "1. open": "n/a"}),
    "no row": lambda row: '"closed"',
}
BARS = st.tuples(
    st.sampled_from([*DAYS, "2024-08-03", "2099-01-01", "soon"]),
    st.sampled_from([100.0, 100.5, 200.0]),
    st.integers(1000, 1001),
    st.one_of(st.just("sound"), st.sampled_from(sorted(FLAWS))),
)
ANSWERS = st.fixed_dictionaries(
    {
        "bars": st.lists(BARS, min_size=1, max_size=12),
        "factor": st.sampled_from([1.0, 0.5]),
        "second": st.lists(BARS, max_size=2),
        "same_name": st.booleans(),
        "last_refreshed": st.sampled_from(["2024-08-16", "2024-08-14 10:00:00", "2024-08-14 EST", "soon", ""]),
        "size": st.sampled_from(["Compact", "Full size"]),
        "hour": st.integers(0, 23),
    }
)


def series_text(bars, series, factor):
    made = [
        (
            day,
            FLAWS[flaw]({"daily": bar, "daily_adjusted": adjusted_bar}[series](close, **more(series, volume, factor))),
        )
        for day, close, volume, flaw in bars
    ]
    return "{" + ", ".join(f'"{day}": {row}' for day, row in made) + "}"


def more(series, volume, factor):
    return {"volume": volume} if series == "daily" else {"volume": volume, "factor": factor}


def body_of(answer, series):
    about = {
        "2. Symbol": "IBM",
        "3. Last Refreshed": answer["last_refreshed"],
        "4. Output Size": answer["size"],
    }
    parts = [f'"Meta Data": {json.dumps(about)}']
    parts.append(f'"Time Series (Daily)": {series_text(answer["bars"], series, answer["factor"])}')
    if answer["second"]:
        name = "Time Series (Daily)" if answer["same_name"] else "Time Series (5min)"
        parts.append(f'"{name}": {series_text(answer["second"], series, answer["factor"])}')
    return ("{" + ", ".join(parts) + "}").encode()


def stored_values(line):
    """``{(date, column): value}``, an unknown adjusted close as None."""
    if line.key not in line.s3.objects:
        return {}
    rows = line.stored().drop(columns="symbol").to_dict("records")
    return {
        (str(row["date"]), name): None if isinstance(value, float) and math.isnan(value) else value
        for row in rows
        for name, value in row.items()
        if name != "date"
    }


def traced_changes(line, execution):
    told = line.services.bucket.get_json(keys.restated(execution, "IBM")) or {"rows": []}
    return {
        (row["date"], name): (change["from"], change["to"])
        for row in told["rows"]
        for name, change in row["changes"].items()
    }


@settings(max_examples=examples(150), deadline=None)
@given(series=st.sampled_from(["daily", "daily_adjusted"]), answers=st.lists(ANSWERS, min_size=2, max_size=5))
def test_every_value_that_goes_is_in_restated(series, answers):
    """Replaced or emptied, by any sequence of answers, whichever is the later one: from what to what, and no more."""
    line = Line(series=series)
    for number, answer in enumerate(answers):
        before, execution = stored_values(line), f"run-{number}"
        try:
            line.run(
                body_of(answer, series),
                execution,
                fetched_at=f"2024-08-17T{answer['hour']:02}:00:00.000Z",
                asked=NONE_OF_IT,
            )
        except BadPrices:
            assert stored_values(line) == before
            continue
        after = stored_values(line)
        assert before.keys() <= after.keys()
        gone = {place: (value, after[place]) for place, value in before.items() if after[place] != value}
        assert traced_changes(line, execution) == gone


@settings(max_examples=examples(150), deadline=None)
@given(series=st.sampled_from(["daily", "daily_adjusted"]), answer=ANSWERS)
def test_every_bar_that_was_sent_is_counted(series, answer):
    """In the table, set aside in a file, or left out; and none of them twice."""
    line = Line(series=series)
    sent = len(answer["bars"]) + len(answer["second"])
    try:
        table = line.transform(
            body_of(answer, series), fetched_at=f"2024-08-17T{answer['hour']:02}:00:00.000Z", asked=NONE_OF_IT
        )
    except BadPrices:
        table = {"rows": 0, "rows_left_out": 0, "rows_rejected": sent}
    aside = line.services.bucket.get_json(keys.rejected("one", "IBM")) or {"rows": []}

    assert table["rows"] + table["rows_left_out"] + table["rows_rejected"] == sent
    assert len(aside["rows"]) == table["rows_rejected"]
