"""Body in, checked table out."""

import json
from datetime import date

import pytest

from stockflow_functions.domain.clock import from_iso
from stockflow_functions.domain.errors import BadPrices
from stockflow_functions.domain.prices.series import DAILY, DAILY_ADJUSTED, SERIES
from stockflow_functions.domain.prices.transforming import is_stale, staleness
from tests.helpers.tables import days
from tests.helpers.vendor_bodies import adjusted_bar, bar, body, transformed_body

EVENING = from_iso("2024-09-05T22:00:00Z")


def transformed(rows, symbol="IBM", series="daily", fetched_ms=EVENING, **about):
    return transformed_body(body(rows, symbol, **about), symbol, SERIES[series], fetched_ms=fetched_ms)


def test_a_table_has_the_series_columns():
    """In the dataset's order, the symbol as it was asked for."""
    done = transformed({"2024-09-05": adjusted_bar(), "2024-09-04": adjusted_bar()}, "amzn", "daily_adjusted")

    assert list(done.table) == list(DAILY_ADJUSTED.columns)
    assert done.table["symbol"].tolist() == ["amzn", "amzn"]
    assert days(done.table) == ["2024-09-04", "2024-09-05"]


def test_todays_bar_waits_for_the_close():
    """Fetched at four in the afternoon in New York it is left out, an hour later it is taken."""
    rows = {"2024-09-05": bar(), "2024-09-04": bar()}
    during, after = (transformed(rows, fetched_ms=from_iso(f"2024-09-05T{hour}:00:00Z")) for hour in (20, 21))

    assert (days(during.table), during.left_out) == (["2024-09-04"], 1)
    assert (days(after.table), after.left_out) == (["2024-09-04", "2024-09-05"], 0)


@pytest.mark.parametrize(
    ("last_refreshed", "kept"),
    [
        *(("2024-09-05", 2), ("", 2), ("2024-09-05 14:43:40", 1), ("2024-09-05T16:00:01-04:00", 1)),
        *(("2024-09-05 14:43:40 EST", 1), ("2024-09-05 soon", 1), ("2024-09-04 2:43 pm", 1), ("2024-09-03 noon", 2)),
        *(("whenever it is ready", 1), ("[redacted]", 1), ("Sep 5, 2024", 1), ("now", 1)),
    ],
)
def test_a_timed_last_refreshed_leaves_its_bar_out(last_refreshed, kept):
    """The vendor took its snapshot during that session; what can't be read may be a time, of the newest bar."""
    assert len(transformed({"2024-09-05": bar(), "2024-09-04": bar()}, last_refreshed=last_refreshed).table) == kept


def test_the_newest_bar_is_none_of_the_future():
    """A date that is wrong anyway does not save today's bar from being left out."""
    rows = {"2024-09-05": bar(), "2024-09-04": bar(), "2099-09-04": bar()}
    done = transformed(rows, last_refreshed="now")

    assert (days(done.table), done.left_out, len(done.rejected)) == (["2024-09-04"], 1, 1)


def doubled(text, again):
    """The body with one more member, which plain JSON parsers would take for the only one, or pass over."""
    whole = body({"2024-09-05": bar(101.0), "2024-09-04": bar(100.0)}).decode()
    assert whole.count(text) == 1
    return transformed_body(whole.replace(text, f"{again}, {text}").encode(), "IBM", DAILY, fetched_ms=EVENING)


@pytest.mark.parametrize("name", ["4. close", "9. close", "4. Close"])
def test_a_bar_with_a_field_twice_is_set_aside(name):
    """Nobody can tell which one is right, be it under another number."""
    done = doubled('"4. close": "101.0"', f'"{name}": "7.5"')

    assert days(done.table) == ["2024-09-04"]
    (told,) = done.rejected
    assert (told["date"], told["check"]) == ("2024-09-05", "field-twice")
    assert sorted(value for key, value in told["sent"].items() if "lose" in key) == ["101.0", "7.5"]


@pytest.mark.parametrize("name", ["Time Series (Daily)", "Time Series (5min)", "Time Series"])
@pytest.mark.parametrize("first", [True, False])
def test_of_two_series_the_first_counts_and_the_other_is_set_aside(name, first):
    """Each of its bars, whatever its date."""
    series, again = '"Time Series (Daily)": {', f'"{name}": ' + '{"2024-09-05": {"1. open": "7"}, "2024-09-03": "x"}'
    if first:
        done = doubled(series, again)
        assert [told["check"] for told in done.rejected] == ["unreadable-number"] * 2 + ["second-series"] * 2
    else:
        whole = body({"2024-09-05": bar(101.0), "2024-09-04": bar(100.0)}).decode()
        both = f"{whole[:-2]}, {again}}}"
        done = transformed_body(both.encode(), "IBM", DAILY, fetched_ms=EVENING)
        assert days(done.table) == ["2024-09-04", "2024-09-05"]
        assert [(told["date"], told["check"]) for told in done.rejected] == [
            ("2024-09-05", "second-series"),
            ("2024-09-03", "second-series"),
        ]


