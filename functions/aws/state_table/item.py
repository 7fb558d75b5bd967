"""An account as a DynamoDB item, and back."""

from collections.abc import Mapping
from typing import Any

from stockflow_functions.domain.budget.arithmetic import Account, Slots

Item = dict[str, dict[str, Any]]

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
    """The item is not of this version; ``version`` is 0 where it says none or can't be read."""

    def __init__(self, version: int) -> None:
        super().__init__(f"an item of version {version}")
        self.version = version


def key_of(name: str) -> Item:
    """The key of a budget's item."""
    return {"pk": {"S": f"budget#{name}"}}


def number(value: int) -> dict[str, str]:
    return {"N": str(value)}


def expires_at(moment_ms: int) -> dict[str, str]:
    """When DynamoDB may delete an item that was last of use at this moment (its TTL counts seconds)."""
    return number(moment_ms // 1000 + SECONDS_KEPT)


def used_on(day: str) -> str:
    """The attribute that counts a quota day's requests. One per day, so that a new day needs no reset."""
    return USED_ON + day


def account_of(item: Mapping[str, Mapping[str, Any]]) -> Account:
    """The account in the item; an empty item is an account that was never used.

    Raises:
        OtherVersion: it was written by an older or a newer release, or by something else.
    """
    if not item:
        return Account()
    try:
        version = int(item["version"]["N"])
        if version != VERSION:
            raise OtherVersion(version)
        return Account(
            last_slot_ms=int(item["last_slot_ms"]["N"]) if "last_slot_ms" in item else None,
            used={name.removeprefix(USED_ON): int(item[name]["N"]) for name in item if name.startswith(USED_ON)},
            refused_executions=frozenset(item.get("refused_executions", {"SS": ()})["SS"]),
            last_run=item.get("last_run", {"S": ""})["S"],
            last_run_slots=_last_run_slots(item),
            **{name: int(item[name]["N"]) for name in _NUMBERS if name in item},
        )
    except (KeyError, ValueError):
        raise OtherVersion(0) from None


def _last_run_slots(item: Mapping[str, Mapping[str, Any]]) -> Slots | None:
    if "last_run" not in item:
        return None
    first, interval, count = (int(item[f"last_run_{name}"]["N"]) for name in LAST_RUN)
    return Slots(first, interval, count)


def renewed(item: Mapping[str, Mapping[str, Any]], now_ms: int) -> Item:
    """An item of this version in place of an older one: counts are kept, and no slot comes closer to one it gave."""
    kept = {name: dict(value) for name, value in item.items() if name.startswith(USED_ON) and _is_number(value)}
    last_slot_ms = max([now_ms, *(int(item[n]["N"]) for n in _LAST_SLOT_NAMES if n in item and _is_number(item[n]))])
    return {
        "pk": dict(item["pk"]),
        "version": number(VERSION),
        "last_slot_ms": number(last_slot_ms),
        "expires_at": expires_at(last_slot_ms),
        **kept,
    }


_LAST_SLOT_NAMES = ("last_slot_ms", "next_free_ms")


def _is_number(value: Mapping[str, Any]) -> bool:
    return str(value.get("N", "")).lstrip("-").isdigit()
