"""What counts as a word."""

import re

_LETTER = re.compile(r"[^\W_]")
_TAG = re.compile(r"\[[^\]]{0,60}\]|\([^)]{0,60}\)")


def is_word(text: str) -> bool:
    """Whether it has a letter or a digit, or was one before a vocabulary filter masked it as ``***``."""
    return bool(_LETTER.search(text)) or text.strip(",.;:!?") == "***"


def count_words(text: str) -> int:
    """Words between blanks."""
    return sum(is_word(part) for part in text.split())


def only_tags(text: str) -> bool:
    """Whether nothing was said: nothing is left without tags such as ``[Music]``, and notes."""
    return not any(is_word(part) for part in _TAG.sub(" ", text).split())
