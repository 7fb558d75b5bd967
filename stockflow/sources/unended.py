"""Reads a run on this machine without a run.json, one under way or killed, from its journal and its records."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import cast

from stockflow import workflows
from stockflow.errors import CommandError, CommandFailed
from stockflow.history.json_values import JsonObject, object_in, objects_in, parsed, text_in
from stockflow.history.model import ENDS, KILLED, RUNNING, UNKNOWN
from stockflow.history.saved_run import VERSION, Description, HistoryEvent, SavedRun
from stockflow.history.visits import details_of
from stockflow.sources.journal import JOURNAL_FILE, LOCK_FILE, Journal, is_going, read_journal
from stockflow.sources.measured import measured_texts, stored_in
from stockflow.sources.run_folder import read_manifest, read_object
from stockflow_functions.domain.clock import SystemClock, to_iso
from stockflow_functions.domain.words import counted
from stockflow_functions.runtime.workflow import Workflow


def read_unended(folder: Path) -> SavedRun:
    """The run as far as its journal goes; its status is RUNNING, KILLED, that of its end, or UNKNOWN.

    The manifest of a killed run is its own if it has left one, else made from the records of its symbols.

    Raises:
        FileNotFoundError: the journal is missing, or no longer there: the run has ended.
        CommandFailed: it can't be read.
        Unusable: another release wrote it, or it holds something other than a run.
    """
    going = is_going(folder)  # asked first: a run that ends meanwhile has its end in the journal
    ended_in_order = not (folder / LOCK_FILE).is_file()
    try:
        journal = read_journal(folder)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise CommandFailed(f"{folder / JOURNAL_FILE} can't be read ({error.strerror}).") from None
    run = _as_saved_run(journal, folder)
    _set_end(run, otherwise=RUNNING if going else UNKNOWN if ended_in_order or going is None else KILLED)
    if going is None:
        run.missing.append(f"{folder / LOCK_FILE} can't be tried, so the run may still be going.")
    if run.description["status"] == KILLED:
        run.description["stopDate"] = max([run.description.get("stopDate", ""), *_last_in_shards(folder)])
    if not going:
        run.missing.append("There is no run.json: this is from the run's journal and its symbols' records.")
        run.manifest = read_manifest(folder) or _manifest(run, symbols_saved(folder, workflows.of_run(run)))
        run.texts = list(measured_texts(run.execution, run.manifest, workflows.of_run(run), stored_in(folder)))
    if journal.unreadable:
        run.missing.append(f"{counted(journal.unreadable, 'line')} of the run's journal can't be read.")
    return run


def symbols_saved(folder: Path, workflow: Workflow | None) -> list[JsonObject]:
    """The outcomes of the symbols that are done: from the manifest, else from records, journal and shards.

    They are in the order of their names.
    A failure's record may be from an attempt before the last.
    """
    done = workflow.done if workflow else frozenset()
    manifest = read_manifest(folder)
    records = (read_object(path) for path in sorted(folder.glob("symbols/*.json")))
    shards = (record for shard in sorted(folder.glob("shards/*")) for record in symbols_saved(shard, workflow))
    told = objects_in(manifest.get("symbols")) if manifest else [*_told_in_journal(folder), *records, *shards]
    by_name = {text_in(one.get("symbol")): one for one in told if one.get("status") in done}
    return [by_name[name] for name in sorted(by_name) if name]


def _told_in_journal(folder: Path) -> Iterator[JsonObject]:
    """What the functions of this run answered about how their symbols ended."""
    try:
        events = read_journal(folder).events
    except (OSError, CommandError):
        return
    for event in objects_in(events):
        if event.get("type") == "TaskSucceeded":
            answer = object_in(object_in(parsed(details_of(cast("HistoryEvent", event)).get("output"))).get("Payload"))
            yield object_in(answer.get("outcome"))


def _as_saved_run(journal: Journal, folder: Path) -> SavedRun:
    """Read in the same way as a run.json, so that damage of any kind ends in the same sentences."""
    value: dict[str, object] = {
        "version": VERSION,
        **{name: journal.head[name] for name in ("engine", "definition") if name in journal.head},
        "description": {"name": folder.name, **object_in(journal.head.get("description"))},
        "events": journal.events,
        "logs": journal.logs,
        "fetched_at": to_iso(SystemClock().now_ms()),
    }
    return SavedRun.from_dict(value, str(folder / JOURNAL_FILE))


def _set_end(run: SavedRun, *, otherwise: str) -> None:
    """Status and end, from the last event if it is an end, else as far as they are known.

    What a lane adds after the end is left out, as in a run.json.
    """
    number = next((n for n, event in enumerate(run.events) if event["type"] in ENDS), None)
    if number is None:
        run.description["status"] = otherwise
    else:
        del run.events[number + 1 :]
        end = run.events[number]
        ended = {name: value for name, value in details_of(end).items() if name in {"output", "error", "cause"}}
        run.description = cast("Description", {**run.description, **ended, "status": ENDS[end["type"]]})
    if run.description["status"] != RUNNING and run.events:
        run.description["stopDate"] = run.events[-1].get("timestamp", "")


def _last_in_shards(folder: Path) -> Iterator[str]:
    """The last moment of each shard that has not ended: its run goes as far as they do."""
    for shard in folder.glob(f"shards/*/{JOURNAL_FILE}"):
        with suppress(OSError, CommandError):
            yield from (text_in(object_in(event).get("timestamp")) for event in read_journal(shard.parent).events[-1:])


def _manifest(run: SavedRun, symbols: list[JsonObject]) -> JsonObject:
    description = run.description
    return {
        "execution": run.execution,
        "started_at": description.get("startDate"),
        "finished_at": description.get("stopDate"),
        "outcome": str(description["status"]).lower(),
        "symbols": symbols,
        "source": run.engine.get("source"),
    }
