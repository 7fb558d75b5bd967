"""An account as a DynamoDB item, and back."""

from collections.abc import Mapping

from stockflow_functions.aws.state_table.wire import Item, from_wire, to_wire
from stockflow_functions.domain.budget.arithmetic import Account, Slots

VERSION = 1
USED_ON = "used_on_"
LAST_RUN = ("first_slot_ms", "interval_ms", "count")
SECONDS_KEPT = 35 * 86_400

_NUMBERS = (
    "generation",
    "planned_until_ms",
    "interval_ms",
    "interval_until_ms",
    "day_limit",
    "day_limit_until_ms",
    "hold_until_ms",
    "hold_ms",
    "spent_until_ms",
)


class OtherVersion(Exception):
    """The item is not of this version; ``version`` is 0 if it has none or can't be read."""

    def __init__(self, version: int) -> None:
        super().__init__(f"an item of version {version}")
        self.version = version


def key_of(name: str) -> str:
    """The key of a budget's item."""
    return f"budget#{name}"


def expires_at(moment_ms: int) -> int:
    """When DynamoDB may delete an item that was last needed at this moment (its TTL is in seconds)."""
    return moment_ms // 1000 + SECONDS_KEPT


def used_on(day: str) -> str:
    """The attribute that counts a quota day's requests. One per day, so that a new day needs no reset."""
    return USED_ON + day


def account_of(item: Item) -> Account:
    """The account in the item; an empty item is an unused account.

    Raises:
        OtherVersion: it was written by an older or a newer release, or by something else.
    """
    if not item:
        return Account()
    try:
        values = from_wire(item)
        version = int(values["version"])
        if version != VERSION:
            raise OtherVersion(version)
        return Account(
            last_slot_ms=int(values["last_slot_ms"]) if "last_slot_ms" in values else None,
            used={name.removeprefix(USED_ON): int(values[name]) for name in values if name.startswith(USED_ON)},
            refused_executions=frozenset(values.get("refused_executions", ())),
            last_run=values.get("last_run", ""),
            last_run_slots=_last_run_slots(values),
            **{name: int(values[name]) for name in _NUMBERS if name in values},
        )
    except (KeyError, ValueError, TypeError, AttributeError, ArithmeticError):
        raise OtherVersion(0) from None


def _last_run_slots(values: Mapping[str, int]) -> Slots | None:
    if "last_run" not in values:
        return None
    first_ms, interval_ms, count = (int(values[f"last_run_{name}"]) for name in LAST_RUN)
    return Slots(first_ms, interval_ms, count)


def renewed(item: Item, now_ms: int) -> Item:
    """An item of this version for an older one: keeps the counts, and puts no slot closer to one already given out."""
    numbers = {name: value for name, value in from_wire(item).items() if isinstance(value, int)}
    last_slot_ms = max([now_ms, *(numbers[name] for name in _LAST_SLOT_NAMES if name in numbers)])
    new = {"version": VERSION, "last_slot_ms": last_slot_ms, "expires_at": expires_at(last_slot_ms)}
    used = {name: count for name, count in numbers.items() if name.startswith(USED_ON)}
    return {"pk": item["pk"], **to_wire({**new, **used})}


_LAST_SLOT_NAMES = ("last_slot_ms", "next_free_ms")
