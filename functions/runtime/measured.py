"""A text that a run measured passage by passage, as the reader of a run shows it: of any workflow."""

from typing import TypedDict


class MeasuredPassage(TypedDict):
    """A passage, in the order of the text.

    part: the heading that it stands under, such as ``Prepared remarks``; "" for none.
    who: whose words it has; "" if that is not known.
    at_seconds: when it begins; null without times.
    value: what was measured, -1 to 1; null if nothing was.
    text: its words.
    """

    part: str
    who: str
    at_seconds: float | None
    value: float | None
    text: str


class MeasuredText(TypedDict):
    """One item's text.

    item: the item's name.
    title: what the text is.
    measure: what was measured, in a word, such as ``tone``.
    summary: the measure of the whole, in a few words.
    facts: word and value of what else is known of it.
    passages: those that are at hand.
    count: how many the whole text has.
    """

    item: str
    title: str
    measure: str
    summary: str
    facts: list[list[str]]
    passages: list[MeasuredPassage]
    count: int
