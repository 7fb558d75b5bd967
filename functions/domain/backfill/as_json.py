"""A backfill as JSON, and back. Pure."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from stockflow_functions.domain.backfill.backfill import Backfill
from stockflow_functions.domain.backfill.goal import Goal
from stockflow_functions.domain.backfill.noted import Claim, LastRun, Trouble

VERSION = 1
_PLAIN = ("name", "universe", "created_by", "created_at", "symbols", "left", "status", "why", "daily")


def as_json(backfill: Backfill) -> dict[str, Any]:
    """JSON-ready."""
    goal = {**asdict(backfill.goal), "since": backfill.goal.since and backfill.goal.since.isoformat()}
    return {
        "version": VERSION,
        **{name: getattr(backfill, name) for name in _PLAIN},
        "goal": goal,
        "answered": list(backfill.answered),
        "troubles": {symbol: asdict(trouble) for symbol, trouble in backfill.troubles.items()},
        "claim": backfill.claim and asdict(backfill.claim),
        "last_run": backfill.last_run and asdict(backfill.last_run),
    }


def from_json(value: Mapping[str, Any]) -> Backfill:
    """The reverse of :func:`as_json`.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: it is no backfill, or one of another version.
    """
    if value["version"] != VERSION:
        raise ValueError(f"version {value['version']}")
    since = value["goal"]["since"]
    return Backfill(
        **{name: value[name] for name in _PLAIN},
        goal=Goal(**{**value["goal"], "since": date.fromisoformat(since) if since else None}),
        answered=tuple(value["answered"]),
        troubles={symbol: Trouble(**trouble) for symbol, trouble in value["troubles"].items()},
        claim=Claim(**value["claim"]) if value["claim"] else None,
        last_run=LastRun(**value["last_run"]) if value["last_run"] else None,
    )
