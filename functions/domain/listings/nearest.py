"""The listed symbols that somebody who wrote another one may have meant. Pure.

A symbol has three or four letters, so an editing distance of one is all that can be asked of a guess: at two, APPL is
near to hundreds. All texts one edit away are few (about 270 for four letters) and are looked up in the listing, which
takes 0.1 ms; difflib, which measures 13,400 ratios, takes a tenth of a second and puts APP before AAPL.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ-"
MOST_NAMED = 3
SHORTEST_WORD = 4
"""Of a company's name: shorter ones are symbols more often than words."""


def nearest(written: str, listed: frozenset[str], by_word: Mapping[str, Sequence[str]]) -> list[str]:
    """At most three symbols, the likeliest first.

    First those whose company's name begins with the word that was written, then what differs by letters that were
    exchanged or doubled, then what differs by any one letter.

    Args:
        written: in capitals.
        listed: the symbols that there are.
        by_word: some of them by a word in capitals, with which their company's name begins.
    """
    named = by_word.get(written, ()) if len(written) >= SHORTEST_WORD else ()
    slips = listed.intersection(_one_edit_away(written))
    likely = sorted(slips, key=lambda slip: _rank(slip, written))
    return list(dict.fromkeys([*sorted(named, key=len), *likely]))[:MOST_NAMED]


def _one_edit_away(text: str) -> Iterator[str]:
    yield text.replace(".", "-")
    for place in range(len(text) + 1):
        head, tail = text[:place], text[place:]
        yield from (head + letter + tail for letter in LETTERS)
        if tail:
            yield head + tail[1:]
            yield head + tail[1:2] + tail[:1] + tail[2:]
            yield from (head + letter + tail[1:] for letter in LETTERS)


def _rank(slip: str, written: str) -> tuple[bool, int, str]:
    """The smaller, the likelier: the same letters, each once or twice, in whatever order of two."""
    alike = sorted(slip) == sorted(written) or _undoubled(slip) == _undoubled(written)
    return not alike, abs(len(slip) - len(written)), slip


def _undoubled(text: str) -> str:
    return "".join(letter for letter, _ in groupby(text.replace("-", "").replace(".", "")))
