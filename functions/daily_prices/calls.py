"""What the states of an iteration have in common: which call it is, and the record of a symbol that failed."""

from stockflow_functions.daily_prices.contracts import PlannedRun, SymbolRecord
from stockflow_functions.daily_prices.outcome import DEFERRED, DEFERRING, FAILED, Failure, SymbolOutcome
from stockflow_functions.runtime.call import Call


def call_for(run: PlannedRun, symbol: str, repeated: int) -> Call:
    """The call for this symbol, after ``repeated`` earlier ones."""
    return Call(run["execution"], run["trigger"], symbol, repeated + 1)


def not_saved(symbol: str, failure: Failure, attempts: int) -> SymbolRecord:
    """The record of a symbol that failed, or was deferred to the next run, after ``attempts`` requests."""
    status = DEFERRED if failure.type in DEFERRING else FAILED
    return SymbolOutcome(symbol, status, attempts=attempts, error=failure).as_dict()
