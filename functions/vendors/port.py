"""What the workflows need from any vendor."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from urllib.parse import urlsplit

from stockflow_functions.domain.actions.answers import Dividend, Listed
from stockflow_functions.domain.prices.exchanges import Exchange, exchange_of_code
from stockflow_functions.domain.prices.known_splits import Split
from stockflow_functions.domain.prices.sent import SentSeries
from stockflow_functions.domain.redaction import Redactor


@dataclass(frozen=True)
class RawAnswer:
    """A good answer.

    The body is as it came, except that the API key, should the vendor repeat it, is masked; then ``masked`` is True
    (docs/adr/0061). ``last_refreshed`` is a date, or a date and time while the exchange was open, or "" if it is
    neither, as for a transcript.
    """

    body: bytes
    last_refreshed: str
    masked: bool = False


class Client(Protocol):
    """Asks the vendor. What it raises holds no API key, neither in text nor in cause or context.

    ``bars``, ``splits``, ``dividends``, ``transcript`` and ``listings`` make one request each.

    Raises:
        Throttled: slow down.
        ProviderUnavailable: no complete answer came.
        UnexpectedAnswer: an answer of a kind never seen, or for another symbol.
        QuotaExhausted, UnknownSymbol, PremiumRequired, InvalidApiKey: refusals for good.
    """

    def keep_apart(self, gap_ms: float) -> None:
        """From now on this process sends no two requests closer together than that."""

    def bars(self, symbol: str, series: str, outputsize: str) -> RawAnswer:
        """The bars of one symbol; ``outputsize`` is compact (the newest) or full (the whole history)."""

    def splits(self, symbol: str) -> Listed[Split]:
        """All splits that the vendor knows of the symbol; UnexpectedAnswer if none of several can be read."""

    def dividends(self, symbol: str) -> Listed[Dividend]:
        """All dividends that the vendor knows of the symbol, paid or declared; UnexpectedAnswer as for splits."""

    def transcript(self, symbol: str, quarter: str) -> RawAnswer:
        """The transcript of the symbol's earnings call about a quarter, such as ``2024Q1``.

        Raises:
            NotPublishedYet: the vendor has none of this call yet.
            InvalidInput: that is no quarter.
        """

    def listings(self, state: str, day: date | None = None) -> RawAnswer:
        """All companies and funds that are ``active`` or ``delisted`` (the state), now or on an earlier day.

        A CSV table, as ``functions/domain/listings/csv_text.py`` reads it.
        """


@dataclass(frozen=True)
class Vendor:
    """A vendor. Making one imports nothing large: each state needs only a part of it.

    Attributes:
        name: such as ``alpha-vantage``; its folder here, with ``_`` for ``-``, has it as ``VENDOR``.
        title: what sentences call it.
        base_url: where it answers.
        connect: makes the client of a base URL and an API key, without a request. Has the redactor
            learn every secret. Raises InvalidInput if the URL can't be used, InvalidApiKey if there is no key.
        read: reads the body of a good answer to ``Client.bars``. Raises BadPrices if it holds no series.
        exchange_code: the ISO 10383 code of the exchange that a symbol is listed on, or "" if it is unknown.
        prepare: imports what ``connect`` needs, at the start of an instance, while no request waits (docs/adr/0055).
    """

    name: str
    title: str
    base_url: str
    connect: Callable[[str, str, Redactor], Client]
    read: Callable[[bytes], SentSeries]
    exchange_code: Callable[[str], str]
    prepare: Callable[[], object] = lambda: None

    @property
    def host(self) -> str:
        """What a run's manifest names as the source of its prices."""
        return urlsplit(self.base_url).hostname or ""

    @property
    def key_variable(self) -> str:
        """What its API key is called: see :func:`key_variable_of`."""
        return key_variable_of(self.name)

    @property
    def url_variable(self) -> str:
        """The environment variable of another base URL than its own."""
        return url_variable_of(self.name)

    def exchange_of(self, symbol: str) -> Exchange:
        """Where the symbol is listed."""
        return exchange_of_code(self.exchange_code(symbol))


def key_variable_of(name: str) -> str:
    """What the API key of that vendor is called in the secret and in the environment: ``ALPHA_VANTAGE_API_KEY``."""
    return f"{_prefix_of(name)}_API_KEY"


def url_variable_of(name: str) -> str:
    """The environment variable of that vendor's base URL: ``ALPHA_VANTAGE_BASE_URL``."""
    return f"{_prefix_of(name)}_BASE_URL"


def _prefix_of(name: str) -> str:
    return name.upper().replace("-", "_")
