"""Words and turns put together: with a blank between them where the script has blanks."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from stockflow_functions.domain.calls.transcript import Turn

_WITHOUT_BLANKS = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    "\u2e80-\u312f\u31a0-\u9fff\uf900-\ufaff\uff00-\uffef"  # Japanese, Chinese, and their marks; full width
    "\U00020000-\U0003ffff]"  # rarer Chinese characters
)
_KEPT = "\u200c\u200d"  # joiners: Hindi and Persian spell with them


def one_line(text: str) -> str:
    """The text without line ends, control and direction marks, half characters; runs of blanks become one."""
    if not text.isprintable():
        text = "".join(char if char.isprintable() or char in _KEPT else " " for char in text)
    return " ".join(text.split())


def blank_between(left: str, right: str) -> str:
    """``" "``, or ``""`` if a text is empty or one of the characters that meet is of a script without blanks."""
    if not left or not right or _WITHOUT_BLANKS.match(left[-1]) or _WITHOUT_BLANKS.match(right[0]):
        return ""
    return " "


def joined(turns: Sequence[Turn]) -> Turn:
    """Turns of one speaker as one turn; the times of its words stay with them."""
    parts, word_times, length = [turns[0].text], list(turns[0].word_times), len(turns[0].text)
    for before, turn in pairwise(turns):
        blank = blank_between(before.text, turn.text)
        length += len(blank)
        word_times += [time._replace(at=time.at + length) for time in turn.word_times]
        parts += [blank, turn.text]
        length += len(turn.text)
    starts = [turn.start_seconds for turn in turns if turn.start_seconds is not None]
    ends = [turn.end_seconds for turn in turns if turn.end_seconds is not None]
    return replace(
        turns[0],
        text="".join(parts),
        start_seconds=min(starts, default=None),
        end_seconds=max(ends, default=None),
        word_times=tuple(word_times),
    )
