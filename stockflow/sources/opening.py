"""Opens a run: ``latest``, a name, a folder, a file, an execution's ARN or its address in the console."""

import json
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote

from stockflow import workflows
from stockflow.errors import CommandError, CommandFailed, Unusable
from stockflow.history.express import events_of_log, looks_like_a_log
from stockflow.history.masking import masked
from stockflow.history.model import KILLED, RunModel
from stockflow.history.saved_run import AWS, SavedRun, checked_events
from stockflow.page.page import Surroundings
from stockflow.sources.journal import JOURNAL_FILE, is_going
from stockflow.sources.run_folder import MANIFEST_FILE, PLAN_FILE, RUN_FILE
from stockflow.sources.saving import reference_to, surroundings_of
from stockflow.sources.shards import with_shards
from stockflow.sources.unended import read_unended
from stockflow_functions.domain.words import named_few

_ARN = re.compile(r"arn:aws[\w-]*:states:[\w-]+:\d+:[^\s?#&\"'<>]+")
_SOME = 5
_OF_RUNS = (JOURNAL_FILE, RUN_FILE)

Fetch = Callable[[str], SavedRun]


@dataclass
class OpenedRun:
    """A run and where it comes from.

    Attributes:
        run: with secrets masked.
        reference: how a command names it.
        folder: its folder in an output directory, with manifest and siblings; None for a file from elsewhere or AWS.
        file: the file it was read from; None for one from AWS.
    """

    run: SavedRun
    reference: str
    folder: Path | None = None
    file: Path | None = None

    @cached_property
    def model(self) -> RunModel:
        """The model, built once."""
        return workflows.model_of(self.run)

    @property
    def on_aws(self) -> bool:
        """Whether it ran on AWS, so that AWS may know more about it."""
        return self.file is None or self.run.engine.get("name") == AWS

    def surroundings(self) -> Surroundings:
        """What its page shows from the files around it."""
        return surroundings_of(self.folder, self.run, self.reference)


def open_run(
    reference: str, output_dir: Path | str = "out", fetch: Fetch | None = None, *, wanted: str = ""
) -> OpenedRun:
    """Opens a run.

    Args:
        reference: ``latest``; a name under ``output_dir``/runs; a folder with a ``run.json``, or with the journal of a
            run that was killed or is under way; as a file a saved run, a history (the answer of GetExecutionHistory,
            or its events) or exported log lines of an Express execution; an execution's ARN, or an address that holds
            one.
        output_dir: laid out as the bucket is.
        fetch: gets an execution from AWS by its ARN.
        wanted: of a run in shards, the symbol or the shard (``0007``) whose history is; there is not room for all.

    Raises:
        CommandFailed: there is no such run, or it may not be read.
        Unusable: what is there can't be read as a run.
    """
    opened = _opened(reference, Path(output_dir) / "runs", fetch, wanted)
    return replace(opened, run=with_shards(opened.run, opened.folder, wanted))


def _opened(reference: str, runs: Path, fetch: Fetch | None, wanted: str) -> OpenedRun:
    arn = arn_in(reference)
    if arn:
        return _open_arn(arn, fetch or _from_aws(wanted), runs)
    if reference == "latest":
        return _open_latest(runs)
    for place in (Path(reference), runs / reference):
        if place.is_dir():
            return _open_folder(place)
        if place.is_file():
            return _open_file(place)
    raise CommandFailed(
        f"There is no run {reference!r}: write latest, the name or folder of a run, a run.json or history file, "
        f"or an execution's ARN. {_known(runs)}"
    )


def killed_before(output_dir: Path) -> Path | None:
    """The folder of the newest run, if it was killed."""
    for folder in _folders(output_dir / "runs")[:1]:
        with suppress(CommandError):
            return folder if _open_folder(folder).run.description.get("status") == KILLED else None
    return None


def newest_run(output_dir: Path) -> Path | None:
    """The folder of the newest run, whatever it has come to; None if there is none."""
    return next(iter(_folders(output_dir / "runs")), None)


def arn_in(reference: str) -> str | None:
    """The ARN that a reference is, or that an address of the AWS console contains; None if there is none."""
    found = _ARN.search(unquote(reference))
    return found[0] if found else None


def _from_aws(wanted: str) -> Fetch:
    from stockflow.sources.aws_source import fetch_execution  # noqa: PLC0415 # boto3 only where AWS is asked

    return lambda arn: fetch_execution(arn, wanted=wanted)


def _open_arn(arn: str, fetch: Fetch, runs: Path) -> OpenedRun:
    """From AWS; if AWS does not return it, or no longer does, the copy that an earlier `stockflow show` has kept."""
    try:
        return OpenedRun(masked(_fetched(arn, fetch)), reference=arn)
    except CommandError as refusal:
        name = arn.split(":")[7] if arn.count(":") > 6 else ""  # noqa: PLR2004 # where an execution's ARN has its name
        try:
            kept = _open_folder(runs / name)
        except CommandError:
            raise refusal from None
        if kept.run.description.get("executionArn") != arn:
            raise
        kept.run.missing.append(f"This is the copy of {kept.run.fetched_at} in {kept.folder}. {refusal}")
        return kept


