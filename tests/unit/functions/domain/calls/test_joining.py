"""Turns put together."""

from stockflow_functions.domain.calls.joining import joined
from stockflow_functions.domain.calls.transcript import Turn, WordTime


def test_times_of_words_stay_with_their_words():
    """However much text comes before them."""
    one = Turn("So be it.", None, None, 1.0, 2.0, (WordTime(0, 1.0, 1.5),))
    two = Turn("Yes, sir.", None, None, 3.0, 4.0, (WordTime(5, 3.5, 4.0),))
    whole = joined([one, two])

    assert (whole.text, whole.start_seconds, whole.end_seconds) == ("So be it. Yes, sir.", 1.0, 4.0)
    assert [whole.text[time.at :] for time in whole.word_times] == ["So be it. Yes, sir.", "sir."]


def test_a_turn_without_times_takes_none_from_the_whole():
    """What is known of one is known of both."""
    assert joined([Turn("増収。", None, None, None, None), Turn("減益。", None, None, 3.0, 4.0)]) == Turn(
        "増収。減益。", None, None, 3.0, 4.0
    )
