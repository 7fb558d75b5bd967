"""The last good run of each item, from the manifests of earlier runs."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from stockflow.history.json_values import JsonObject, count_in, objects_in, text_in
from stockflow.history.model import RunModel
from stockflow.history.saved_run import Summary


@dataclass(frozen=True)
class LastGood:
    """How a symbol's last good run went; ``seconds`` is None if that run's history is not beside its manifest.

    ``started_at`` is when that run began, ISO 8601, or "".
    """

    execution: str
    status: str
    rows_added: int
    rows_changed: int
    attempts: int
    seconds: float | None
    started_at: str = ""


def summary_of(model: RunModel) -> Summary:
    """What a later run needs of this one for its comparison: kept at the head of ``run.json``."""
    return {
        "status": model.status,
        "seconds": {row.symbol: row.seconds for row in model.rows if row.seconds is not None},
    }


def last_good_among(
    manifest: JsonObject | None,
    earlier: Iterable[tuple[JsonObject, Callable[[], Mapping[str, float]]]],
    done: AbstractSet[str],
) -> dict[str, LastGood]:
    """By symbol of this manifest.

    Args:
        manifest: this run's.
        earlier: manifests of runs that ended before it began, newest first, each with a function that returns its
            symbols' seconds; only as many are read as needed.
        done: the outcomes of a good one.
    """
    wanted = {name for name, _ in _symbols(manifest)}
    found: dict[str, LastGood] = {}
    for before, seconds_of in earlier if wanted else ():
        good = [(name, symbol) for name, symbol in _symbols(before) if symbol.get("status") in done]
        new = [(name, symbol) for name, symbol in good if name in wanted and name not in found]
        seconds: Mapping[str, float] = seconds_of() if new else {}
        for name, symbol in new:
            found[name] = _last_good(before, symbol, seconds.get(name))
        if wanted <= found.keys():
            break
    return found


def saved_last_good(saved: JsonObject) -> dict[str, LastGood]:
    """The same in the form that a saved run keeps."""
    return {symbol: _last_good(good, good, None) for symbol, good in saved.items() if isinstance(good, dict)}


def _symbols(manifest: JsonObject | None) -> Iterator[tuple[str, JsonObject]]:
    for symbol in objects_in((manifest or {}).get("symbols")):
        name = text_in(symbol.get("symbol"))
        if name:
            yield name, symbol


def _last_good(manifest: JsonObject, symbol: JsonObject, seconds: float | None) -> LastGood:
    return LastGood(
        execution=str(manifest.get("execution") or ""),
        status=str(symbol.get("status") or ""),
        rows_added=count_in(symbol.get("rows_added")),
        rows_changed=count_in(symbol.get("rows_changed")),
        attempts=count_in(symbol.get("attempts")),
        seconds=seconds,
        started_at=str(manifest.get("started_at") or ""),
    )
