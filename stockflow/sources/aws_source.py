"""Fetches an execution from AWS: its history to the last page, the definition that ran, child executions, log lines.

What may not be read, or no longer exists, becomes a sentence under ``missing``; only the execution itself must exist.
"""

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from stockflow import workflows
from stockflow.cloud.refusals import aws_errors_as_sentences, of_execution
from stockflow.cloud.stack import Aws
from stockflow.history.saved_run import AWS, ChildExecution, Description, HistoryEvent, MapRun, SavedRun
from stockflow.sources.aws_logs import add_log_lines, fetch_express
from stockflow.sources.aws_manifests import add_manifests
from stockflow.sources.aws_shards import add_shards, is_in_shards
from stockflow_functions.aws.errors import code_of
from stockflow_functions.domain.clock import Clock, SystemClock, to_iso

PAGE = 1000
MOST_CHILDREN = 2000
MOST_CHILD_HISTORIES = 60
_NOT_WELL = {"FAILED", "TIMED_OUT", "ABORTED", "RUNNING"}
_NEEDS = "states:DescribeExecution and states:GetExecutionHistory"


def fetch_execution(arn: str, session: Any = None, clock: Clock | None = None, *, wanted: str = "") -> SavedRun:
    """The execution as a saved run, secrets not yet masked.

    Args:
        wanted: as :func:`opening.open_run`.

    Raises:
        CommandFailed: the execution does not exist, or no longer does, or may not be read.
        Unusable: AWS refuses the ARN, or the credentials are missing or refused.
    """
    return _Fetch(arn, session, clock or SystemClock(), wanted).run()


class _Fetch:
    def __init__(self, arn: str, session: Any, clock: Clock, wanted: str) -> None:
        self.arn = arn
        self.wanted = wanted
        self.aws = Aws(arn.split(":")[3], session)
        self.clock = clock
        self.missing: list[str] = []

    def run(self) -> SavedRun:
        with aws_errors_as_sentences(f"read {self.arn}", _NEEDS, of_execution(self.arn)):
            run = self._express() if ":express:" in self.arn else self._standard()
        run.engine = {"name": AWS, "version": self.aws.region}
        run.fetched_at = to_iso(self.clock.now_ms())
        run.missing = self.missing
        model = workflows.model_of(run)
        add_log_lines(run, model, self.aws.client, self.missing)
        add_manifests(run, model, self.aws.client, self.missing)
        return run

    def _standard(self) -> SavedRun:
        sfn = self.aws.client("stepfunctions")
        run = SavedRun(
            description=sfn.describe_execution(executionArn=self.arn),
            definition=self._definition(sfn),
            events=list(self._history(sfn, self.arn)),
        )
        if is_in_shards(run):
            add_shards(run, self.aws.client, lambda arn: self._history(sfn, arn), self.wanted, self.missing)
        else:
            run.map_runs = self._map_runs(sfn)
        return run

    def _express(self) -> SavedRun:
        machine_arn = ":".join(self.arn.replace(":express:", ":stateMachine:").split(":")[:7])
        machine = self.aws.client("stepfunctions").describe_state_machine(stateMachineArn=machine_arn)
        return fetch_express(self.arn, machine, self.aws.client("logs"), self.clock.now_ms(), self.missing)

    def _history(self, sfn: Any, arn: str) -> Iterator[HistoryEvent]:
        page = {"executionArn": arn, "maxResults": PAGE}
        while True:
            answer = sfn.get_execution_history(**page)
            yield from answer["events"]
            if not answer.get("nextToken"):
                return
            page["nextToken"] = answer["nextToken"]

    def _definition(self, sfn: Any) -> Any:
        try:
            return sfn.describe_state_machine_for_execution(executionArn=self.arn)["definition"]
        except ClientError as error:
            self.missing.append(
                f"The definition that ran can't be read ({code_of(error)}): the graph is drawn from events."
            )
            return {}

    def _map_runs(self, sfn: Any) -> list[MapRun]:
        try:
            listed = sfn.list_map_runs(executionArn=self.arn)["mapRuns"]
            return [self._map_run(sfn, item["mapRunArn"]) for item in listed]
        except ClientError as error:
            self.missing.append(f"The child executions of Distributed Maps can't be read ({code_of(error)}).")
            return []

    def _map_run(self, sfn: Any, arn: str) -> MapRun:
        children: list[ChildExecution] = []
        left = MOST_CHILD_HISTORIES
        for entry in self._children(sfn, arn):
            wanted = entry.get("status") in _NOT_WELL
            if wanted and left:
                left -= 1
                child = entry["executionArn"]
                description = sfn.describe_execution(executionArn=child)
                children.append({"description": description, "events": list(self._history(sfn, child))})
            else:
                children.append({"description": entry, "events": []})
        if not left:
            self.missing.append(
                f"Only the first {MOST_CHILD_HISTORIES} failed child executions have their history here."
            )
        return _plain_map_run(sfn.describe_map_run(mapRunArn=arn), children)

    def _children(self, sfn: Any, arn: str) -> Iterator[Description]:
        page = {"mapRunArn": arn, "maxResults": PAGE}
        count = 0
        while True:
            answer = sfn.list_executions(**page)
            for entry in answer["executions"]:
                yield entry
                count += 1
                if count == MOST_CHILDREN:
                    self.missing.append(f"Only the first {MOST_CHILDREN:,} child executions are here.")
                    return
            if not answer.get("nextToken"):
                return
            page["nextToken"] = answer["nextToken"]


def _plain_map_run(answer: Description, children: list[ChildExecution]) -> MapRun:
    """JSON-ready: a saved run turns the times in its parts into texts."""
    plain = SavedRun(description=answer).description
    for child in children:
        saved = SavedRun(description=child["description"], events=child["events"])
        child["description"], child["events"] = saved.description, saved.events
    return {"map_run": plain, "children": children}
