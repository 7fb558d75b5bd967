"""What an answer of Alpha Vantage means. Pure: no network, no clock.

The vendor says nearly everything in HTTP 200 with one of a few keys in place of the data, and the same key has
served throttling, quota and premium refusals in different years. So the sentence decides, not the key, and
the order of the rules is part of them: the one-request-a-second text also holds "25 requests per day" and "unlock
all premium endpoints", and premium refusals name plans by their "requests per minute".
Texts and order: FACTS on the vendor, section 3, gathered from recorded answers and issue threads of 2017 to 2026.
"""

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from stockflow_functions.domain.errors import (
    InvalidApiKey,
    NotPublishedYet,
    PremiumRequired,
    ProviderUnavailable,
    QuotaExhausted,
    StockflowError,
    Throttled,
    UnexpectedAnswer,
    UnknownSymbol,
)
from stockflow_functions.domain.redaction import Redactor
from stockflow_functions.vendors.alpha_vantage.functions import DIVIDENDS, FUNCTIONS, LISTINGS, SPLITS, TRANSCRIPT

LONGEST_QUOTE = 300
MOST_PARTS = 100_000
"""Objects and lists in an answer, 15 times those of the longest history: each takes ten times its size in memory."""

_WRONG_REQUEST = "Error Message"
"""Never a throttle, in any year: the same request would get it again, so it is no :class:`UnexpectedAnswer`."""
_ECHOES = ("symbol", "quarter")
_SPOKEN_KEYS = (_WRONG_REQUEST, "Information", "Note", "message", "detail")
_MASK_SHAPES = Redactor()
_KEYS = {function.name: function.key for function in FUNCTIONS.values()}

_BAD_KEY = (
    "Alpha Vantage refuses the API key: check ALPHA_VANTAGE_API_KEY, and which requests it made today, as a wrong key "
    "and a spent quota can give the same answer."
)
_DEMO_KEY = (
    "Alpha Vantage takes the key 'demo' for its documented examples only: set ALPHA_VANTAGE_API_KEY to your own, and "
    "if it is, check which requests it made today, as a wrong key and a spent quota can give the same answer."
)
_QUOTA = (
    "Alpha Vantage says that the day's requests are spent: run again tomorrow, and check ALPHA_VANTAGE_API_KEY, as a "
    "wrong key and a spent quota can give the same answer."
)
_NO_SUCH_PRICES = (
    "Alpha Vantage has no such prices for this symbol: check it (US share classes take a hyphen, like BRK-B); if it is "
    "right, the vendor may lack it at the moment, or lack only its full history."
)
_NO_DATA = (
    "Alpha Vantage has no data for this symbol: check it; if it is right, this may be an outage, which can last hours."
)
_NO_FUNCTION = "Alpha Vantage no longer has the function that stockflow uses: update stockflow."
_SLOW_DOWN = (
    "Alpha Vantage asks for a slower pace: if this lasts, lower REQUESTS_PER_MINUTE to what the key's plan allows."
)
_PREMIUM = (
    "Alpha Vantage's plan behind this key does not include this request: ask for series daily and outputsize compact, "
    "or take a premium plan."
)
_NO_SUCH_CALL = (
    "Alpha Vantage knows no such call: check the symbol (US share classes take a hyphen, like BRK-B) and the quarter."
)
_NO_LISTINGS = "Alpha Vantage refuses the request for its listings: run it again later."
_PREMIUM_CALL = (
    "Alpha Vantage's plan behind this key does not include transcripts of earnings calls: take a premium plan, or drop "
    "the call's recording or transcript into the bucket."
)
_NOT_YET = (
    "Alpha Vantage has no transcript of this call yet: it comes a day or two after the call, for some companies never."
)

