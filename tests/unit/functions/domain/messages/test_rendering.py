"""Slack's markup and plain text."""

import pytest

from stockflow_functions.domain.messages import plain, slack
from stockflow_functions.domain.messages.message import INFO, Link, Message, Part, Untrusted
from stockflow_functions.domain.words import on_one_line


def section(*pieces):
    message = Message(INFO, "Title", (Part("", (pieces,)),))
    return slack.payload(message)["blocks"][1]["text"]["text"]


@pytest.mark.parametrize(
    ("text", "most", "expected"),
    [
        ("a & <b>", 100, "a &amp; &lt;b&gt;"),
        ("abc", 3, "abc"),
        ("abcd", 3, "ab…"),
        ("ab&", 5, "ab…"),
        ("a&bb", 7, "a&amp;…"),
        ("\N{ROCKET}\N{ROCKET}", 4, "\N{ROCKET}\N{ROCKET}"),
        ("\N{ROCKET}\N{ROCKET}", 3, "\N{ROCKET}…"),
        ("&", 1, "…"),
    ],
)
def test_escaped_text_is_cut_between_characters(text, most, expected):
    """Neither an entity nor a pair of UTF-16 units is cut in half, and the ellipsis has room."""
    assert slack.escaped(text, most) == expected


def test_foreign_text_is_code():
    """A mention in a symbol is shown, not made."""
    assert section("Symbol ", Untrusted("<!here>")) == "Symbol `&lt;!here&gt;`"


def test_foreign_text_cannot_leave_its_code():
    """A backtick would end the code; it is shown as an apostrophe."""
    assert section(Untrusted("a` *b* `c")) == "`a' *b* 'c`"


def test_foreign_text_stays_on_its_line():
    """A line end would end the code too."""
    assert section(Untrusted("a\nb\u2028c")) == "`a b c`"


def test_foreign_text_that_is_nothing_is_shown_as_unknown():
    """Empty code would be two bare backticks."""
    assert section(Untrusted(" \n")) == "`?`"


def test_a_link_is_one():
    """Our own links are the only ones."""
    assert section(Link("https://example.com/", "here")) == "<https://example.com/|here>"


def test_half_characters_and_direction_marks_are_dropped():
    """What can't be encoded, or would turn the line around, is a space."""
    assert on_one_line("a\ud800b\u202ec\x00") == "a b c"


def test_a_subject_is_cut_to_what_sns_takes():
    """99 ASCII characters."""
    assert plain.subject(Message(INFO, "é" * 200)) == "stockflow info: " + "?" * 83


def test_more_parts_than_slack_takes_leave_room_for_the_footnote():
    """The fiftieth block is the footnote."""
    message = Message(INFO, "Title", tuple(Part(f"{number}") for number in range(60)), ("small print",))
    blocks = slack.payload(message)["blocks"]
    assert (len(blocks), blocks[-1]["type"]) == (50, "context")
