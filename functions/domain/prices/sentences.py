"""Warnings for states and messages: few and short, whatever the number of rows."""

from collections.abc import Iterable

MOST = 8
LONGEST = 200


def bounded(sentences: Iterable[str]) -> list[str]:
    """The first few sentences, each cut to a length; the last says how many more there were."""
    shown = list(dict.fromkeys(cut(sentence, LONGEST) for sentence in sentences))
    return shown if len(shown) <= MOST else [*shown[: MOST - 1], f"And {len(shown) - MOST + 1} more warnings."]


def cut(sentence: str, longest: int) -> str:
    """The sentence, or as much of it as has room, with an ellipsis at its end."""
    return sentence if len(sentence) <= longest else f"{sentence[: longest - 1]}…"


def plain(text: str, longest: int) -> str:
    """The text cut to a length and fit for UTF-8: JSON can hold half a surrogate pair, a file can't."""
    return text[:longest].encode("utf-8", "backslashreplace").decode()
