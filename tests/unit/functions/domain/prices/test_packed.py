"""Arrays of whole numbers as short text."""

import numpy as np
import pytest

from stockflow_functions.domain.prices.packed import packed, unpacked

EXTREMES = np.array([0, 1, -1, 255, -256, 2**63 - 1, -(2**63)], np.int64)
NONE = np.empty(0, np.int64)


@pytest.mark.parametrize("groups", [[], [[NONE, NONE]], [[EXTREMES], [NONE], [EXTREMES[::-1], EXTREMES * 0]]])
def test_numbers_come_back_as_they_were(groups):
    """The largest and the smallest of 64 bits, none at all, and zeros, for which there is no byte."""
    facts, found = unpacked(packed([1, None, "a"], groups))

    assert facts == [1, None, "a"]
    assert [[array.tolist() for array in group] for group in found] == [
        [array.tolist() for array in group] for group in groups
    ]


def test_the_same_numbers_are_the_same_text():
    """As a table's bytes have to be."""
    assert packed(1, [[EXTREMES]]) == packed(1, [[EXTREMES.copy()]])


def test_small_steps_are_short():
    """A thousand of them, of 64 bits each."""
    steps = np.ones(1000, np.int64)

    assert len(packed(1, [[steps]])) < 100


@pytest.mark.parametrize("place", range(0, 60, 7))
def test_a_changed_letter_is_seen(place):
    """Nothing is expanded that the checksum does not hold for."""
    text = bytearray(packed(1, [[EXTREMES] * 3]))
    text[place] = ord("A") if text[place] != ord("A") else ord("B")

    with pytest.raises(ValueError, match=r"not whole|not base 85"):
        unpacked(bytes(text))
