"""Warnings that travel in states and messages: few and short, whatever the number of rows."""

from collections.abc import Iterable, Sequence
from typing import Any

MOST = 8
LONGEST = 200


def bounded(sentences: Iterable[str]) -> list[str]:
    """The first few sentences, each cut to a length; the last says how many there were beyond them."""
    shown = list(
        dict.fromkeys(sentence if len(sentence) <= LONGEST else f"{sentence[: LONGEST - 1]}…" for sentence in sentences)
    )
    return shown if len(shown) <= MOST else [*shown[: MOST - 1], f"And {len(shown) - MOST + 1} more warnings."]


def named_few(items: Sequence[Any], most: int = 3) -> str:
    """``"a, b, c and 5 more"``."""
    shown = ", ".join(str(item) for item in items[:most])
    return shown if len(items) <= most else f"{shown} and {len(items) - most} more"


def counted(count: int, noun: str) -> str:
    """``"1 bar"``, ``"2 bars"``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def plain(text: str, longest: int) -> str:
    """The text cut to a length and fit for UTF-8: JSON can hold half a surrogate pair, a file can't."""
    return text[:longest].encode("utf-8", "backslashreplace").decode()
