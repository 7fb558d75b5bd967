"""Backfills that a test begins with."""

from stockflow.testing import FakeAws
from stockflow_functions.aws import keys
from stockflow_functions.aws.backfills import BackfillStore
from stockflow_functions.daily_prices.outcome import Failure, SymbolOutcome
from stockflow_functions.daily_prices.plan.app import plan
from stockflow_functions.domain.backfill.backfill import Backfill
from stockflow_functions.domain.backfill.goal import Goal
from stockflow_functions.domain.clock import to_iso
from tests.helpers.aws_with_slack import notify

BEGUN_AT = "2026-11-20T17:00:00.000Z"


def store_of(aws: FakeAws) -> BackfillStore:
    """The backfills of a stack in memory."""
    return BackfillStore(aws.services.bucket)


def begun(aws: FakeAws, symbols: list[str], name: str = "one", goal: Goal | None = None, at: str = BEGUN_AT) -> str:
    """Begins a backfill, and returns its name."""
    count = len(symbols)
    backfill = Backfill(name, "list.txt", "ann", at, goal or Goal("daily"), symbols=count, left=count)
    store_of(aws).create(backfill, symbols)
    return name


def backfill_of(aws: FakeAws, name: str = "one") -> Backfill:
    """It as it is now."""
    return next(backfill for backfill in store_of(aws).all() if backfill.name == name)


class Runs:
    """Runs of a stack in memory: Plan and Notify are the real ones, and in between each symbol ends as it is told.

    Attributes:
        asked: the symbols that each run asked for, by the run's name.
        said: Notify's manifest of each.
    """

    def __init__(self, aws: FakeAws) -> None:
        self._aws = aws
        self.asked: dict[str, list[str]] = {}
        self.said: dict[str, dict] = {}

    def run(self, name, workflow_input, errors=None, last="2026-11-19", breaks_off_after=None):
        """Makes a run, and returns its manifest.

        Args:
            name: its execution's.
            workflow_input: its input.
            errors: those of the symbols that fail.
            last: the date of the newest bar that the vendor has.
            breaks_off_after: so many symbols, if it does.
        """
        services, bucket = self._aws.services, self._aws.services.bucket
        arn = f"arn:aws:states:us-east-1:1:execution:m:{name}"
        about = {"input": workflow_input, "execution": name, "execution_arn": arn}
        about |= {"started_at": to_iso(services.clock.now_ms()), "retry_count": 0}
        state = plan(about, services)
        self.asked[name] = [item["symbol"] for item in state["work"]]
        outcomes = [_outcome(symbol, (errors or {}).get(symbol), last) for symbol in self.asked[name]]
        for outcome in outcomes[:breaks_off_after]:
            bucket.put_json(keys.symbol_record(name, outcome.symbol), outcome.as_dict())
        if breaks_off_after is None:
            ended = {**state, "symbols": [_ended(outcome) for outcome in outcomes]} if outcomes else state
            notify({"report": "summary", "plan": ended, "retry_count": 0}, services)
        else:
            error = {"Error": "States.Timeout", "Cause": "Too long."}
            notify({"report": "failure", "error": error, **about}, services)
        self.said[name] = bucket.get_json(keys.manifest(name))
        return self.said[name]


def _ended(outcome: SymbolOutcome) -> dict:
    """What the iteration passes on."""
    error = outcome.error and {"type": outcome.error.type, "state": outcome.error.state}
    return {"symbol": outcome.symbol, "status": outcome.status, **({"error": error} if error else {})}


def _outcome(symbol: str, error: str | None, last: str) -> SymbolOutcome:
    if error:
        return SymbolOutcome(symbol, "failed", attempts=1, error=Failure(error, f"{symbol} is refused.", "Fetch"))
    return SymbolOutcome(symbol, "saved", attempts=1, rows_added=1, first_date="1999-11-01", last_date=last)
