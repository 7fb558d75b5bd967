"""What an older release counted in an output folder, taken over into the budget that all folders share. Pure."""

from stockflow_functions.aws.state_table.item import USED_ON, VERSION, OtherVersion, account_of, renewed
from stockflow_functions.aws.state_table.wire import Item, from_wire, to_wire

_MOMENTS = ("generation", "planned_until_ms", "hold_until_ms", "hold_ms", "spent_until_ms", "expires_at")
_REFUSED = "refused_executions"


def joined(kept: Item, old: Item, now_ms: int) -> Item:
    """One item for two budgets of one key: what both counted, behind the slots of both. Its key is that of ``kept``.

    The requests of a day are added up, as each budget counts only its own. An item of a newer release stands as it is.
    """
    kept, old = _of_this_version(kept, now_ms), _of_this_version(old, now_ms)
    if any(_version(item) != VERSION for item in (kept, old)):
        return kept
    early, late = sorted((from_wire(kept), from_wire(old)), key=lambda values: values.get("last_slot_ms", 0))
    values = {**early, **late, "pk": from_wire(kept)["pk"]}
    values |= {name: max(early.get(name, 0), late.get(name, 0)) for name in _MOMENTS if name in values}
    used = [name for name in values if name.startswith(USED_ON)]
    values |= {name: early.get(name, 0) + late.get(name, 0) for name in used}
    if _REFUSED in values:
        values[_REFUSED] = set(early.get(_REFUSED, ())) | set(late.get(_REFUSED, ()))
    return to_wire(values)


def _of_this_version(item: Item, now_ms: int) -> Item:
    return renewed(item, now_ms) if _version(item) < VERSION else item


def _version(item: Item) -> int:
    try:
        account_of(item)
    except OtherVersion as other:
        return other.version
    return VERSION
