"""Which of a run's symbols are to be asked for, and how the others stand."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.daily_prices.contracts import SymbolRecord
from stockflow_functions.daily_prices.plan.inbox import symbols_of_list
from stockflow_functions.daily_prices.plan.request import Request
from stockflow_functions.daily_prices.plan.symbols import symbols_of
from stockflow_functions.daily_prices.plan.universe import symbols_of_universe
from stockflow_functions.domain.inputs import SCHEDULE
from stockflow_functions.domain.prices.freshness import Known, stalest_first
from stockflow_functions.runtime.services import Services


@dataclass(frozen=True)
class Chosen:
    """A run's symbols.

    Attributes:
        symbols: those to ask for, in the order given.
        answered: how those stand that need no request.
        warnings: sentences about the run as a whole.
        known: what earlier runs know of the symbols.
    """

    symbols: list[str]
    answered: list[SymbolRecord] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    known: Mapping[str, Known] = field(default_factory=dict)

    def in_turn(self, places: int) -> list[str]:
        """The symbols in the order given if there is a place for each; else those asked for longest ago first."""
        return self.symbols if len(self.symbols) <= places else stalest_first(self.symbols, self.known)


def choose(request: Request, services: Services) -> Chosen:
    """The symbols that the request names, in a scheduled run the deferred ones first.

    Raises:
        InvalidInput: it names none, or what can't be symbols.
    """
    if request.is_shard:
        return Chosen(symbols_of(request.symbols))
    return _wanted(request, services)


def _wanted(request: Request, services: Services) -> Chosen:
    if request.dropped is not None:
        symbols, warnings = symbols_of_list(request.dropped, Bucket(services.client("s3"), request.dropped.bucket))
        return Chosen(symbols, warnings=warnings)
    symbols, warnings = _named(request, services)
    if request.trigger == SCHEDULE:
        symbols = list(dict.fromkeys([*services.deferred.remembered(request.series), *symbols]))
    return Chosen(symbols, warnings=warnings)


def _named(request: Request, services: Services) -> tuple[list[str], list[str]]:
    if request.universe is not None:
        return symbols_of_universe(request.universe, services.bucket, services.clock.now_ms())
    return symbols_of(request.symbols, services.settings.stock_symbols), []
