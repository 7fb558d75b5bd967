"""Warnings that travel."""

from stockflow_functions.domain.prices.sentences import bounded, plain
from stockflow_functions.domain.words import counted, named_few


def test_a_state_does_not_grow_with_the_warnings():
    """At most eight sentences of at most 200 characters; the last counts the rest."""
    told = bounded(f"{number} {'x' * 500}" for number in range(30))

    assert len(told) == 8
    assert max(map(len, told)) == 200
    assert told[-1] == "And 23 more warnings."


def test_the_same_warning_is_said_once():
    """Eight different ones all go through."""
    assert bounded(["a", "a", *"bcdefgh"]) == list("abcdefgh")


def test_few_are_named():
    """The rest are counted."""
    assert named_few([1, 2, 3]) == "1, 2, 3"
    assert named_few([1, 2, 3, 4, 5]) == "1, 2, 3 and 2 more"


def test_one_bar_two_bars():
    """Numbers agree with their nouns."""
    assert (counted(1, "bar"), counted(2, "bar")) == ("1 bar", "2 bars")


def test_any_text_fits_into_a_file():
    """Half a surrogate pair, as JSON can hold one, is written out."""
    assert plain("a\ud800bc", 3) == "a\\ud800b"
