"""What the states of an iteration say alike: which call it is, and how the symbol ended that failed in it."""

from stockflow_functions.daily_prices.contracts import PlannedRun, SymbolRecord
from stockflow_functions.daily_prices.outcome import DEFERRED, DEFERRING, FAILED, Failure, SymbolOutcome
from stockflow_functions.runtime.call import Call


def call_for(run: PlannedRun, symbol: str, repeated: int) -> Call:
    """The call that works on this symbol, after so many earlier ones."""
    return Call(run["execution"], run["trigger"], symbol, repeated + 1)


def not_saved(symbol: str, failure: Failure, attempts: int) -> SymbolRecord:
    """The record of a symbol that failed, or that is left to the next run, after so many requests."""
    status = DEFERRED if failure.type in DEFERRING else FAILED
    return SymbolOutcome(symbol, status, attempts=attempts, error=failure).as_dict()
