"""The histories recorded on AWS, where they are beside the checkout, and small histories written by hand."""

import json
from pathlib import Path
from typing import Any

from stockflow.history.express import details_key

FOLDER = Path(__file__).parents[4] / "shared" / "histories"
NAMES = sorted(file.stem for file in FOLDER.glob("*.json")) or ["none are beside this checkout"]


def events_of(name: str) -> list[dict[str, Any]]:
    """The events of one recorded history."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))["events"]


def history(*lines: str) -> list[dict[str, Any]]:
    """Events from lines such as ``"3 < 2 TaskFailed error=Boom"``, 100 ms apart; a value may be JSON without spaces."""
    return [_event(line) for line in lines]


def _event(line: str) -> dict[str, Any]:
    number, _, previous, kind, *rest = line.split(" ")
    event: dict[str, Any] = {
        "id": int(number),
        "previousEventId": int(previous),
        "type": kind,
        "timestamp": f"2026-11-20T22:{int(number) // 600:02}:{int(number) % 600 / 10:04.1f}00+00:00",
    }
    details = dict(part.split("=", 1) for part in rest)
    values = {key: int(value) if key in {"index", "length"} else value for key, value in details.items()}
    if values:
        event[details_key(kind)] = values
    return event
