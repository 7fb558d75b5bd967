"""The listed symbols that somebody who wrote another one may have meant. Pure.

A symbol has three or four letters, so an editing distance of one is all that can be asked of a guess: at two, APPL is
near to hundreds. All texts one edit away are few (about 270 for four letters) and are looked up in the listing, which
takes 0.1 ms; difflib, which measures 13,400 ratios, takes a tenth of a second and puts APP before AAPL.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, groupby, takewhile

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ-"
MOST_NAMED = 3
SHORTEST_WORD = 4
"""Of a company's name: shorter ones are symbols more often than words."""


class Names:
    """The symbols that may have been meant: ``names`` has the name of each one's company or fund."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._symbols = names.keys()
        self._by_word: dict[str, list[str]] = {}
        for symbol, name in names.items():
            self._by_word.setdefault(name.partition(" ")[0].rstrip(".,").upper(), []).append(symbol)
        self._words = sorted(self._by_word)

    def nearest(self, written: str) -> list[str]:
        """At most three symbols, the likeliest first.

        First those whose company's name begins with the word that was written, then what differs by letters that were
        exchanged or doubled, then the rest of a company's name, then what differs by any one letter.

        Args:
            written: in capitals.
        """
        found = self._symbols & set(_one_edit_away(written))
        slips = sorted(found, key=lambda slip: (abs(len(slip) - len(written)), slip))
        alike = [slip for slip in slips if _is_alike(slip, written)]
        whole, begun = self._named(written)
        return list(dict.fromkeys(chain(whole, alike, begun, slips)))[:MOST_NAMED]

    def _named(self, written: str) -> tuple[Sequence[str], Sequence[str]]:
        """The symbols of companies whose name begins with this word, and those of the shortest one that begins so."""
        if len(written) < SHORTEST_WORD:
            return (), ()
        longer = self._words[bisect_left(self._words, written) :]
        word = min(takewhile(lambda word: word.startswith(written), longer), key=len, default="")
        symbols = sorted(self._by_word.get(word, ()), key=len)
        return (symbols, ()) if word == written else ((), symbols)


def _one_edit_away(text: str) -> Iterator[str]:
    yield text.replace(".", "-")
    for place in range(len(text) + 1):
        head, tail = text[:place], text[place:]
        yield from (head + letter + tail for letter in LETTERS)
        if tail:
            yield head + tail[1:]
            yield head + tail[1:2] + tail[:1] + tail[2:]
            yield from (head + letter + tail[1:] for letter in LETTERS)


def _is_alike(slip: str, written: str) -> bool:
    """Whether both have the same letters, each once or twice, two of them perhaps in another order."""
    return sorted(slip) == sorted(written) or _undoubled(slip) == _undoubled(written)


def _undoubled(text: str) -> str:
    return "".join(letter for letter, _ in groupby(text.replace("-", "").replace(".", "")))
