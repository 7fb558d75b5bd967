"""Fetches an execution from AWS: its history to the last page, the definition that ran, child executions, log lines.

What may not be read, or is no longer there, becomes a sentence under ``missing``; only the execution itself must exist.
"""

from collections.abc import Iterator
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from functions.clock import Clock, SystemClock, to_iso
from stockflow.errors import NotFound, Unusable
from stockflow.runs.aws_logs import add_log_lines, fetch_express
from stockflow.runs.saved_run import AWS, SavedRun

PAGE = 1000
MOST_CHILDREN = 2000
MOST_CHILD_HISTORIES = 60
_NOT_WELL = {"FAILED", "TIMED_OUT", "ABORTED", "RUNNING"}
_CALLS = Config(connect_timeout=5, read_timeout=30, retries={"mode": "standard", "max_attempts": 5})
_NO_ENTRY = {
    "AccessDeniedException",
    "AccessDenied",
    "UnauthorizedOperation",
    "NotAuthorized",
    "KmsAccessDeniedException",
}
_BAD_CREDENTIALS = {"ExpiredTokenException", "ExpiredToken", "UnrecognizedClientException", "InvalidSignatureException"}


def fetch_execution(arn: str, session: Any = None, clock: Clock | None = None) -> SavedRun:
    """The execution as a saved run, secrets not yet masked.

    Raises:
        NotFound: there is no such execution (any more), or it may not be read.
        Unusable: AWS does not take the ARN.
    """
    return _Fetch(arn, session or boto3.session.Session(), clock or SystemClock()).run()


class _Fetch:
    def __init__(self, arn: str, session: Any, clock: Clock) -> None:
        self.arn = arn
        self.region = arn.split(":")[3]
        self.session = session
        self.clock = clock
        self.missing: list[str] = []

    def client(self, name: str) -> Any:
        return self.session.client(name, region_name=self.region, config=_CALLS)

    def run(self) -> SavedRun:
        try:
            run = self._express() if ":express:" in self.arn else self._standard()
        except ClientError as error:
            raise self._refused(error) from None
        except NoCredentialsError:
            raise NotFound(f"There are no AWS credentials here for {self.arn}: sign in, or set AWS_PROFILE.") from None
        except BotoCoreError as error:
            raise NotFound(f"AWS can't be reached for {self.arn}: {error}") from None
        run.engine = {"name": AWS, "version": self.region}
        run.fetched_at = to_iso(self.clock.now_ms())
        run.missing = self.missing
        add_log_lines(run, self.client, self.missing)
        return run

    def _standard(self) -> SavedRun:
        sfn = self.client("stepfunctions")
        description = sfn.describe_execution(executionArn=self.arn)
        return SavedRun(
            description=description,
            definition=self._definition(sfn),
            events=list(self._history(sfn, self.arn)),
            map_runs=self._map_runs(sfn),
        )

    def _express(self) -> SavedRun:
        machine_arn = ":".join(self.arn.replace(":express:", ":stateMachine:").split(":")[:7])
        machine = self.client("stepfunctions").describe_state_machine(stateMachineArn=machine_arn)
        return fetch_express(self.arn, machine, self.client("logs"), self.missing)

    def _history(self, sfn: Any, arn: str) -> Iterator[dict[str, Any]]:
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
                f"The definition that ran can't be had ({_code(error)}): the graph is drawn from events."
            )
            return {}

    def _map_runs(self, sfn: Any) -> list[dict[str, Any]]:
        try:
            listed = sfn.list_map_runs(executionArn=self.arn)["mapRuns"]
            return [self._map_run(sfn, item["mapRunArn"]) for item in listed]
        except ClientError as error:
            self.missing.append(f"The child executions of Distributed Maps can't be had ({_code(error)}).")
            return []

    def _map_run(self, sfn: Any, arn: str) -> dict[str, Any]:
        children = []
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

    def _children(self, sfn: Any, arn: str) -> Iterator[dict[str, Any]]:
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

    def _refused(self, error: ClientError) -> NotFound | Unusable:
        code = _code(error)
        if code in {"ExecutionDoesNotExist", "StateMachineDoesNotExist", "ResourceNotFound"}:
            return NotFound(
                f"There is no execution {self.arn} in this account: check the ARN; AWS forgets a history 90 days after "
                f"its end."
            )
        if code in _NO_ENTRY:
            return NotFound(
                f"This identity may not read {self.arn} ({code}): grant it states:DescribeExecution and "
                f"states:GetExecutionHistory, or use the profile of the right account."
            )
        if code in _BAD_CREDENTIALS:
            return NotFound(
                f"AWS does not take these credentials for {self.arn} ({code}): sign in again, or set AWS_PROFILE."
            )
        if code in {"InvalidArn", "ValidationException"}:
            return Unusable(
                f"AWS says {self.arn} is no execution's ARN: copy it from the console or from a Slack message."
            )
        return NotFound(f"AWS did not give {self.arn} ({code}).")


def _plain_map_run(answer: dict[str, Any], children: list[dict[str, Any]]) -> dict[str, Any]:
    """JSON-ready: a saved run turns the times of everything it is made of into texts."""
    plain = SavedRun(description=answer).description
    for child in children:
        saved = SavedRun(description=child["description"], events=child["events"])
        child.update(description=saved.description, events=saved.events)
    return {"map_run": plain, "children": children}


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", "unknown"))
