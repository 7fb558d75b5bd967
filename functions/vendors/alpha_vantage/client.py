"""The vendor's requests that stockflow makes: bars, splits, dividends, a transcript, the listings."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from math import isfinite
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests

from stockflow_functions.domain import quarters
from stockflow_functions.domain.actions.answers import Dividend, Entry, Listed
from stockflow_functions.domain.clock import SystemClock
from stockflow_functions.domain.errors import InvalidApiKey, InvalidInput, StockflowError, UnexpectedAnswer
from stockflow_functions.domain.prices.known_splits import Split
from stockflow_functions.domain.redaction import Redactor, looks_like_a_token
from stockflow_functions.vendors.alpha_vantage.answer import column_of
from stockflow_functions.vendors.alpha_vantage.classifier import classify, classify_table
from stockflow_functions.vendors.alpha_vantage.download import (
    LOOPBACK,
    DownloadLimits,
    download,
    mask_in_logs,
    new_session,
)
from stockflow_functions.vendors.alpha_vantage.functions import DIVIDENDS, FUNCTIONS, LISTINGS, SPLITS, TRANSCRIPT
from stockflow_functions.vendors.alpha_vantage.gate import Gate
from stockflow_functions.vendors.alpha_vantage.quoting import LONGEST_BODY, quoted
from stockflow_functions.vendors.port import RawAnswer

T = TypeVar("T")

LONGEST_LAST_REFRESHED = 40
"""Characters: it travels in the workflow's states, and is the one text of an answer that does."""
LONGEST_ENTRY = 300
"""Characters that are quoted of an entry of a list that can't be read."""
VENDOR = "alphavantage.co"
STRANGERS_WORDS, STRANGERS_BODY = 60, 200
"""Characters quoted of a server that is neither the vendor nor on this machine: ALPHA_VANTAGE_BASE_URL may lead to one
whose answers are not meant for our logs and channels."""
_MOMENT = re.compile(rf"(?!.{{{LONGEST_LAST_REFRESHED + 1}}})\d{{4}}-\d\d-\d\d([ T][0-9A-Za-z:.+/_ -]*)?", re.ASCII)


_GATE = Gate(SystemClock())
"""Every request of this process passes it."""


def connect(base_url: str, api_key: str, redactor: Redactor) -> "AlphaVantage":
    """A client on the process's one session."""
    return AlphaVantage(_session(base_url), base_url, api_key, redactor)


@lru_cache(maxsize=1)
def _session(base_url: str) -> requests.Session:
    return new_session(base_url, _GATE)


