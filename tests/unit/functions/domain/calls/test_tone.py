"""The tone of a call: means by length, extremes, and nothing made of nothing."""

import math

import pytest

from stockflow_functions.domain.calls.passages import Passage
from stockflow_functions.domain.calls.tone import score_of, tone_of, units


def passage(n, positive=None, negative=None, *, section=None, length=100, neutral=0.0, mixed=0.0):
    """One with these scores; without scores if there is no positive."""
    scores = (None,) * 4 if positive is None else (positive, negative, neutral, mixed)
    return Passage(n, section, "a", None, None, "x" * length, *scores)


def test_the_tone_is_weighted_by_length():
    """A long passage counts for more than a short one."""
    tone = tone_of([passage(1, 0.5, 0.0, length=300), passage(2, 0.0, 0.5, length=100)])

    assert (tone.tone, tone.positive, tone.negative) == (0.25, 0.375, 0.125)


def test_sections_have_a_tone_each():
    """Remarks against answers."""
    tone = tone_of([passage(1, 0.5, 0.0, section="prepared"), passage(2, 0.25, 0.5, section="qa")])

    assert (tone.tone_prepared, tone.tone_qa) == (0.5, -0.25)


def test_without_sections_neither_has_a_tone():
    """The call still has."""
    tone = tone_of([passage(1, 0.5, 0.0)])

    assert (tone.tone, tone.tone_prepared, tone.tone_qa) == (0.5, None, None)


def test_passages_without_a_score_are_counted_and_in_no_mean():
    """They are no zeros."""
    tone = tone_of([passage(1, 0.5, 0.0), passage(2), passage(3)])

    assert (tone.tone, tone.passages, tone.unscored) == (0.5, 3, 2)


@pytest.mark.parametrize("score", [math.nan, math.inf, None])
def test_a_score_that_is_no_number_is_none(score):
    """Also if it is only one of the four."""
    spoilt = Passage(1, "qa", "a", None, None, "So.", 0.5, 0.1, score, 0.1)
    tone = tone_of([spoilt])

    assert score_of(spoilt) is None
    assert (tone.tone, tone.neutral, tone.tone_qa, tone.unscored) == (None, None, None, 1)


def test_a_call_of_which_nothing_is_scored_has_no_tone():
    """Nor extremes."""
    tone = tone_of([passage(1)])

    assert (tone.tone, tone.mixed, tone.most_negative, tone.most_positive) == (None, None, (), ())
    assert tone_of([]).passages == 0


def test_the_five_most_negative_come_lowest_first():
    """Of equal ones the earlier."""
    passages = [passage(number, 0.1, 0.1 * number) for number in (2, 7, 3, 7, 4, 5, 6)]
    passages = [Passage(**{**vars(each), "n": place}) for place, each in enumerate(passages, 1)]

    assert [each.n for each in tone_of(passages).most_negative] == [2, 4, 7, 6, 5]


def test_the_two_most_positive_come_highest_first():
    """And no more than two."""
    passages = [passage(number, 0.1 * number, 0.05) for number in (2, 7, 3)]

    assert [each.n for each in tone_of(passages).most_positive] == [7, 3]


def test_what_is_not_negative_is_not_among_the_most_negative():
    """A cheerful call has none; what is level is neither."""
    tone = tone_of([passage(1, 0.5, 0.1), passage(2, 0.2, 0.2), passage(3)])

    assert (tone.most_negative, [each.n for each in tone.most_positive]) == ((), [1])


@pytest.mark.parametrize(("lengths", "billed"), [([1], 3), ([300], 3), ([301], 4), ([500, 20], 8), ([], 0)])
def test_units_are_what_comprehend_bills(lengths, billed):
    """100 characters begun are one, and no document is less than three."""
    assert units(passage(1, length=length) for length in lengths) == billed
