"""What happens when a laptop run ends: the notifier that EventBridge would call, the manifest, and the saved run."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import NotRequired, TypedDict, cast
from urllib.parse import urlsplit

from stockflow.embedded.function_host import LogBook
from stockflow.embedded.journal import naming
from stockflow.history.masking import Masker
from stockflow.history.saved_run import Description, Engine, HistoryEvent, SavedRun
from stockflow.history.times import iso
from stockflow.local_servers.slack_inbox import SlackInbox
from stockflow.manifest import Manifest
from stockflow.sources.saving import save_run
from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.domain.clock import SystemClock, to_iso
from stockflow_functions.reporting.failure import read_error

_HEARD_BY_THE_RULE = frozenset({"FAILED", "TIMED_OUT", "ABORTED"})


class EndedExecution(TypedDict):
    """DescribeExecution's answer of an execution that has ended."""

    executionArn: str
    stateMachineArn: str
    name: str
    status: str
    startDate: datetime
    stopDate: datetime
    input: NotRequired[str]
    error: NotRequired[str]
    cause: NotRequired[str]


@dataclass(frozen=True)
class EndOfRun:
    """What an ended execution leaves behind, and where it goes.

    Attributes:
        description: DescribeExecution's answer.
        definition: the ASL that ran, as JSON text.
        notify: calls the function that the rule for failed runs calls, with its event.
        log_book: the lines of all functions of this process.
        slack: the messages to people, if they stay on this machine.
        folder: the run's.
        masker: knows the secrets.
        is_shard: a part of another run, which has the page of all.
    """

    description: EndedExecution
    definition: str
    events: Sequence[HistoryEvent]
    engine: Engine
    notify: Callable[[bytes], object]
    bucket: Bucket
    log_book: LogBook
    slack: SlackInbox | None
    folder: Path
    masker: Masker
    is_shard: bool = False

    def settle(self) -> Manifest:
        """Does what AWS does around an ended execution, saves the run, and returns its manifest.

        If the disk does not take the run, the manifest has a sentence about it under ``unsaved``.
        """
        if self.description["status"] in _HEARD_BY_THE_RULE:
            self._call_the_rule()
        stored: Manifest | None = self.bucket.get_json(keys.manifest(self.description["name"]))
        manifest = stored or _bare_manifest(self.description)
        try:
            save_run(self.folder, self._saved(), masker=self.masker, page=not self.is_shard)
        except OSError as error:
            why = f"{self.folder} lacks run.json or report.html: {error.strerror}. Make room there, and run again."
            return {**manifest, "unsaved": why}
        return manifest

    def logs(self) -> dict[str, list[str]]:
        """The log lines of this execution's functions, by request id."""
        names = naming(self.description["name"])
        return {request_id: log for request_id, log in self.log_book.by_request_id().items() if names(log)}

    def _saved(self) -> SavedRun:
        name = self.description["name"]
        messages = self.slack.messages if self.slack and not self.is_shard else ()
        return SavedRun(
            engine=self.engine,
            definition=json.loads(self.definition),
            description=cast("Description", self.description),
            events=list(self.events),
            logs=self.logs(),
            slack=[
                {"channel": message.channel, "received_at": message.received_at, "payload": message.payload}
                for message in messages
                if name in json.dumps(message.payload)
            ],
            fetched_at=to_iso(SystemClock().now_ms()),
        )

    def _call_the_rule(self) -> None:
        """Calls the notifier as template.yaml's EventBridge rule does: unused slots are released, news is reported."""
        description = self.description
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
        self.notify(json.dumps({"report": "event", "event": {"detail": detail}}).encode())


def engine_of(base_url: str, origin: str, settings: Mapping[str, str]) -> Engine:
    """What runs the workflow, where its prices come from, and which variables name its local engines."""
    source = urlsplit(base_url).hostname or ""
    return {
        "name": "moto",
        "version": version("moto"),
        "source": source,
        "prices": origin,
        "settings": dict(settings),
    }


def _bare_manifest(description: EndedExecution) -> Manifest:
    """The manifest of a run whose notifier could not write one (S3 refused everything)."""
    error = {"Error": description.get("error") or description["status"], "Cause": description.get("cause")}
    name, message = read_error(error)
    return {
        "execution": description["name"],
        "execution_arn": description["executionArn"],
        "started_at": iso(description["startDate"]),
        "finished_at": iso(description["stopDate"]),
        "outcome": "failed",
        "symbols": [],
        "error": {"type": name, "message": message, "state": ""},
    }