@pytest.mark.parametrize("name", ["2. Symbol", "7. Symbol"])
def test_an_answer_of_two_symbols_is_used_for_neither(name):
    """Its prices may be of the other one."""
    with pytest.raises(BadPrices, match="two symbols"):
        doubled('"2. Symbol": "IBM"', f'"{name}": "MSFT"')
    assert len(doubled('"2. Symbol": "IBM"', f'"{name}": "ibm"').table) == 2


def test_of_two_facts_about_the_answer_the_more_careful_one_counts():
    """A time beside a plain date leaves the bar out; a whole history is one that nothing else calls compact."""
    assert days(doubled('"3. Last Refreshed": "2024-09-05"', '"3. Last Refreshed": "2024-09-05 10:00:00"').table) == [
        "2024-09-04"
    ]
    assert not doubled('"4. Output Size": "Compact"', '"4. Output Size": "Full size"').full


def test_rejected_bars_are_shown_as_they_were_sent():
    """Date, check, reason and the vendor's own texts, fit for a file."""
    done = transformed({"2024-09-05": bar(open="x" * 1000), "2024-09-04": bar()})
    (told,) = done.rejected

    assert (told["date"], told["check"]) == ("2024-09-05", "unreadable-number")
    assert told["sent"]["1. open"] == "x" * 80
    json.dumps(done.rejected, ensure_ascii=False).encode()


def test_a_row_that_is_no_row_is_rejected_not_lost():
    """A text in a bar's place is counted and shown."""
    done = transformed({"2024-09-05": "closed", "2024-09-04": bar()})

    assert done.rejected[0]["sent"] == {"": "closed"}
    assert len(done.table) == 1


@pytest.mark.parametrize(("size", "full"), [("Full size", True), ("Compact", False), ("", False)])
def test_the_answer_says_whether_it_is_the_whole_history(size, full):
    """From its own meta data."""
    assert transformed({"2024-09-05": bar()}, size=size).full is full


@pytest.mark.parametrize(
    ("symbol", "newest", "fetched", "stale"),
    [
        ("IBM", "2024-09-05", "2024-09-05T22:00:00Z", False),
        ("IBM", "2024-09-04", "2024-09-05T22:00:00Z", True),
        ("IBM", "2024-09-04", "2024-09-05T20:00:00Z", False),
        ("IBM", "2024-08-30", "2024-09-03T13:00:00Z", False),
        ("TSCO.LON", "2024-12-24", "2024-12-26T22:00:00Z", False),
        ("TSCO.LON", "2024-12-24", "2024-12-27T22:00:00Z", True),
        ("VOLV-B.STO", "2024-09-02", "2024-09-09T22:00:00Z", False),
        ("VOLV-B.STO", "2024-09-02", "2024-09-19T22:00:00Z", True),
    ],
)
def test_stale_is_older_than_the_last_finished_session(symbol, newest, fetched, stale):
    """By the exchange's own calendar, where there is one."""
    done = transformed({newest: bar()}, symbol, fetched_ms=from_iso(fetched))

    assert is_stale(done.table["date"].iloc[-1].date(), done.as_of) is stale


@pytest.mark.parametrize(("fetched", "behind"), [("2024-09-05T22:00:00Z", []), ("2024-09-10T22:00:00Z", [3])])
def test_a_stale_table_says_how_many_sessions_it_is_behind(fetched, behind):
    """From Thursday's bar to Tuesday's close: Friday, Monday, Tuesday."""
    done = transformed({"2024-09-05": bar(), "2024-09-04": bar()}, fetched_ms=from_iso(fetched))
    found = staleness([done.table, done.table[:0]], done.as_of)

    assert [one.bars for one in found] == behind
    assert {one.newest for one in found} <= {date(2024, 9, 5)}


def test_no_series_is_bad_prices():
    """A refusal that got so far ends as this symbol's failure."""
    with pytest.raises(BadPrices):
        transformed_body(b'{"Information": "..."}', "IBM", DAILY, fetched_ms=EVENING)
