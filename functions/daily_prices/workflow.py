"""The workflow of daily prices, as one value."""

from stockflow_functions.daily_prices.outcome import DEFERRED, FAILED
from stockflow_functions.daily_prices.retry_policy import POLICY
from stockflow_functions.domain.errors import PutOff, QuotaExhausted, SlotMoved
from stockflow_functions.runtime.workflow import Answer, Function, Workflow

_HERE = __package__


def _summary(answer: Answer) -> str:
    """``+3 rows, 1 changed, to 2026-11-20``."""
    parts = [f"+{answer['rows_added']} rows"] if answer.get("rows_added") else []
    if answer.get("rows_changed"):
        parts.append(f"{answer['rows_changed']} changed")
    if answer.get("last_date"):
        parts.append(f"to {answer['last_date']}")
    return ", ".join(parts)


DAILY_PRICES = Workflow(
    name="daily-prices",
    machine="DailyPrices",
    definition="daily_prices.asl.json",
    functions=(
        Function("Plan", f"{_HERE}.plan.app", memory_mb=256, timeout_seconds=60),
        Function("Fetch", f"{_HERE}.fetch.app", memory_mb=512, timeout_seconds=145),
        Function("Transform", f"{_HERE}.transform.app", memory_mb=1769, timeout_seconds=120),
        Function("Save", f"{_HERE}.save.app", memory_mb=1769, timeout_seconds=120),
        Function("Notify", f"{_HERE}.notify.app", memory_mb=512, timeout_seconds=120),
    ),
    retries=POLICY,
    planner="Plan",
    map_state="EachSymbol",
    steps=("Fetch", "Transform", "Save"),
    notifiers=("Notify", "NotifyFailure"),
    summary=_summary,
    moved=frozenset({SlotMoved.__name__}),
    deferring=frozenset({QuotaExhausted.__name__, PutOff.__name__}),
    ended_by={"SymbolFailed": FAILED, "SymbolDeferred": DEFERRED},
    sums=("rows_added", "rows_changed", "rows_rejected"),
)
