"""Follows an execution on AWS: polls its history at a polite rate."""

import time
from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError  # noqa: A004

from stockflow.cloud.refusals import aws_errors_as_sentences, of_execution
from stockflow.errors import CommandFailed
from stockflow.history.model import ENDS
from stockflow.history.saved_run import HistoryEvent
from stockflow_functions.aws.errors import AWS_ERRORS, THROTTLED, AwsError, code_of
from stockflow_functions.reporting import commands

SHORTEST_PAUSE_SECONDS = 2.0
LONGEST_PAUSE_SECONDS = 15.0
"""While nothing happens. GetExecutionHistory allows 20 calls a second in the whole account and region."""
MOST_TROUBLE = 10
"""How often in a row AWS may throttle or be out of reach; with growing pauses that is five minutes."""
LONGEST_TROUBLE_PAUSE_SECONDS = 60.0
_FIRST_PAGE, _LATER_PAGE = 1000, 200


class WatchedExecution:
    """The events of one execution, in the shape that :func:`stockflow.cli.display.follow` expects.

    Args:
        stepfunctions: a boto3 client.
        execution_arn: of a Standard execution.
        sleep: sleeps for a number of seconds; handed in by tests.
    """

    def __init__(self, stepfunctions: Any, execution_arn: str, sleep: Callable[[float], None] = time.sleep) -> None:
        self.events: list[HistoryEvent] = []
        self._stepfunctions = stepfunctions
        self._execution_arn = execution_arn
        self._sleep = sleep
        self._pause_seconds = SHORTEST_PAUSE_SECONDS
        self._trouble = 0

    def running(self) -> bool:
        """Whether the end has not been seen yet."""
        return not self.events or self.events[-1]["type"] not in ENDS

    def poll(self, known: int) -> list[HistoryEvent]:
        """The events after the first ``known`` ones, oldest first, up to the first gap.

        Raises:
            CommandFailed: AWS refuses, or has been throttling or out of reach for minutes; or events have no links.
            Unusable: the credentials are missing or have expired, or the ARN is not an execution's.
        """
        if self.running():
            with aws_errors_as_sentences(
                f"follow {self._execution_arn}", "states:GetExecutionHistory", of_execution(self._execution_arn)
            ):
                self._take(self._newer_than(len(self.events)))
        return self.events[known:]

    def pause(self) -> None:
        """Waits before the next poll: short while things happen, longer while nothing does or AWS has trouble."""
        if self.running():
            self._sleep(self._pause_seconds)

    def _take(self, found: dict[int, HistoryEvent] | None) -> None:
        """Adds what follows without a gap: a page may lack an event that the next poll has.

        Emulators of Step Functions may leave ``previousEventId`` out; AWS does not.
        """
        if found is None:
            self._pause_seconds = min(self._pause_seconds * 2, LONGEST_TROUBLE_PAUSE_SECONDS)
            return
        before = len(self.events)
        while (event := found.get(len(self.events) + 1)) is not None:
            if "previousEventId" not in event:
                raise CommandFailed(
                    f"Events of {self._execution_arn} do not name the event before them, so its progress is "
                    f"unknown: see what is known of it with {commands.show(self._execution_arn)}."
                )
            self.events.append(event)
        news = len(self.events) > before
        self._pause_seconds = SHORTEST_PAUSE_SECONDS if news else min(self._pause_seconds * 1.5, LONGEST_PAUSE_SECONDS)

    def _newer_than(self, last_id: int) -> dict[int, HistoryEvent] | None:
        """The events after this one by id, or None if AWS has trouble that may pass."""
        try:
            found = {event["id"]: event for page in self._pages(last_id) for event in page if event["id"] > last_id}
        except AWS_ERRORS as error:
            self._trouble += 1
            if not _may_pass(error) or self._trouble > MOST_TROUBLE:
                raise
            return None
        self._trouble = 0
        return found

    def _pages(self, last_id: int) -> Iterator[list[HistoryEvent]]:
        """Pages, newest first, so that a poll reads only what is new; each token is used at once, so none expires."""
        more: dict[str, str] = {}
        while True:
            answer = self._stepfunctions.get_execution_history(
                executionArn=self._execution_arn,
                reverseOrder=True,
                maxResults=_LATER_PAGE if last_id else _FIRST_PAGE,
                **more,
            )
            yield answer["events"]
            seen_it_all = any(event["id"] <= last_id + 1 for event in answer["events"])
            if seen_it_all or not answer.get("nextToken"):
                return
            more = {"nextToken": answer["nextToken"]}


def _may_pass(error: AwsError) -> bool:
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return code_of(error) in THROTTLED or status >= 500  # noqa: PLR2004 # HTTP's server errors
    return isinstance(error, ConnectionError | HTTPClientError)
