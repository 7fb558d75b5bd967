"""Where sentences end, and how a text is cut into pieces of limited length that end with them."""

import re
import unicodedata
from collections.abc import Iterator

Span = tuple[int, int]
"""From the first character up to, and without, the last: ``text[start:end]``."""

_CLOSING = "\"'”’»)\\]」』）"
_END = re.compile(rf"[.!?…؟।]+[{_CLOSING}]*(?=\s)|[。！？｡]+[{_CLOSING}]*")
_END_OF_ALL = re.compile(rf"[.!?…؟।。！？｡]+[{_CLOSING}]*\Z")
_CLAUSE = re.compile(r"[,;:—–،](?=\s)|[、，；：]")
_ABBREVIATIONS = frozenset(("mr", "mrs", "ms", "dr", "st", "jr", "sr", "vs", "no", "inc", "corp", "co", "ltd", "prof"))
_LAST_WORD = re.compile(r"[^\W\d_]+\Z")
_LONGEST_ABBREVIATION = 8
_MOST_MARKS = 20


def sentences(text: str) -> Iterator[Span]:
    """The sentences, without the blanks between them; a text without a full stop is one."""
    start = 0
    for match in _END.finditer(text):
        if not _abbreviates(text, match):
            yield from _trimmed(text, start, match.end())
            start = match.end()
    yield from _trimmed(text, start, len(text))


def ends_sentence(text: str) -> bool:
    """Whether the text ends with a sentence's end."""
    match = _END_OF_ALL.search(text, max(0, len(text) - _MOST_MARKS))
    return match is not None and not _abbreviates(text, match)


def pieces(text: str, most: int) -> list[Span]:
    """Pieces of at most ``most`` characters: as many whole sentences as fit, and a longer sentence in parts.

    A sentence is cut behind a clause, else at a blank, else between characters. All that is between the pieces is
    blanks.
    """
    found: list[Span] = []
    for sentence in sentences(text):
        for start, end in _parts(text, *sentence, most):
            if found and end - found[-1][0] <= most:
                found[-1] = (found[-1][0], end)
            else:
                found.append((start, end))
    return found


def _abbreviates(text: str, match: re.Match[str]) -> bool:
    """Whether the full stop belongs to "Mr." or to an initial."""
    if match.group() != ".":
        return False
    before = _LAST_WORD.search(text[max(0, match.start() - _LONGEST_ABBREVIATION) : match.start()])
    word = before.group() if before else ""
    return word.casefold() in _ABBREVIATIONS or (len(word) == 1 and word.isupper() and word.isascii())


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end


def _parts(text: str, start: int, end: int, most: int) -> Iterator[Span]:
    while end - start > most:
        cut = _cut(text, start, start + most)
        yield from _trimmed(text, start, cut)
        start = cut
    yield from _trimmed(text, start, end)


def _cut(text: str, start: int, limit: int) -> int:
    """Where to cut at ``limit`` at the latest; behind a clause only in the second half, so that pieces stay long."""
    clauses = [match.end() for match in _CLAUSE.finditer(text, (start + limit) // 2, limit)]
    if clauses:
        return clauses[-1]
    blank = max((place for place in range(start + 1, limit + 1) if text[place].isspace()), default=None)
    return _between_characters(text, start, limit) if blank is None else blank


def _between_characters(text: str, start: int, limit: int) -> int:
    """``limit``, or a little before it where a mark or a joiner belongs to the character in front of it."""
    for cut in range(limit, max(start + 1, limit - _MOST_MARKS), -1):
        if not _continues(text[cut]) and text[cut - 1] != "\u200d":
            return cut
    return limit


def _continues(char: str) -> bool:
    return char == "\u200d" or unicodedata.category(char).startswith("M") or "\U0001f3fb" <= char <= "\U0001f3ff"
