"""Jumps of the close, and the splits that explain them."""

import json
from datetime import date

import pytest

from stockflow_functions.domain.prices.known_splits import known_splits
from stockflow_functions.domain.prices.series import DAILY
from stockflow_functions.domain.prices.splits import booked_splits, explains, jumps
from tests.helpers.tables import adjusted, daily
from tests.helpers.vendor_bodies import bar


def jump(before, close, opened=None):
    last = bar(close, open=close if opened is None else opened, high=1e6, low=1e-6)
    (found,) = jumps(daily({"2024-09-03": before, "2024-09-05": last}), DAILY.jump)
    return found


@pytest.mark.parametrize(
    ("before", "opened", "close", "count"),
    [
        (100, 100, 139, 0),
        (100, 100, 141, 1),
        (140, 140, 101, 0),
        (141, 141, 100, 1),
        (100, 118, 139, 0),
        (100, 119, 119, 1),
        (100, 120, 118, 0),
        (119, 100, 100, 1),
        (119, 101, 90, 0),
        (119, 99, 101, 0),
        (100, 120, 80, 0),
        (100, 100, 100, 0),
    ],
)
def test_a_jump_is_a_factor_of_1_4_or_of_1_19_overnight(before, opened, close, count):
    """In both directions alike; overnight is what open and close both show, the same way."""
    last = bar(close, open=opened, high=200, low=1)
    assert len(jumps(daily({"2024-09-04": before, "2024-09-05": last}), DAILY.jump)) == count


@pytest.mark.parametrize("shares", [5 / 4, 4 / 3, 3 / 2, 2, 7, 20, 1 / 2, 1 / 10])
@pytest.mark.parametrize("move", [0.96, 1.0, 1.04])
def test_every_usual_split_is_a_jump_that_it_explains(shares, move):
    """From five for four on, on a day on which the price moved by four per cent too."""
    found = jump(100.0, 100.0 / shares * move, opened=100.0 / shares)

    assert explains({date(2024, 9, 5): shares}, found)


def test_a_stock_dividend_does_not_explain_a_crash():
    """Five per cent more shares on the day of a fall by a quarter."""
    assert not explains({date(2024, 9, 5): 1.05}, jump(100.0, 75.0))


def test_a_jump_says_what_moved():
    """For a person: the day, both closes, and the change."""
    assert str(jump(499.23, 129.04)) == "2024-09-05: close 499.23 to 129.04, -74 %"


def test_a_jump_of_any_height_fits_on_a_line():
    """A price that a broken feed multiplied is named without all of its digits."""
    assert str(jump(0.001, 900_000.0)) == "2024-09-05: close 0.001 to 900000, +9e+10 %"


@pytest.mark.parametrize(
    ("splits", "explained"),
    [
        ({date(2024, 9, 5): 4.0}, True),
        ({date(2024, 9, 4): 4.0}, True),
        ({date(2024, 9, 3): 4.0}, False),
        ({date(2024, 9, 6): 4.0}, False),
        ({date(2024, 9, 5): 2.0, date(2024, 9, 4): 2.0}, True),
        ({date(2024, 9, 5): 1.046}, False),
        ({date(2024, 9, 5): 0.25}, False),
        ({date(2024, 9, 5): 1.0}, False),
        ({}, False),
    ],
)
def test_a_split_explains_its_own_jump(splits, explained):
    """Only one that took effect after the bar before, up to the bar itself, and of about that factor."""
    assert explains(splits, jump(499.23, 129.04)) is explained


def test_a_reverse_split_explains_a_rise():
    """One share for ten makes the price about ten times as high."""
    assert explains({date(2024, 9, 5): 0.1}, jump(0.5, 5.1))


def test_an_adjusted_series_carries_its_splits():
    """The split coefficient of the day, where it is not 1."""
    table = adjusted({"2024-09-04": (100.0, 0.5), "2024-09-05": (50.0, 1.0)})
    table.loc[1, "split_coefficient"] = 2.0

    assert booked_splits(table) == {date(2024, 9, 5): 2.0}
    assert booked_splits(daily({"2024-09-05": 1})) == {}


def test_known_splits_are_read():
    """The file that an earlier question left."""
    told = {
        "asked_at": "2024-09-06T01:00:00.000Z",
        "splits": [{"effective_date": "2021-11-04", "split_factor": "1.0460"}],
    }
    known = known_splits(json.dumps(told).encode())

    assert known.factors == {date(2021, 11, 4): 1.046}
    assert known.asked_on == date(2024, 9, 6)


@pytest.mark.parametrize(
    "body", [None, b"", b"x", b"[]", b'{"asked_at": null, "splits": []}', b'{"asked_at": "2024-09-06", "splits": [1]}']
)
def test_an_unreadable_file_of_splits_is_none(body):
    """It is asked for again; nothing fails."""
    assert known_splits(body).asked_on is None
    assert known_splits(None, body).asked_on == (date(2024, 9, 6) if b"2024" in (body or b"") else None)


@pytest.mark.parametrize(("refused", "asked_on"), [("2024-09-05", date(2024, 9, 6)), ("2024-09-07", date(2024, 9, 7))])
def test_a_refusal_counts_as_asked_and_forgets_no_split(refused, asked_on):
    """The later of the two questions tells when the vendor was asked; the splits are those it once knew."""
    told = {"asked_at": "2024-09-06T01:00:00.000Z", "splits": [{"effective_date": "2021-11-04", "split_factor": 2}]}
    known = known_splits(json.dumps(told).encode(), json.dumps({"asked_at": f"{refused}T01:00:00.000Z"}).encode())

    assert known.factors == {date(2021, 11, 4): 2.0}
    assert known.asked_on == asked_on
