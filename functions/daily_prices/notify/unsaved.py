"""What the message says of a run that leaves the dataset alone: what it would have saved. Pure."""

from stockflow_functions.daily_prices.contracts import Manifest
from stockflow_functions.daily_prices.outcome import CHECKED, SymbolOutcome
from stockflow_functions.domain.messages.message import Part, Untrusted
from stockflow_functions.domain.words import and_more, counted
from stockflow_functions.reporting import parts

MOST_SYMBOLS = 10


def unsaved_parts(manifest: Manifest, symbols: list[SymbolOutcome]) -> list[Part]:
    """The symbols whose objects would have changed, each with its rows; the manifest has all of them."""
    lines = parts.switch_lines(manifest)
    if not lines:
        return []
    checked = [symbol for symbol in symbols if symbol.status == CHECKED]
    lines += [(Untrusted(symbol.symbol, parts.LONGEST_NAME), f": {_rows(symbol)}") for symbol in checked[:MOST_SYMBOLS]]
    if len(checked) > MOST_SYMBOLS:
        lines.append((and_more(len(checked) - MOST_SYMBOLS),))
    return [Part("Not saved", tuple(lines))]


def _rows(symbol: SymbolOutcome) -> str:
    return f"{counted(symbol.rows_added, 'row')} would be added, {symbol.rows_changed:,} changed"
