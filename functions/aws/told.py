"""What people have been told once of a series' symbols, so that a scheduled run does not tell it each day."""

from collections.abc import Mapping
from datetime import date
from typing import TypedDict

from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import Bucket


class Told(TypedDict):
    """Of one name: the day of the event that was told, and the execution that told it."""

    event: str
    by: str


def untold(bucket: Bucket, series: str, events: Mapping[str, date], execution: str, kind: str = "") -> set[str]:
    """Those of the names whose event no other run has told; from now on this one has.

    Two runs at once may both tell one. What can't be read as such a record is made anew.

    Args:
        events: the day of what is to be told, by name: a symbol's.
        kind: of the events, each of which is kept apart; "" are delistings.
    """
    if not events:
        return set()
    key = keys.told(series, kind)
    told = _records(bucket, key)
    news: dict[str, Told] = {name: {"event": day.isoformat(), "by": execution} for name, day in events.items()}
    new = {name for name, one in news.items() if name not in told or told[name]["event"] != one["event"]}
    own = {name for name in events if name in told and told[name]["by"] == execution}
    if new:
        bucket.put_json(key, {**told, **{name: news[name] for name in sorted(new)}})
    return new | own


def _records(bucket: Bucket, key: str) -> dict[str, Told]:
    try:
        found = bucket.get_json(key)
    except ValueError:
        return {}
    entries = found.items() if isinstance(found, dict) else ()
    return {name: _record(one) for name, one in entries if isinstance(one, dict)}


def _record(value: Mapping[str, object]) -> Told:
    return {"event": str(value.get("event")), "by": str(value.get("by"))}
