"""Body in, checked table out."""

import json

import pytest

from functions.clock import from_iso
from functions.errors import BadPrices
from functions.prices.series import columns
from functions.prices.transforming import is_stale, transform_answer
from tests.unit.prices.tables import days
from tests.vendor_bodies import adjusted_bar, bar, body

EVENING = from_iso("2024-09-05T22:00:00Z")


def transformed(rows, symbol="IBM", series="daily", fetched_ms=EVENING, **about):
    return transform_answer(body(rows, symbol, **about), symbol, series, fetched_ms=fetched_ms)


def test_a_table_has_the_series_columns():
    """In the dataset's order, the symbol as it was asked for."""
    done = transformed({"2024-09-05": adjusted_bar(), "2024-09-04": adjusted_bar()}, "amzn", "daily_adjusted")

    assert list(done.table) == columns("daily_adjusted")
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
    [("2024-09-05", 2), ("2024-09-05 14:43:40", 1), ("2024-09-05 16:00:01", 1), ("whenever it is ready", 2), ("", 2)],
)
def test_a_timed_last_refreshed_leaves_its_bar_out(last_refreshed, kept):
    """The vendor took its snapshot during that session."""
    assert len(transformed({"2024-09-05": bar(), "2024-09-04": bar()}, last_refreshed=last_refreshed).table) == kept


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

    assert is_stale(done.table["date"].iloc[-1].date(), done.day) is stale


def test_no_series_is_bad_prices():
    """A refusal that got so far ends as this symbol's failure."""
    with pytest.raises(BadPrices):
        transform_answer(b'{"Information": "..."}', "IBM", "daily", fetched_ms=EVENING)
