"""Which symbols' splits and dividends are asked for, the one that has waited longest first. Pure."""

from collections.abc import Mapping

from stockflow_functions.domain.prices.freshness import Known
from stockflow_functions.domain.symbols import entries_of, symbol_of

ASKED_AGAIN_AFTER_DAYS = 7
"""Most dividends are declared weeks before their ex-date; a split is asked for at once when the close jumps."""
_DAY_MS = 86_400_000
_HALF_A_DAY_MS = _DAY_MS // 2


def named(value: object) -> list[str]:
    """The symbols that a person names, in capitals, each once; none of None or "".

    Raises:
        InvalidInput: something in it can't be a symbol.
    """
    return list(dict.fromkeys(symbol_of(entry, place) for entry, place in entries_of(value)))


def counts_as_asked_ms(asked_ms: int, *, again: bool) -> int:
    """From when a symbol's time until it is due again is counted: since it was asked for.

    Args:
        asked_ms: when it was asked for.
        again: whether the next evening may bring an answer that can be kept. Then it is due in half a day, which is
            over on the next evening, but behind those that have waited longer: it takes no request from them.
    """
    return asked_ms - ASKED_AGAIN_AFTER_DAYS * _DAY_MS + _HALF_A_DAY_MS if again else asked_ms


def due(stored: Mapping[str, Known], asked: Mapping[str, Known], now_ms: int) -> list[str]:
    """Those of the symbols with stored bars that were never asked for, then those of more than a week ago.

    Args:
        stored: what is known of the symbols' prices.
        asked: of those whose actions were asked for, when that was, as :func:`counts_as_asked_ms` has it.
        now_ms: the moment.
    """
    asked_ms = {symbol: asked[symbol].at_ms if symbol in asked else 0 for symbol, known in stored.items() if known.last}
    before_ms = now_ms - ASKED_AGAIN_AFTER_DAYS * _DAY_MS
    return sorted(
        (symbol for symbol, at_ms in asked_ms.items() if at_ms < before_ms),
        key=lambda symbol: (asked_ms[symbol], symbol),
    )
