"""RefreshActions: asks for splits and dividends, with what the day leaves, whoever has waited longest first.

It is called by a schedule of its own, before the quota's day ends, or by a person; no run calls it, as each symbol
takes two of the day's requests. A day that leaves none is no failure.
"""

from stockflow_functions.aws.freshness import ACTIONS
from stockflow_functions.daily_prices.actions.asking import Refreshed, ask_for_actions
from stockflow_functions.daily_prices.actions.choosing import counts_as_asked_ms, due, named
from stockflow_functions.daily_prices.actions.room import NO_TIME
from stockflow_functions.daily_prices.actions.slots import ActionSlots
from stockflow_functions.daily_prices.actions.telling import told
from stockflow_functions.daily_prices.contracts import ActionsRefreshed, RefreshActionsEvent
from stockflow_functions.domain.clock import to_iso
from stockflow_functions.domain.errors import (
    ProviderUnavailable,
    PutOff,
    QuotaExhausted,
    Throttled,
)
from stockflow_functions.domain.prices.freshness import Known
from stockflow_functions.domain.prices.series import DAILY
from stockflow_functions.runtime.call import Call
from stockflow_functions.runtime.services import VENDOR, Services
from stockflow_functions.runtime.state import StateFunction

MOST_IN_VAIN = 3
"""After so many symbols without an answer, one after another, the vendor is left alone until the next refresh."""


def refresh(event: RefreshActionsEvent, services: Services) -> ActionsRefreshed:
    """Asks for the named symbols, or for those that are due, as many as there is room for.

    Raises:
        InvalidInput: a name can't be a symbol.
        InvalidApiKey: the vendor refuses the key, or there is none.
        StockflowError: the vendor gave no answer at all; also if S3 or DynamoDB refuses.
    """
    now_ms = services.clock.now_ms()
    wanted = named(event.get("symbols")) or _due(services, now_ms)
    execution = f"actions-{to_iso(now_ms).replace(':', '')}"
    slots = ActionSlots(services, execution, len(wanted))
    done: list[Refreshed] = []
    try:
        stopped = _ask_each(wanted[: slots.symbols], slots, execution, services, done)
    finally:
        slots.release()
        if done:
            services.freshness.add(ACTIONS, {each.symbol: _asked(each) for each in done})
    return told(done, len(wanted) - len(done), slots.made, stopped or slots.why_no_more)


def _asked(done: Refreshed) -> Known:
    return Known(counts_as_asked_ms(done.asked_ms, again=done.again))


def _due(services: Services, now_ms: int) -> list[str]:
    stored, asked = (services.freshness.read(series).known for series in (DAILY.name, ACTIONS))
    return due(stored, asked, now_ms)


def _ask_each(symbols: list[str], slots: ActionSlots, execution: str, services: Services, done: list[Refreshed]) -> str:
    """Adds how each symbol ended to ``done``; returns why others have not been asked for, or ""."""
    in_vain, last = 0, None
    for symbol in symbols:
        if slots.time_is_up:
            return NO_TIME
        try:
            done.append(ask_for_actions(symbol, slots, execution, services))
            in_vain = 0
        except (PutOff, QuotaExhausted) as error:
            return str(error)
        except (ProviderUnavailable, Throttled) as error:
            in_vain, last = in_vain + 1, error
            if in_vain == MOST_IN_VAIN:
                break
    if last and not done:
        raise last
    return str(last or "")


def call_of(event: RefreshActionsEvent) -> Call:
    """It belongs to no run."""
    return Call(trigger=event.get("trigger"))


handler = StateFunction("RefreshActions", refresh, call_of, clients=("s3", "dynamodb", "secretsmanager", VENDOR))