def _fetched(arn: str, fetch: Fetch) -> SavedRun:
    kind = arn.split(":")[5]
    if kind not in {"execution", "express"}:
        raise Unusable(
            f"{arn} is the ARN of a {kind}, not of an execution: open one of its executions and take that ARN."
        )
    return fetch(arn)


def _open_latest(runs: Path) -> OpenedRun:
    folders = _folders(runs)
    over = [folder for folder in folders if not is_going(folder)]
    if not folders:
        raise CommandFailed(
            f"There is no run under {runs} yet: start one with `stockflow run`, or name another --output-dir."
        )
    opened = _open_folder((over or folders)[0])
    newer = folders[: folders.index(over[0])] if over else []
    opened.run.missing += [f"A newer run is still going: {folder.name}." for folder in newer[:1]]
    return opened


def _folders(runs: Path) -> list[Path]:
    """Run folders, newest first, by the latest write to the run itself or its journal."""
    found: dict[Path, int] = {}
    with suppress(OSError):
        for place in (place for name in _OF_RUNS for place in runs.glob(f"*/{name}")):
            with suppress(FileNotFoundError):  # the run has just ended, and its journal is gone
                found[place.parent] = place.stat().st_mtime_ns
    return sorted(found, key=lambda folder: (found[folder], folder.name), reverse=True)


def _known(runs: Path) -> str:
    names = [folder.name for folder in _folders(runs)]
    if not names:
        return f"Under {runs} there is none yet."
    return f"Under {runs} there are {named_few(names, _SOME)}."


def _open_folder(folder: Path) -> OpenedRun:
    """Its run.json; if it is missing, its journal."""
    if not (folder / RUN_FILE).is_file():
        try:
            run = masked(read_unended(folder))
        except FileNotFoundError:
            pass  # there is none, or the run has just ended
        else:
            return OpenedRun(run, reference_to(folder), folder, folder / JOURNAL_FILE)
    if (folder / RUN_FILE).is_file():
        return _open_file(folder / RUN_FILE)
    left = [name for name in (MANIFEST_FILE, PLAN_FILE) if (folder / name).is_file()]
    why = f"it has a {left[0]}, but no journal either" if left else "it is not a run's folder"
    raise CommandFailed(f"There is no {RUN_FILE} in {folder} ({why}): name a folder under runs/, or a history file.")


def _open_file(file: Path) -> OpenedRun:
    if file.name == JOURNAL_FILE:
        return _open_folder(file.parent)
    run = masked(_read(file))
    saved_here = file.name == RUN_FILE and file.parent.name != ""
    folder = file.parent if saved_here else None
    return OpenedRun(run, reference_to(folder) if folder else str(file), folder, file)


def _read(file: Path) -> SavedRun:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise Unusable(f"{file} is not text: name a run.json, a history as JSON, or an execution's ARN.") from None
    except OSError as error:
        raise CommandFailed(f"{file} can't be read ({error.strerror}).") from None
    value = _parsed(text, file)
    if looks_like_a_log(value):
        return SavedRun(
            engine={"name": AWS, "version": "Express"},
            description={"name": file.stem},
            events=checked_events(events_of_log(value), str(file)),
            missing=["Only the log lines of this Express execution are at hand: its definition is not among them."],
        )
    if isinstance(value, dict) and "version" in value and "description" in value:
        return SavedRun.from_dict(value, str(file))
    events = value.get("events") if isinstance(value, dict) else value
    if not isinstance(events, list):
        raise Unusable(f"{file} is {_what(value)}, not a run: name a run.json, or a history with its list of events.")
    missing = ["Only the history is at hand: the definition, the log lines and the run's name are not."]
    if isinstance(value, dict) and value.get("nextToken"):
        missing.append("The history goes on: this file holds only its first pages.")
    return SavedRun(description={"name": file.stem}, events=checked_events(events, str(file)), missing=missing)


def _parsed(text: str, file: Path) -> object:
    try:
        return json.loads(text)
    except RecursionError:
        raise Unusable(f"{file} is nested too deeply to be a run.") from None
    except json.JSONDecodeError as error:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) > 1:
            with suppress(ValueError):
                return [json.loads(line) for line in lines]
        raise _unreadable(text, file, error) from None


def _unreadable(text: str, file: Path, error: json.JSONDecodeError) -> Unusable:
    whole = text.strip()
    unended = error.msg.startswith("Unterminated") or error.pos >= len(text.rstrip()) - 1
    if whole[:1] in {"{", "["} and (unended or whole[-1] not in "}]"):
        return Unusable(f"{file} is cut off after {len(text):,} characters: take a whole copy, or the execution's ARN.")
    return Unusable(f"{file} is not JSON (line {error.lineno}): name a run.json or a history file.")


def _what(value: object) -> str:
    if isinstance(value, dict):
        if "States" in value:
            return "a state machine's definition"
        return "a manifest" if "outcome" in value and "symbols" in value else "JSON of another kind"
    return "JSON of another kind"
