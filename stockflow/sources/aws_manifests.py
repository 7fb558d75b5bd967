"""What the bucket of a run on AWS has about it: its manifest, and how each symbol's last good run went."""

from collections.abc import Callable, Iterator
from dataclasses import asdict
from itertools import islice
from typing import Any

from stockflow import workflows
from stockflow.history.compare import last_good_among
from stockflow.history.json_values import JsonObject
from stockflow.history.model import RunModel
from stockflow.history.saved_run import SavedRun
from stockflow.history.times import iso
from stockflow.sources.measured import Stored, measured_texts
from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.aws.errors import AWS_ERRORS
from stockflow_functions.domain.errors import StockflowError

MOST_EARLIER = 12
"""Manifests of earlier runs that are read, one request each, until every symbol's last good run is found."""

GetClient = Callable[[str], Any]


def add_manifests(run: SavedRun, model: RunModel, client: GetClient, missing: list[str]) -> None:
    """Adds the manifest, and what a comparison needs of earlier ones, to a run of this project's workflow."""
    functions = [attempt.function for visit in model.visits for attempt in visit.attempts if attempt.function]
    if not (model.over and model.replayable and functions):
        return
    try:
        settings = client("lambda").get_function_configuration(FunctionName=functions[-1])
        name = settings.get("Environment", {}).get("Variables", {}).get("S3_BUCKET")
        if not name:
            return
        bucket = Bucket(client("s3"), name)
        run.manifest = manifest_in(bucket, run.execution) or {}
        if run.manifest:
            run.texts = list(
                measured_texts(run.execution, run.manifest, workflows.of_run(run), _stored_in(bucket, run.execution))
            )
            earlier = islice(_earlier(run, bucket, client("stepfunctions")), MOST_EARLIER)
            found = last_good_among(run.manifest, ((manifest, dict) for manifest in earlier), model.conventions.done)
            run.last_good = {symbol: asdict(good) for symbol, good in found.items()}
    except (*AWS_ERRORS, StockflowError) as error:
        missing.append(f"Rows and the results of earlier runs are unknown: {error}")


def _stored_in(bucket: Bucket, execution: str) -> Stored:
    """Reads the run's objects, where it keeps them; what may not be read is as good as gone."""

    def stored(key: str) -> bytes | None:
        try:
            found = bucket.get(key) or bucket.below(keys.scratch(execution)).get(key)
        except StockflowError:
            return None
        return None if found is None else found.body

    return stored


def manifest_in(bucket: Bucket, execution: str) -> JsonObject | None:
    """The manifest of an execution, if it has one; a smoke run keeps its own apart from the others.

    Raises:
        StockflowError: the bucket may not be read, or does not answer.
    """
    for place in (bucket, bucket.below(keys.scratch(execution))):
        try:
            manifest = place.get_json(keys.manifest(execution))
        except ValueError:
            continue
        if isinstance(manifest, dict):
            return manifest
    return None


def _earlier(run: SavedRun, bucket: Bucket, stepfunctions: Any) -> Iterator[JsonObject]:
    """Manifests of the runs that ended before this one began, newest first; AWS lists the most recent first."""
    machine, began = run.description["stateMachineArn"], run.description["startDate"]
    for execution in stepfunctions.list_executions(stateMachineArn=machine, maxResults=1000)["executions"]:
        ended_before = "stopDate" in execution and iso(execution["stopDate"]) <= began
        is_shard = keys.whole_run(execution["name"]) != execution["name"]
        if ended_before and not is_shard and execution["name"] != run.execution:
            manifest = manifest_in(bucket, execution["name"])
            if manifest:
                yield manifest
