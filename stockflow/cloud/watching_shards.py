"""Follows the shards of a run on AWS: which have ended, in a request a poll, and how their symbols did, in one each."""

import time
from collections.abc import Callable, Iterator
from typing import Any

from stockflow.cloud.watching import LONGEST_PAUSE_SECONDS
from stockflow.history.json_values import JsonObject, list_in, object_in, objects_in, parsed, text_in
from stockflow.history.saved_run import HistoryEvent
from stockflow.history.visits import details_of
from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.aws.errors import AWS_ERRORS
from stockflow_functions.domain.errors import StockflowError
from stockflow_functions.domain.outcome import FAILED

MOST_PAGES = 10
"""Of the list of the machine's executions, 1,000 a page: other runs may have begun since."""


class WatchedShards:
    """The records of the symbols that have ended in the shards of one execution.

    Args:
        stepfunctions: a boto3 client.
        s3: makes a boto3 client; called when the run goes into shards.
        sharding: the name of its Map of shards; "" if its workflow has none.
        seconds: the time; handed in by tests.
    """

    def __init__(
        self,
        stepfunctions: Any,
        s3: Callable[[], Any],
        execution_arn: str,
        sharding: str,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self.complaint = ""
        self._stepfunctions = stepfunctions
        self._s3 = s3
        self._execution_arn = execution_arn
        self._sharding = sharding
        self._seconds = seconds
        self._left: dict[str, list[str]] | None = None
        self._bucket: Bucket | None = None
        self._next = 0.0

    def news(self, events: list[HistoryEvent], *, over: bool) -> list[JsonObject]:
        """The records since; AWS is asked every 15 seconds, and when the run is over.

        Args:
            events: the run's own so far.
        """
        if not over and self._seconds() < self._next:
            return []
        pointer = self._pointer(events)
        if not pointer or self.complaint:
            return []
        self._next = self._seconds() + LONGEST_PAUSE_SECONDS
        try:
            return list(self._ended(pointer))
        except (*AWS_ERRORS, StockflowError, ValueError) as error:
            self.complaint = f"How the symbols of its shards do is unknown until the end: {error}"
            return []

    def manifest(self, execution: str) -> JsonObject | None:
        """The manifest of a run in shards, once it has one."""
        try:
            return self._bucket.get_json(keys.manifest(execution)) if self._bucket else None
        except (StockflowError, ValueError):
            return None

    def _pointer(self, events: list[HistoryEvent]) -> JsonObject:
        for event in events:
            details = details_of(event)
            if event["type"] == "MapStateEntered" and details.get("name") == self._sharding:
                return object_in(object_in(parsed(details.get("input"))).get("shards"))
        return {}

    def _ended(self, pointer: JsonObject) -> Iterator[JsonObject]:
        if self._left is None or self._bucket is None:
            self._bucket = Bucket(self._s3(), text_in(pointer.get("bucket")))
            self._left = {
                text_in(entry.get("execution")): [text_in(name) for name in list_in(entry.get("symbols"))]
                for entry in objects_in(self._bucket.get_json(text_in(pointer.get("key"))))
            }
        for name in list(self._over(self._left.keys())):
            symbols = self._left.pop(name)
            manifest = self._bucket.get_json(keys.manifest(name)) or {}
            yield from objects_in(manifest.get("symbols")) or [{"symbol": one, "status": FAILED} for one in symbols]

    def _over(self, names: Any) -> Iterator[str]:
        """Those of these executions that have ended; the most recent are listed first."""
        machine = ":".join(self._execution_arn.replace(":execution:", ":stateMachine:").split(":")[:7])
        page, left = {"stateMachineArn": machine, "maxResults": 1000}, set(names)
        for _ in range(MOST_PAGES if left else 0):
            answer = self._stepfunctions.list_executions(**page)
            for one in answer["executions"]:
                if one["name"] in left and one["status"] != "RUNNING":
                    yield one["name"]
            begun = any(one["executionArn"] == self._execution_arn for one in answer["executions"])
            if begun or not answer.get("nextToken"):
                return
            page["nextToken"] = answer["nextToken"]