# The first rule with a phrase that occurs in the vendor's words, whatever their case, decides.
_RULES: tuple[tuple[tuple[str, ...], type[StockflowError], str], ...] = (
    (("apikey is invalid or missing",), InvalidApiKey, _BAD_KEY),
    (("invalid api call",), UnknownSymbol, _NO_SUCH_PRICES),
    (("detected your api key", "standard api rate limit is"), QuotaExhausted, _QUOTA),
    (("demo** api key",), InvalidApiKey, _DEMO_KEY),
    (("spreading out", "per second", "burst pattern", "call frequency", "call volume"), Throttled, _SLOW_DOWN),
    (("this is a premium endpoint", "premium feature"), PremiumRequired, _PREMIUM),
    (("this api function",), UnexpectedAnswer, _NO_FUNCTION),
)
_OF_TRANSCRIPTS = {UnknownSymbol: _NO_SUCH_CALL, PremiumRequired: _PREMIUM_CALL}
"""Sentences in place of those of the rules, which are about prices."""
_LISTS = {SPLITS: "splits", DIVIDENDS: "dividends"}
_GIVEN = {TRANSCRIPT: "a transcript", LISTINGS: "its listings", **_LISTS}
_TABLE_BEGINS = b"symbol,"
"""The vendor's CSV tables have symbols in their first column."""


def classify(
    status: int,
    content_type: str,
    body: bytes,
    function: str,
    clean: Callable[[str], str] = _MASK_SHAPES.clean,
) -> dict[str, Any]:
    """The parsed object of a good answer to ``function`` (as the vendor names it, like TIME_SERIES_DAILY).

    A good answer to a time-series function has a non-empty object under the key of a series; to SPLITS
    and to DIVIDENDS, a list under "data" (which may be empty: there is none); to EARNINGS_CALL_TRANSCRIPT, a list under
    "transcript" that is not empty.

    ``{}``, and any answer that is nothing but an empty place for the data, is ``UnknownSymbol``. It was seen for single
    symbols and for whole exchanges, and passed after hours or days, never within the seconds of a Retry: asking again
    in the same run would only cost a request, so the error is a permanent one whose message leaves both readings open.

    Of a transcript it is ``NotPublishedYet``: an empty list comes with HTTP 200 for a call of yesterday, an unknown
    quarter and a company that the vendor does not follow, and some were sent ``{}``.

    What the vendor says under "Error Message", in whatever words, does not pass either: an unknown symbol costs one
    request. A second one is worth its price if the words may mean "slow down", or the answer is incomplete.

    ``clean`` masks secrets in what the vendor said, before it is shortened and quoted.

    Raises:
        Throttled: slow down, also HTTP 429.
        ProviderUnavailable: any other HTTP status than 200, a web page, an empty or a truncated body.
        UnexpectedAnswer: JSON of a kind never seen; its words are quoted.
        QuotaExhausted, UnknownSymbol, PremiumRequired, InvalidApiKey: refusals for good.
        NotPublishedYet: there is no transcript of this call.
    """
    parsed, fault = _parse(content_type, body)
    said = _said(parsed)
    refusal = _refusal(said, function, clean)
    if status != HTTPStatus.OK:
        raise refusal or _bad_status(status)
    if fault:
        raise ProviderUnavailable(fault)
    if isinstance(refusal, PremiumRequired):
        # Before the data: some premium refusals come with artificial sample data beside the words.
        raise refusal
    if isinstance(parsed, dict) and _holds_data(parsed, function):
        return parsed
    raise refusal or _nothing_usable(parsed, said, function, clean)


def classify_table(
    status: int,
    content_type: str,
    body: bytes,
    function: str = LISTINGS,
    clean: Callable[[str], str] = _MASK_SHAPES.clean,
) -> None:
    """Accepts a good answer to a function that sends CSV: its refusals are JSON, as all others.

    Raises:
        UnexpectedAnswer: also where the vendor knows no such symbol, as none was asked for.
        StockflowError: as :func:`classify`.
    """
    if status == HTTPStatus.OK and body.removeprefix(b"\xef\xbb\xbf").startswith(_TABLE_BEGINS):
        return
    try:
        classify(status, content_type, body, function, clean)  # which always raises: no JSON is a table
    except UnknownSymbol as refusal:
        raise _with_text(UnexpectedAnswer(_NO_LISTINGS), refusal.vendor_text, clean) from None


