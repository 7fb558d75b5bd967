"""Phrases for sentences that people read, each in one form. Pure."""

import json
import re
from collections.abc import Sequence
from typing import Any

_PLAIN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9.?-]{0,59}")


def counted(number: int, noun: str) -> str:
    """``1, "symbol"`` to ``"1 symbol"``, ``1000`` to ``"1,000 symbols"``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def up_to_date(number: int) -> str:
    """``"17 are up to date"``, ``"1 is up to date"``; "" for none."""
    return f"{number:,} {'is' if number == 1 else 'are'} up to date" if number else ""


def signed(number: float) -> str:
    """``+0.12``, ``-0.05``; what is rounded to nothing is ``0.00``, without a sign."""
    text = f"{number:+.2f}"
    return text[1:] if text in {"+0.00", "-0.00"} else text


def named_few(items: Sequence[object], most: int = 3) -> str:
    """``"a, b, c and 5 more"``."""
    shown = ", ".join(str(item) for item in items[:most])
    return shown if len(items) <= most else f"{shown}{and_more(len(items) - most)}"


def and_more(number: int) -> str:
    """``" and 5 more"``; "" for none."""
    return f" and {number:,} more" if number > 0 else ""


def plain_name(text: str) -> str:
    """The name of an error or a state; "something unnamed" if the text can't be one."""
    return text if _PLAIN_NAME.fullmatch(text) else "something unnamed"


def on_one_line(text: str) -> str:
    """The text without line ends, tabs, control and direction marks, half characters; runs of spaces become one."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def parsed(text: Any) -> Any:
    """The parsed JSON; None if the text is not JSON."""
    try:
        return json.loads(text)
    except (TypeError, ValueError, RecursionError):
        return None


def on_the_clock(seconds: float) -> str:
    """A moment of a recording: ``0:41``, ``12:05`` or ``1:02:03``."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