class AlphaVantage:
    """Asks Alpha Vantage: a :class:`stockflow_functions.vendors.port.Client`."""

    def __init__(
        self,
        http: requests.Session,
        base_url: str,
        api_key: str,
        redactor: Redactor,
        *,
        limits: DownloadLimits | None = None,
    ) -> None:
        """Checks the address and the key, without a request; ``http`` is the function instance's one session.

        Raises:
            InvalidInput: ``base_url`` is not a URL.
            InvalidApiKey: there is no key.
        """
        redactor.learn(api_key)
        parts = urlsplit(base_url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise InvalidInput(
                f"ALPHA_VANTAGE_BASE_URL is {redactor.clean(base_url)!r}; write a URL like https://www.alphavantage.co/query."
            )
        if not api_key:
            raise InvalidApiKey("There is no API key: set ALPHA_VANTAGE_API_KEY.")
        mask_in_logs(api_key)
        self._of_data = Redactor()
        if looks_like_a_token(api_key):
            # Another one may well be a price, or a word of the answer.
            self._of_data.learn(api_key)
        host = parts.hostname
        self._is_known = host in LOOPBACK or host == VENDOR or host.endswith(f".{VENDOR}")
        self._http = http
        self._base_url = base_url
        self._api_key = api_key
        self._redactor = redactor
        self._limits = limits or DownloadLimits()

    def keep_apart(self, gap_ms: float) -> None:
        """From now on this process sends no two requests closer together than that."""
        _GATE.gap_ms = gap_ms

    def bars(self, symbol: str, series: str = "daily", outputsize: str = "compact") -> RawAnswer:
        """Bars of one symbol: ``series`` is one of ``FUNCTIONS``, ``outputsize`` compact (100 sessions) or full.

        A series without sizes always comes with its whole history, whatever ``outputsize`` is.

        Raises:
            UnexpectedAnswer: also where the answer is for another symbol.
        """
        # The vendor's defaults are left out: with the key 'demo' it answers only the very URLs of its documentation.
        function = FUNCTIONS[series]
        size = {"outputsize": outputsize} if function.sized and outputsize != "compact" else {}
        parsed, body, masked = self._ask(function.name, symbol, size)
        about = parsed.get("Meta Data")
        facts = {column_of(key): str(value) for key, value in about.items()} if isinstance(about, dict) else {}
        self._check_echo(symbol, facts.get("symbol"))
        refreshed = facts.get("last_refreshed", "")
        return RawAnswer(body, refreshed if _MOMENT.fullmatch(refreshed) else "", masked)

    def splits(self, symbol: str) -> Listed[Split]:
        """All splits that the vendor knows of the symbol; it is free on every plan, and costs a request.

        Raises:
            UnexpectedAnswer: also where the answer is for another symbol, or no split in it can be read.
        """
        return self._listed(SPLITS, symbol, _split)

    def dividends(self, symbol: str) -> Listed[Dividend]:
        """All dividends that the vendor knows of the symbol, those to come too; free, and one request.

        Raises:
            UnexpectedAnswer: also where the answer is for another symbol, or no dividend in it can be read.
        """
        return self._listed(DIVIDENDS, symbol, _dividend)

    def transcript(self, symbol: str, quarter: str) -> RawAnswer:
        """The transcript of the symbol's earnings call about ``quarter``, such as ``2024Q1``, since 2010Q1.

        Whether the vendor means the calendar's quarter or the company's is disputed; its documentation says the
        company's (https://www.alphavantage.co/documentation/#transcript).

        Raises:
            NotPublishedYet: it has none: this call's comes later, or the company's never do.
            UnexpectedAnswer: also where the answer is for another symbol or quarter.
            InvalidInput: ``quarter`` is none; nothing is asked.
        """
        if not quarters.FORM.fullmatch(quarter):
            raise InvalidInput(f"{quarter[:40]!r} is no quarter: write a year and a quarter, such as 2024Q1.")
        parsed, body, masked = self._ask(TRANSCRIPT, symbol, {"quarter": quarter})
        self._check_echo(symbol, parsed.get("symbol"))
        self._check_echo(quarter, parsed.get("quarter"), "quarter")
        return RawAnswer(body, "", masked)

    def listings(self, state: str = "active", day: date | None = None) -> RawAnswer:
        """Who is ``active`` or ``delisted`` on US exchanges, now or on a day since 2010: a CSV table.

        Raises:
            UnexpectedAnswer: also where the answer is no table.
        """
        # As with bars, the vendor's defaults are left out.
        state_of = {"state": state} if state != "active" else {}
        date_of = {"date": day.isoformat()} if day else {}
        _, body, masked = self._get(LISTINGS, {**date_of, **state_of}, classify_table)
        return RawAnswer(body, "", masked)

    def _listed(self, function: str, symbol: str, read: Callable[[Mapping[str, str]], Entry]) -> Listed[Entry]:
        """The vendor's list, whose entries ``read`` reads; what that can't make sense of is kept apart."""
        parsed, *_ = self._ask(function, symbol, {})
        self._check_echo(symbol, parsed.get("symbol"))
        entries, unreadable = [], []
        for item in parsed["data"]:
            try:
                entries.append(read(item))
            except (KeyError, TypeError, ValueError, OverflowError):
                unreadable.append(self._quotable(json.dumps(item))[:LONGEST_ENTRY])
        if unreadable and not entries:
            raise UnexpectedAnswer(f"Alpha Vantage's list of {function.lower()} has no entry that can be read.")
        return Listed(tuple(entries), tuple(unreadable))

    def _ask(self, function: str, symbol: str, more: dict[str, str]) -> tuple[dict[str, Any], bytes, bool]:
        return self._get(function, {"symbol": symbol, **more}, classify)

    def _get(
        self, function: str, more: dict[str, str], judge: Callable[[int, str, bytes, str, Callable[[str], str]], T]
    ) -> tuple[T, bytes, bool]:
        """What ``judge`` makes of the answer, its body without the key, and whether that was in it."""
        parameters = {"function": function, **more, "apikey": self._api_key}
        got = None
        try:
            got = download(self._http, self._base_url, parameters, self._limits)
            body = self._without_key(got.body)
            return judge(got.status, got.content_type, body, function, self._quotable), body, body != got.body
        except StockflowError as error:
            refused = error
        refused.args = (self._clean(str(refused)),)
        refused.vendor_answer = (
            quoted(got, self._clean, LONGEST_BODY if self._is_known else STRANGERS_BODY) if got else None
        )
        raise refused

    def _without_key(self, body: bytes) -> bytes:
        text = body.decode(errors="surrogateescape")
        return self._of_data.clean_data(text).encode(errors="surrogateescape")

    def _clean(self, text: str) -> str:
        """Made fit for UTF-8 too: JSON can hold half a surrogate pair, a log can't."""
        return self._redactor.clean(text).encode(errors="backslashreplace").decode()

    def _quotable(self, text: str) -> str:
        """What may be quoted of the server's words. Cut last: half a key would not be recognised as one."""
        clean = self._clean(text)
        return clean if self._is_known or len(clean) <= STRANGERS_WORDS else f"{clean[: STRANGERS_WORDS - 1]}…"

    def _check_echo(self, asked: str, echo: object, what: str = "symbol") -> None:
        if isinstance(echo, str) and echo.casefold() == asked.casefold():
            return
        said = repr(self._redactor.clean(str(echo))[:40]) if echo else f"no {what}"
        raise UnexpectedAnswer(f"Alpha Vantage was asked for {asked!r} and answered for {said}.")


def _split(item: Mapping[str, str]) -> Split:
    return Split(date.fromisoformat(item["effective_date"]), _number(item["split_factor"]))


def _dividend(item: Mapping[str, str]) -> Dividend:
    """Only the ex-date and the amount have to be known."""
    declared, recorded, paid = (
        _day_or_none(item[name]) for name in ("declaration_date", "record_date", "payment_date")
    )
    return Dividend(date.fromisoformat(item["ex_dividend_date"]), _number(item["amount"]), declared, recorded, paid)


def _number(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(text)
    return number


def _day_or_none(text: str | None) -> date | None:
    """A day that the vendor does not know is the text None."""
    return None if text in {None, "None", ""} else date.fromisoformat(text)
