"""Lists runs, newest first: those of an output folder, or of a deployed stack."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from heapq import merge
from itertools import islice
from pathlib import Path
from typing import NotRequired, TypedDict

from stockflow import workflows
from stockflow.cloud.refusals import aws_errors_as_sentences
from stockflow.cloud.stack import Aws, Stack
from stockflow.errors import CommandError
from stockflow.history.json_values import JsonObject, object_in, objects_in, text_in
from stockflow.history.saved_run import SavedRun
from stockflow.history.times import iso
from stockflow.sources.aws_manifests import manifest_in
from stockflow.sources.run_folder import PLAN_FILE, RUN_FILE, read_manifest, read_object
from stockflow.sources.unended import read_unended
from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.domain.clock import from_iso, to_iso
from stockflow_functions.domain.errors import StockflowError
from stockflow_functions.domain.outcome import FAILED

UNFINISHED = "unfinished"
_PAGE = 1000
"""A run may be listed behind hundreds of its shards."""


class ListedExecution(TypedDict):
    """An execution as ListExecutions returns it."""

    name: str
    executionArn: str
    status: str
    startDate: datetime
    stopDate: NotRequired[datetime]


@dataclass(frozen=True)
class ListedRun:
    """One run.

    Attributes:
        started_at: ISO 8601, UTC; empty if unknown.
        seconds: how long it took; None while it runs, or if unknown.
        outcome: the manifest's, or in small letters the execution's status, such as ``killed``; ``unfinished`` for a
            run that left neither.
        statuses: what became of its items, one word each.
        failed: the items that failed.
        item: the word for one of them, such as ``symbol``.
        folder: the run's folder; empty for a run on AWS.
        arn: the execution's ARN; empty for a run in a folder.
    """

    execution: str
    started_at: str
    seconds: float | None
    outcome: str
    statuses: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    item: str = "symbol"
    folder: str = ""
    arn: str = ""


def local_runs(output_dir: Path, limit: int) -> list[ListedRun]:
    """The runs in the folder, at most ``limit`` of them."""
    folders = [folder for folder in (output_dir / "runs").glob("*") if folder.is_dir()]
    runs = [replace(_in_folder(folder), folder=str(folder)) for folder in folders]
    return sorted(runs, key=lambda run: (run.started_at, run.execution), reverse=True)[:limit]


def _in_folder(folder: Path) -> ListedRun:
    manifest = read_manifest(folder)
    if manifest is not None:
        return _from_manifest(folder.name, manifest)
    if not (folder / RUN_FILE).is_file():
        with suppress(FileNotFoundError, CommandError):
            return _from_journal(folder, read_unended(folder))
    description = object_in(read_object(folder / RUN_FILE).get("description"))
    planned = object_in(read_object(folder / PLAN_FILE).get("run"))
    started_at = description.get("startDate") or planned.get("started_at")
    return ListedRun(
        folder.name,
        str(started_at or _modified(folder)),
        _seconds(started_at, description.get("stopDate")),
        str(description.get("status") or UNFINISHED).lower(),
        item=_item_of_machine(str(description.get("stateMachineArn")).rpartition(":")[2]),
    )


def _from_journal(folder: Path, run: SavedRun) -> ListedRun:
    started_at = str(run.description.get("startDate") or _modified(folder))
    item = (workflows.of_run(run) or workflows.default()).item
    if not run.manifest:
        return ListedRun(folder.name, started_at, None, run.description["status"].lower(), item=item)
    return replace(_from_manifest(folder.name, {**run.manifest, "started_at": started_at}), item=item)


def aws_runs(aws: Aws, stack: Stack, limit: int) -> tuple[list[ListedRun], str]:
    """The stack's runs, at most ``limit`` of them, and a sentence if their manifests can't be read.

    Raises:
        CommandFailed, Unusable: they can't be listed.
    """
    bucket, complaint = Bucket(aws.client("s3"), stack.bucket), ""
    runs = []
    for execution in _executions(aws, stack, limit):
        manifest = None
        if not complaint and execution["status"] != "RUNNING":
            try:
                manifest = manifest_in(bucket, execution["name"])
            except StockflowError as error:
                complaint = f"It is unknown what became of their symbols: {error}"
        run = _from_manifest(execution["name"], manifest) if manifest else _from_execution(execution)
        arn = execution["executionArn"]
        runs.append(replace(run, item=_item_of_machine(arn.split(":")[6]), arn=arn))
    return runs, complaint


def _executions(aws: Aws, stack: Stack, limit: int) -> Iterable[ListedExecution]:
    """The executions of all its workflows, most recent first."""
    listed = [executions_of(aws, stack, machine_arn, limit) for machine_arn in stack.machine_arns]
    return islice(merge(*listed, key=lambda execution: execution["startDate"], reverse=True), limit)


def executions_of(aws: Aws, stack: Stack, machine_arn: str, limit: int) -> Iterator[ListedExecution]:
    """The executions of one state machine, most recent first, as AWS lists them; without shards of others."""
    stepfunctions = aws.client("stepfunctions")
    more: dict[str, str] = {}
    while limit > 0:
        with aws_errors_as_sentences(f"list the runs of {stack.name}", "states:ListExecutions"):
            page = stepfunctions.list_executions(stateMachineArn=machine_arn, maxResults=_PAGE, **more)
        whole = [execution for execution in page["executions"] if not _is_shard(execution)]
        yield from whole[:limit]
        limit -= len(whole)
        if not page.get("nextToken"):
            return
        more = {"nextToken": page["nextToken"]}


def _is_shard(execution: ListedExecution) -> bool:
    name = execution["executionArn"].rpartition(":")[2]
    return keys.whole_run(name) != name


def _from_manifest(execution: str, manifest: JsonObject) -> ListedRun:
    symbols = objects_in(manifest.get("symbols"))
    return ListedRun(
        execution,
        str(manifest.get("started_at") or ""),
        _seconds(manifest.get("started_at"), manifest.get("finished_at")),
        str(manifest.get("outcome") or UNFINISHED),
        [str(symbol.get("status")) for symbol in symbols],
        [str(symbol.get("symbol")) for symbol in symbols if symbol.get("status") == FAILED],
        _item_of_machine(str(manifest.get("workflow"))),
    )


def _item_of_machine(machine: str) -> str:
    return (workflows.of_machine(machine) or workflows.default()).item


def _from_execution(execution: ListedExecution) -> ListedRun:
    started_at, stopped_at = iso(execution["startDate"]), execution.get("stopDate")
    seconds = _seconds(started_at, iso(stopped_at)) if stopped_at else None
    return ListedRun(execution["name"], started_at, seconds, execution["status"].lower())


def _seconds(started_at: object, finished_at: object) -> float | None:
    try:
        return (from_iso(text_in(finished_at)) - from_iso(text_in(started_at))) / 1000
    except ValueError:
        return None


def _modified(folder: Path) -> str:
    return to_iso(round(folder.stat().st_mtime * 1000))
