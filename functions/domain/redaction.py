"""Keeps the API key and the webhook URLs, in whatever form, out of every text that leaves a function."""

import json
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable, Iterator
from itertools import chain
from urllib.parse import quote, unquote, urlsplit

MASK = "[redacted]"
SHORTEST_SECRET = 4
SHORTEST_IN_ANY_CASE = 8
"""Shorter ones are masked only as spelled: in capitals they may be ordinary words."""
SHORTEST_OF_LETTERS = 12
"""A run of letters this long is no word of an answer or a URL's path."""
SHORTEST_BASE64 = 8

_PATTERNS = (
    re.compile(r"(?i)(apikey=)[^&\s\"'<>]+"),
    # The vendor's day-quota refusal repeats the key in clear: "We have detected your API key as ABC and our ...".
    re.compile(r"(?i)(API key as )\S+"),
    re.compile(r"(https://hooks\.slack\.com/)[^\s\"'<>\\]+"),
)
_ENCODED = re.compile(r"%(?:25)*([0-9a-f]{2})|\\+u([0-9a-f]{4})|\\+([\"/])", re.IGNORECASE)
"""One letter in a URL or in JSON, put into another URL or JSON as often as you like."""
_BETWEEN_PARTS = re.compile(r"[/?&=#@:;\s]+")
_Span = tuple[int, int]


class Redactor:
    """Masks the secrets that it has learned, and whatever has the shape of one.

    A secret is recognised in capitals and small letters, percent-encoded, with JSON's escapes, and in base64, alone or
    amid other bytes. A URL's path and whatever looks like a token in it are secrets too: servers repeat them alone.
    """

    def __init__(self) -> None:
        self._secrets: frozenset[str] = frozenset()
        self._in_any_case: frozenset[str] = frozenset()
        self._as_spelled: frozenset[str] = frozenset()

    def learn(self, *secrets: str | None) -> None:
        """Takes values to mask from now on; empty ones and very short words are ignored."""
        parts = {part for secret in secrets if secret for part in (secret, *_parts(secret))}
        new = {part for part in parts if len(part) >= SHORTEST_SECRET} - self._secrets
        self._secrets |= new
        long = {secret for secret in new if len(secret) >= SHORTEST_IN_ANY_CASE}
        self._in_any_case |= {_small(text) for secret in long for text in _spellings(secret)}
        self._as_spelled |= {text for secret in new - long for text in _spellings(secret)}
        self._as_spelled |= set(chain.from_iterable(map(_base64, new)))

    def clean(self, text: str) -> str:
        """The text with every secret masked, and everything that has the shape of one."""
        text = self.clean_data(text)
        for pattern in _PATTERNS:
            text = pattern.sub(rf"\g<1>{MASK}", text)
        return text

    def clean_data(self, text: str) -> str:
        """The text with the learned secrets masked, and nothing else."""
        if self._secrets:
            text = _masked(text, self._spans(text))
            if ("%" in text or "\\" in text) and _ENCODED.search(text):
                plain, places = _decoded(text)
                text = _masked(text, [(places[begin], places[end]) for begin, end in self._spans(plain)])
        return text

    def _spans(self, text: str) -> list[_Span]:
        # Plain searches are fast, and most texts hold nothing.
        small = _small(text)
        found = [span for secret in self._in_any_case if secret in small for span in _each(secret, small)]
        return found + [span for secret in self._as_spelled if secret in text for span in _each(secret, text)]


def looks_like_a_token(text: str) -> bool:
    """Whether it is too odd to be a word: long enough, with a letter, and with a digit where it is not very long."""
    letters, digits = any(map(str.isalpha, text)), any(map(str.isdigit, text))
    return letters and len(text) >= (SHORTEST_IN_ANY_CASE if digits else SHORTEST_OF_LETTERS)


def _parts(secret: str) -> Iterator[str]:
    """The path of a URL, and whatever looks like a token in it; empty for anything else."""
    if "/" not in secret:
        return
    try:
        host, password = urlsplit(secret).netloc, urlsplit(secret).password
    except ValueError:
        host, password = "", None
    behind = secret.partition(host)[2] if host else secret
    for path in (behind, unquote(behind)):
        if len(path.strip("/")) >= SHORTEST_IN_ANY_CASE:
            yield path.strip("/")
        yield from filter(looks_like_a_token, _BETWEEN_PARTS.split(path))
    yield password or ""


def _spellings(secret: str) -> set[str]:
    """The secret as it is, in JSON, in JSON within JSON, and percent-encoded as in a URL."""
    spellings = {secret, quote(secret, safe="", errors="replace")}
    for ascii_only in (True, False):
        once = json.dumps(secret, ensure_ascii=ascii_only)[1:-1]
        spellings |= {once, json.dumps(once, ensure_ascii=ascii_only)[1:-1]}
    return spellings


def _base64(secret: str) -> Iterator[str]:
    """The characters that encode it in base64, at each of the three offsets at which it may begin."""
    content = secret.encode(errors="surrogatepass")
    for before in range(3):
        first, end = -(-8 * before // 6), 8 * (before + len(content)) // 6
        cores = {encode(bytes(before) + content).decode()[first:end] for encode in (b64encode, urlsafe_b64encode)}
        yield from (core for core in cores if len(core) >= SHORTEST_BASE64)


def _small(text: str) -> str:
    """In small letters, at the same length."""
    small = text.lower()
    return small if len(small) == len(text) else "".join(low if len(low := c.lower()) == 1 else c for c in text)


def _each(secret: str, text: str) -> Iterator[_Span]:
    begin = text.find(secret)
    while begin >= 0:
        yield begin, begin + len(secret)
        begin = text.find(secret, begin + 1)


def _masked(text: str, spans: Iterable[_Span]) -> str:
    """The text with each span, or several that touch, replaced by one mask."""
    pieces: list[str] = []
    done = 0
    for begin, end in sorted(spans):
        if begin > done or not pieces:
            pieces += [text[done:begin], MASK]
        done = max(done, end)
    return "".join([*pieces, text[done:]])


def _decoded(text: str) -> tuple[str, list[int]]:
    """The text without the escapes of URLs and JSON, and where in ``text`` each of its letters begins, and the end."""
    pieces: list[str] = []
    places: list[int] = []
    done = 0
    for match in _ENCODED.finditer(text):
        pieces += [text[done : match.start()], match[3] or chr(int(match[1] or match[2], 16))]
        places += range(done, match.start() + 1)
        done = match.end()
    return "".join([*pieces, text[done:]]), [*places, *range(done, len(text) + 1)]
