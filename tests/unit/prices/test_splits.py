"""Jumps of the close, and the splits that explain them."""

import json
from datetime import date

import pytest

from functions.prices.splits import booked_splits, explains, jumps, known_splits
from tests.unit.prices.tables import adjusted, daily


def jump(before, close, day="2024-09-05"):
    (found,) = jumps(daily({"2024-09-03": before, day: close}))
    return found


@pytest.mark.parametrize(
    ("before", "close", "count"), [(100, 139, 0), (100, 141, 1), (140, 101, 0), (141, 100, 1), (100, 100, 0)]
)
def test_a_jump_is_a_factor_of_1_4(before, close, count):
    """In both directions alike."""
    assert len(jumps(daily({"2024-09-04": before, "2024-09-05": close}))) == count


def test_a_jump_says_what_moved():
    """For a person: the day, both closes, and the change."""
    assert str(jump(499.23, 129.04)) == "2024-09-05: close 499.23 to 129.04, -74 %"


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
