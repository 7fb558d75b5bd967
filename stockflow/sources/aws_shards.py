"""The shards of a run on AWS: found by their names, and read as far as they matter, with few requests.

What shards there are is an object in the bucket, how they ended is in the run's own history, and what became of their
symbols in its manifest: three reads, whatever the number of shards. The histories of those that matter follow.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from stockflow import workflows
from stockflow.history.definition import read_definition
from stockflow.history.json_values import JsonObject, count_in, list_in, object_in, objects_in, parsed, text_in
from stockflow.history.saved_run import Description, HistoryEvent, SavedRun, ShardRun
from stockflow.history.times import iso
from stockflow.history.visits import details_of
from stockflow.sources.aws_manifests import manifest_in
from stockflow.sources.shard_choice import MOST_EVENTS, KnownShard, most_telling_first, not_at_hand
from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.aws.errors import AWS_ERRORS
from stockflow_functions.domain.errors import StockflowError

MOST_PAGES = 10
"""Of the list of the machine's executions, 1,000 a page, where the run itself does not say how its shards ended."""
MOST_MANIFESTS = 100
"""Of shards, one request each, where the run has no manifest yet."""

GetClient = Callable[[str], Any]
History = Callable[[str], Iterator[HistoryEvent]]


def is_in_shards(run: SavedRun) -> bool:
    """Whether the run went into shards."""
    return bool(_entered(run))


def add_shards(run: SavedRun, client: GetClient, history: History, wanted: str, missing: list[str]) -> None:
    """Puts the shards into the run, those first that matter.

    Args:
        history: reads an execution's history by its ARN.
        wanted: a symbol or a shard (``0007``), whose history comes first.
        missing: gets a sentence for what may not be read.
    """
    try:
        bucket = Bucket(client("s3"), text_in(_pointer(run).get("bucket")))
        shards = _known(run, bucket, client("stepfunctions"))
        run.manifest = manifest_in(bucket, run.execution) or {}
        run.records = [] if run.manifest else list(_records(shards, bucket))
    except (*AWS_ERRORS, StockflowError, ValueError) as error:
        missing.append(f"The run's shards and what became of their symbols are unknown: {error}")
        return
    workflow = workflows.of_run(run)
    done = workflow.done if workflow else frozenset()
    records = objects_in(run.manifest.get("symbols")) or objects_in(run.records)
    taken = _histories(run, most_telling_first(shards, records, wanted, done), client, history, missing)
    run.shards = [taken.get(shard.number) or _unread(shard) for shard in shards]
    missing += not_at_hand(run.execution, shards, taken.keys())


def shard_arn(execution_arn: str, number: int) -> str:
    """The ARN of a shard of this execution."""
    *machine, name = execution_arn.split(":")
    return ":".join([*machine, keys.shard_execution(name, number)])


def _entered(run: SavedRun) -> JsonObject:
    """The input of the Map of shards; empty if it was not entered."""
    workflow = workflows.of_run(run)
    machine = read_definition(run.definition)
    if workflow is None or not workflow.sharding or machine is None:
        return {}
    return next(
        (
            object_in(parsed(details_of(event).get("input")))
            for event in run.events
            if event["type"] == "MapStateEntered" and details_of(event).get("name") == workflow.sharding
        ),
        {},
    )


def _pointer(run: SavedRun) -> JsonObject:
    return object_in(_entered(run).get("shards"))


def _known(run: SavedRun, bucket: Bucket, stepfunctions: Any) -> list[KnownShard]:
    listed = objects_in(bucket.get_json(text_in(_pointer(run).get("key"))))
    statuses = _ended(run, len(listed)) or _statuses(
        run, stepfunctions, {text_in(one.get("execution")) for one in listed}
    )
    shards = []
    for entry in listed:
        number, name = count_in(entry.get("number")), text_in(entry.get("execution"))
        status = statuses.get(name)
        description = Description(name=name, status=status) if status else Description()
        shards.append(KnownShard(number, [text_in(one) for one in list_in(entry.get("symbols"))], description))
    return shards


def _ended(run: SavedRun, count: int) -> Mapping[str, str]:
    """The status of each shard, where the run's own history says how they ended; else nothing."""
    ends = (
        object_in(object_in(parsed(details_of(event).get("output"))).get("shards")).get("ended")
        for event in run.events
        if event["type"] == "MapStateExited"
    )
    ended = next((objects_in(end) for end in ends if isinstance(end, list)), None)
    if ended is None:
        return {}
    broken = {count_in(one.get("shard")) for one in ended if "shard" in one}
    return {
        keys.shard_execution(run.execution, number): "FAILED" if number in broken else "SUCCEEDED"
        for number in range(1, count + 1)
    }


def _statuses(run: SavedRun, stepfunctions: Any, names: set[str]) -> Mapping[str, str]:
    """The statuses of those of these executions that there are; AWS lists the most recent first."""
    found: dict[str, str] = {}
    page = {"stateMachineArn": run.description["stateMachineArn"], "maxResults": 1000}
    for _ in range(MOST_PAGES):
        answer = stepfunctions.list_executions(**page)
        found |= {one["name"]: one["status"] for one in answer["executions"] if one["name"] in names}
        older = any(iso(one["startDate"]) < run.description["startDate"] for one in answer["executions"][-1:])
        if older or len(found) == len(names) or not answer.get("nextToken"):
            break
        page["nextToken"] = answer["nextToken"]
    return found


def _records(shards: list[KnownShard], bucket: Bucket) -> Iterator[JsonObject]:
    over = [shard for shard in shards if shard.description.get("status", "RUNNING") != "RUNNING"]
    for shard in over[:MOST_MANIFESTS]:
        manifest = manifest_in(bucket, str(shard.description.get("name")))
        yield from objects_in((manifest or {}).get("symbols"))


def _histories(
    run: SavedRun, shards: list[KnownShard], client: GetClient, history: History, missing: list[str]
) -> dict[int, ShardRun]:
    """Those of the first of the shards, as many as have room; what is gone is passed over."""
    taken: dict[int, ShardRun] = {}
    room = MOST_EVENTS
    execution_arn = str(run.description.get("executionArn"))
    stepfunctions = client("stepfunctions")
    for shard in shards:
        if room <= 0:
            break
        arn = shard_arn(execution_arn, shard.number)
        try:
            described = SavedRun(description=stepfunctions.describe_execution(executionArn=arn)).description
            events = SavedRun(events=list(history(arn))).events
        except AWS_ERRORS as error:
            missing.append(f"The histories of shards can't be read: {error}")
            break
        taken[shard.number] = {
            "number": shard.number,
            "description": described,
            "symbols": shard.symbols,
            "events": events,
        }
        room -= len(events)
    return taken


def _unread(shard: KnownShard) -> ShardRun:
    return {"number": shard.number, "description": shard.description, "symbols": shard.symbols, "events": []}
