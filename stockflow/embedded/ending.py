"""What happens when a laptop run ends: the notifier that EventBridge would call, the manifest, and the saved run."""

import json
from importlib.metadata import version
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from stockflow.history.saved_run import SavedRun
from stockflow.sources.saving import save_run
from stockflow_functions.aws import keys
from stockflow_functions.domain.clock import SystemClock, to_iso
from stockflow_functions.reporting.failure import read_error

if TYPE_CHECKING:
    from stockflow.embedded.aws import EmbeddedAws

_HEARD_BY_THE_RULE = frozenset({"FAILED", "TIMED_OUT", "ABORTED"})


def end_of_run(aws: "EmbeddedAws", execution_arn: str) -> dict[str, Any]:
    """Does for an ended execution what AWS does around it, saves the run, and gives its manifest.

    Where the disk does not take the run, the manifest has a sentence about it under ``unsaved``.
    """
    description = aws.stepfunctions.describe_execution(executionArn=execution_arn)
    if description["status"] in _HEARD_BY_THE_RULE:
        _call_the_rule(aws, description)
    manifest = aws.services.bucket.get_json(keys.manifest(description["name"])) or _bare_manifest(description)
    folder = aws.run_folder(execution_arn)
    try:
        save_run(folder, _saved(aws, description), masker=aws.journals.masker_of(execution_arn))
    except OSError as error:
        why = f"{folder} lacks run.json or report.html: {error.strerror}. Make room there, and run again."
        return {**manifest, "unsaved": why}
    return dict(manifest)


def engine_of(aws: "EmbeddedAws") -> dict[str, Any]:
    """What runs the workflow, and where its prices come from."""
    source = urlsplit(aws.services.settings.alpha_vantage_base_url).hostname or ""
    return {"name": "moto", "version": version("moto"), "source": source, "prices": aws.origin}


def _saved(aws: "EmbeddedAws", description: dict[str, Any]) -> SavedRun:
    execution_arn, name = description["executionArn"], description["name"]
    machine = aws.stepfunctions.describe_state_machine_for_execution(executionArn=execution_arn)
    lines = aws.log_book.by_request_id().items()
    messages = aws.slack.messages if aws.slack else ()
    return SavedRun(
        engine=engine_of(aws),
        definition=machine["definition"],
        description=description,
        events=aws.history_since(execution_arn, 0),
        logs={request_id: log for request_id, log in lines if any(name in line for line in log)},
        slack=[
            {"channel": message.channel, "received_at": message.received_at, "payload": message.payload}
            for message in messages
            if name in json.dumps(message.payload)
        ],
        fetched_at=to_iso(SystemClock().now_ms()),
    )


def _call_the_rule(aws: "EmbeddedAws", description: dict[str, Any]) -> None:
    """Calls Notify as template.yaml's EventBridge rule does: it gives unused slots back, and tells what is news."""
    detail = {
        "executionArn": description["executionArn"],
        "stateMachineArn": description["stateMachineArn"],
        "name": description["name"],
        "status": description["status"],
        "startDate": round(description["startDate"].timestamp() * 1000),
        "stopDate": round(description["stopDate"].timestamp() * 1000),
        "input": description.get("input", "{}"),
        "error": description.get("error"),
        "cause": description.get("cause"),
    }
    aws.functions["Notify"](json.dumps({"report": "event", "event": {"detail": detail}}).encode())


def _bare_manifest(description: dict[str, Any]) -> dict[str, Any]:
    """The manifest of a run whose notifier could not write one (S3 refused everything)."""
    error = {"Error": description.get("error") or description["status"], "Cause": description.get("cause")}
    name, message = read_error(error)
    return {
        "execution": description["name"],
        "execution_arn": description["executionArn"],
        "started_at": to_iso(round(description["startDate"].timestamp() * 1000)),
        "finished_at": to_iso(round(description["stopDate"].timestamp() * 1000)),
        "outcome": "failed",
        "symbols": [],
        "error": {"type": name, "message": message, "state": ""},
    }
