"""Runs in shards: the run's own history as Step Functions records it, its shards' made as small runs are."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from stockflow.history.saved_run import SavedRun
from stockflow.sources.saving import save_run
from stockflow_functions.aws import keys
from tests.helpers.made_runs import DEFINITION, made_run
from tests.helpers.recorded import history

RUN = "2026-11-20T223000-250Z-wide"
_ARN = "arn:aws:states:eu-west-1:123456789012:execution:stockflow-daily-prices"
LAST_BEFORE_SHARDS = 8
_STATUS = {"ok": "saved", "bad": "failed", "quota": "deferred"}

Stories = list[dict[str, str]]
"""The stories of each shard's symbols, as in :func:`made_runs.made_run`."""


def entry(number: int, symbols: Any) -> dict[str, Any]:
    """A shard in ``shards.json``."""
    return {"number": number, "execution": keys.shard_execution(RUN, number), "symbols": list(symbols)}


def entries(stories: Stories) -> list[dict[str, Any]]:
    return [entry(number, symbols) for number, symbols in enumerate(stories, 1)]


def whole(stories: Stories, *, status: str = "FAILED", broken: dict[int, str] | None = None) -> SavedRun:
    """The run itself, which has the shards only as items of a Distributed Map.

    Args:
        status: with ``RUNNING`` the Map is still under way.
        broken: the shards that broke off, each with its error.
    """
    shards = {"bucket": "the-bucket", "key": keys.shards(RUN), "count": len(stories)}
    state = json.dumps({"run": {"execution": RUN, "series": "daily"}, "work": [], "shards": shards})
    ended = [
        {"shard": number, "error": {"type": broken[number]}} if number in (broken or {}) else {"status": "SUCCEEDED"}
        for number in range(1, len(stories) + 1)
    ]
    output = json.dumps({**json.loads(state), "shards": {**shards, "ended": ended}})
    lines = [
        "1 < 0 ExecutionStarted",
        "2 < 0 TaskStateEntered name=Plan",
        "3 < 2 TaskScheduled",
        f"4 < 3 TaskSucceeded output={_packed(json.dumps({'Payload': json.loads(state)}))}",
        f"5 < 4 TaskStateExited name=Plan output={_packed(state)}",
        f"6 < 5 MapStateEntered name=EachShard input={_packed(state)}",
        "7 < 6 MapStateStarted length=0",
        "8 < 7 MapRunStarted mapRunArn=arn:aws:states:eu-west-1:123456789012:mapRun:daily-prices/Shards:1",
    ]
    if status != "RUNNING":
        lines += [
            "9 < 8 MapRunSucceeded",
            "10 < 9 MapStateSucceeded",
            f"11 < 10 MapStateExited name=EachShard output={_packed(output)}",
            "12 < 11 FailStateEntered name=SymbolsFailed",
            "13 < 12 ExecutionFailed error=SymbolsFailed cause=Some.",
        ]
    description = {
        "name": RUN,
        "executionArn": f"{_ARN}:{RUN}",
        "stateMachineArn": _ARN.replace(":execution:", ":stateMachine:"),
        "status": status,
        "startDate": "2026-11-20T22:30:00.000Z",
        "input": "{}",
    }
    events = [{**event, "timestamp": _moment(event["id"])} for event in history(*lines)]
    return SavedRun(engine={"name": "moto"}, definition=DEFINITION, description=description, events=events)


def _moment(number: int) -> str:
    """Shards are under way between the beginning of their Map and its end."""
    return f"2026-11-20T22:{'30' if number <= LAST_BEFORE_SHARDS else '59'}:00.{number:03}Z"


def _packed(text: str) -> str:
    return json.dumps(json.loads(text), separators=(",", ":"))


def shard(stories: Stories, number: int) -> SavedRun:
    """A shard's own run, which ends green even where a symbol failed."""
    run = made_run(stories[number - 1], execution=keys.shard_execution(RUN, number), seed=number)
    return replace(run, description={**run.description, "status": "SUCCEEDED"})


def records(symbols: dict[str, str]) -> list[dict[str, Any]]:
    """How these symbols ended, as a manifest has it."""
    error = {"type": "BadPrices", "message": "No row of it can be used.", "state": "Transform"}
    return [
        {
            "symbol": symbol,
            "status": _STATUS[story],
            "attempts": 1,
            "error": error if story == "bad" else None,
        }
        for symbol, story in symbols.items()
    ]


def manifest(stories: Stories) -> dict[str, Any]:
    return {"outcome": "partial", "symbols": [record for symbols in stories for record in records(symbols)]}


def write(folder: Path, stories: Stories, *, ended: bool = True) -> Path:
    """The folder of a run on this machine, all of whose shards have ended; the run itself too, or it was killed."""
    place = folder / keys.run(RUN)
    _put(folder / keys.shards(RUN), entries(stories))
    for number, symbols in enumerate(stories, 1):
        shard_place = folder / keys.run(keys.shard_execution(RUN, number))
        _put(shard_place / "manifest.json", {"outcome": "partial", "symbols": records(symbols)})
        save_run(shard_place, shard(stories, number), page=False)
    if ended:
        _put(place / "manifest.json", manifest(stories))
        save_run(place, whole(stories))
    return place


def _put(file: Path, value: object) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(value), encoding="utf-8")