def _parse(content_type: str, body: bytes) -> tuple[Any, str | None]:
    """The parsed JSON, or what is wrong with the body."""
    if not body.strip():
        return None, "Alpha Vantage sent an empty answer."
    if body.lstrip()[:1] == b"<":
        return None, "Alpha Vantage answered with a web page instead of JSON."
    if body.count(b"{") + body.count(b"[") > MOST_PARTS:
        return None, f"Alpha Vantage's JSON has more than {MOST_PARTS} objects and lists."
    try:
        return json.loads(body), None
    except (ValueError, RecursionError):
        if body.lstrip()[:1] in {b"{", b"["}:
            return None, f"Alpha Vantage's JSON is cut off or damaged after {len(body)} bytes."
        kind = content_type.split(";", maxsplit=1)[0].strip()[:60] or "no content type"
        return None, f"Alpha Vantage answered with {kind} that is not JSON."


def _said(parsed: Any) -> str:
    """Everything that the vendor says in words, instead of data or beside it."""
    if not isinstance(parsed, dict):
        return ""
    return " ".join(parsed[key] for key in _SPOKEN_KEYS if isinstance(parsed.get(key), str))


def _refusal(said: str, function: str, clean: Callable[[str], str]) -> StockflowError | None:
    lowered = said.lower()
    for phrases, kind, sentence in _RULES:
        if any(phrase in lowered for phrase in phrases):
            other = _OF_TRANSCRIPTS.get(kind) if function == TRANSCRIPT else None
            return _with_text(kind(other or sentence), said, clean)
    return None


def _bad_status(status: int) -> StockflowError:
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Throttled("Alpha Vantage answered with HTTP 429: it asks for a slower pace.")
    return ProviderUnavailable(f"Alpha Vantage answered with HTTP {status}.")


def _holds_data(parsed: dict[str, Any], function: str) -> bool:
    if function == LISTINGS:
        return False
    if function in _LISTS:
        return isinstance(parsed.get("data"), list)
    if function == TRANSCRIPT:
        turns = parsed.get("transcript")
        return isinstance(turns, list) and bool(turns)
    return any(isinstance(value, dict) and value for key, value in parsed.items() if key.startswith(_KEYS[function]))


def _nothing_usable(parsed: Any, said: str, function: str, clean: Callable[[str], str]) -> StockflowError:
    if said:
        quote = _short(clean(said))
        if isinstance(parsed.get(_WRONG_REQUEST), str):
            sentence = f"Alpha Vantage refuses the request for this symbol: check the symbol. It says {quote!r}."
            return _with_text(UnknownSymbol(sentence), said, clean)
        return _with_text(UnexpectedAnswer(f"Alpha Vantage said something never seen before: {quote!r}."), said, clean)
    if not isinstance(parsed, dict):
        return UnexpectedAnswer(f"Alpha Vantage answered with a JSON {type(parsed).__name__} instead of an object.")
    if function == TRANSCRIPT and _is_empty(parsed):
        return NotPublishedYet(_NOT_YET)
    places = {key: value for key, value in parsed.items() if key != "Meta Data"}
    if all(value == {} for value in places.values()):
        return UnknownSymbol(_NO_DATA)
    names, what = _short(clean(", ".join(parsed))), _GIVEN.get(function, "prices")
    return UnexpectedAnswer(f"Alpha Vantage answered without {what}; its JSON has these keys: {names!r}.")


def _is_empty(parsed: dict[str, Any]) -> bool:
    """Whether the answer, but for the echo of what was asked, is nothing but empty places; the echo alone is not."""
    places = [value for key, value in parsed.items() if key not in _ECHOES]
    return all(value in ({}, [], "", None) for value in places) and (bool(places) or not parsed)


def _with_text(error: StockflowError, said: str, clean: Callable[[str], str]) -> StockflowError:
    error.vendor_text = _short(clean(said))
    return error


def _short(text: str) -> str:
    # Cut only after redaction: half a key would not be recognised as one.
    return text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1] + "…"
