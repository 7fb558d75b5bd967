"""What people have been told once of a series' symbols, so that a scheduled run does not tell it each day."""

from collections.abc import Mapping
from datetime import date
from typing import TypedDict

from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import Bucket


class Told(TypedDict):
    """Of one name: the day of the event that was told, how big it was when it was last seen, and who told it.

    size: of what is news when it grows; else 0.
    by: an execution.
    """

    event: str
    size: int
    by: str


def untold(
    bucket: Bucket,
    series: str,
    events: Mapping[str, date],
    execution: str,
    kind: str = "",
    sizes: Mapping[str, int] | None = None,
    *,
    keep: bool = True,
) -> set[str]:
    """Those of the names whose event no other run has told; from now on this one has.

    Two runs at once may both tell one. What can't be read as such a record is made anew.

    Args:
        events: the day of what is to be told, by name: a symbol's.
        kind: of the events, each of which is kept apart; "" are delistings.
        sizes: of those events, by name, that are news again when they are bigger than they were last.
        keep: whether they are told now; if not, nothing is written.
    """
    if not events:
        return set()
    key, now = keys.told(series, kind), _now(events, sizes or {}, execution)
    told = _records(bucket, key)
    new = {name for name, one in now.items() if name not in told or _is_news(one, told[name])}
    seen = {name: _seen(now[name], told[name]) for name in now if name not in new}
    if keep and (new or any(told[name] != one for name, one in seen.items())):
        bucket.put_json(key, {**told, **seen, **{name: now[name] for name in sorted(new)}})
    return new | {name for name in events if name in told and told[name]["by"] == execution}


def _now(events: Mapping[str, date], sizes: Mapping[str, int], execution: str) -> dict[str, Told]:
    return {name: Told(event=day.isoformat(), size=sizes.get(name, 0), by=execution) for name, day in events.items()}


def _is_news(now: Told, told: Told) -> bool:
    return now["event"] != told["event"] or now["size"] > told["size"]


def _seen(now: Told, told: Told) -> Told:
    """What was told, as small as it has become: if it grows again, that is news."""
    return {**told, "size": now["size"]}


def _records(bucket: Bucket, key: str) -> dict[str, Told]:
    try:
        found = bucket.get_json(key)
    except ValueError:
        return {}
    entries = found.items() if isinstance(found, dict) else ()
    return {name: _record(one) for name, one in entries if isinstance(one, dict)}


def _record(value: Mapping[str, object]) -> Told:
    size = value.get("size")
    return {
        "event": str(value.get("event")),
        "size": size if isinstance(size, int) else 0,
        "by": str(value.get("by")),
    }
