"""The workflow of daily prices, as one value."""

from stockflow_functions.aws import keys
from stockflow_functions.daily_prices import cost
from stockflow_functions.daily_prices.functions import BESIDE, FUNCTIONS
from stockflow_functions.daily_prices.outcome import CHECKED, DEFERRED, DEFERRING, FAILED, FRESH, SAVED, UNCHANGED
from stockflow_functions.daily_prices.plan.request import request_of
from stockflow_functions.daily_prices.plan.symbols import symbols_of
from stockflow_functions.daily_prices.retry_policy import POLICY
from stockflow_functions.daily_prices.slot import SPLITS
from stockflow_functions.daily_prices.smoke import SMOKE
from stockflow_functions.domain.errors import SlotMoved
from stockflow_functions.domain.words import counted
from stockflow_functions.runtime.workflow import Payload, Workflow
from stockflow_functions.vendors import DEFAULT, vendor_named

_VENDOR = vendor_named(DEFAULT)


def _summary(answer: Payload) -> str:
    """``+3 rows, 1 changed, to 2026-11-20``."""
    would = "would be " if answer.get("status") == CHECKED else ""
    parts = [f"{would}+{counted(answer['rows_added'], 'row')}"] if answer.get("rows_added") else []
    if answer.get("rows_changed"):
        parts.append(f"{answer['rows_changed']:,} changed")
    if answer.get("last_date"):
        parts.append(f"to {answer['last_date']}")
    return ", ".join(parts)


def _check(workflow_input: Payload) -> None:
    request = request_of(workflow_input)
    if request.symbols:
        symbols_of(request.symbols)


def _items_of(workflow_input: Payload, default: str) -> list[str]:
    return symbols_of(request_of(workflow_input).symbols, default)


def _answer(payload: Payload) -> str:
    if payload.get("slot", {}).get("asks") == SPLITS:
        return keys.splits(payload["symbol"])
    return keys.raw(payload["run"]["series"], payload["symbol"], payload["run"]["execution"])


def _product(payload: Payload) -> str:
    return keys.prices(payload["run"]["series"], payload["symbol"])


DAILY_PRICES = Workflow(
    name="daily-prices",
    machine="DailyPrices",
    definition="daily_prices.asl.json",
    functions=FUNCTIONS,
    beside=BESIDE,
    deriving="UpdateTables",
    retries=POLICY,
    planner="Plan",
    map_state="EachSymbol",
    sharding="EachShard",
    steps=("Fetch", "Transform", "Save"),
    notifiers=("Notify", "NotifyFailure"),
    notifier="Notify",
    check=_check,
    items_of=_items_of,
    summary=_summary,
    cost=cost.cost_of_items,
    done=frozenset({SAVED, UNCHANGED, FRESH, CHECKED}),
    moved=frozenset({SlotMoved.__name__}),
    deferring=DEFERRING,
    ended_by={"SymbolFailed": FAILED, "SymbolDeferred": DEFERRED},
    items_failed="SymbolsFailed",
    alike=("series", "outputsize", "saves"),
    choices=("series", "outputsize", "force"),
    asking={"Fetch": _answer},
    vendors={_VENDOR.host: _VENDOR.title},
    kept=(
        *("prices/", "splits/", keys.ACTIONS, keys.FRESHNESS, keys.UNIVERSES, keys.LISTINGS, keys.TOLD, keys.BACKFILLS),
        *(keys.TABLES, keys.CATALOG, keys.FINDINGS),
    ),
    product=_product,
    adds_rows=True,
    smoke=SMOKE,
)
