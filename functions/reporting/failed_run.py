"""A run that failed, as the error notifier or EventBridge reports it, and what its states left behind."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol

from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.domain.clock import to_iso
from stockflow_functions.domain.errors import StockflowError
from stockflow_functions.domain.outcome import Failure
from stockflow_functions.domain.words import parsed
from stockflow_functions.reporting.contracts import ExecutionStatusChange, FailureEvent, RunFacts
from stockflow_functions.reporting.records import O, Warn, read_json, read_records
from stockflow_functions.runtime.workflow import Workflow

UNKNOWN_STATE = "unknown"
_OF_LAMBDA = ("Lambda.", "Runtime.", "Sandbox.")
FAILED_STATUSES = frozenset({"FAILED", "TIMED_OUT", "ABORTED"})
_ERROR_OF_STATUS = {"TIMED_OUT": "States.Timeout", "ABORTED": "Aborted"}


@dataclass(frozen=True)
class FailedRun:
    """Which run failed, and the error that Step Functions gives for it."""

    execution: str
    execution_arn: str
    started_at: str
    workflow_input: object
    error_output: object

    @classmethod
    def from_notifier(cls, event: FailureEvent) -> "FailedRun":
        """From the error notifier's event."""
        return cls(event["execution"], event["execution_arn"], event["started_at"], event["input"], event["error"])

    @classmethod
    def from_event(cls, event: ExecutionStatusChange) -> "FailedRun | None":
        """From EventBridge's event, whose ``input`` is text; None if the run did not fail."""
        detail = event["detail"]
        status = detail["status"]
        if status not in FAILED_STATUSES:
            return None
        error = {"Error": detail.get("error") or _ERROR_OF_STATUS.get(status), "Cause": detail.get("cause")}
        return cls(
            detail["name"], detail["executionArn"], to_iso(detail["startDate"]), parsed(detail.get("input")), error
        )

    def asked(self, name: str, default: str) -> str:
        """The text under that name in the workflow's input, if there is one."""
        given = self.workflow_input.get(name) if isinstance(self.workflow_input, dict) else None
        return given if isinstance(given, str) and given else default

    def facts(self) -> RunFacts:
        """The run's facts for a manifest, if there is no plan."""
        return {
            "execution": self.execution,
            "execution_arn": self.execution_arn,
            "started_at": self.started_at,
            "trigger": self.asked("trigger", "console"),
        }


class Keeper(Protocol[O]):
    """How a workflow keeps its items' outcomes: the part of a :class:`~stockflow_functions.reporting.reporter.Reporter`
    that is asked here.
    """

    def outcome_of(self, record: Any) -> O: ...
    def unrecorded(self, plan: Any, records: Mapping[str, O]) -> Mapping[str, O]: ...


@dataclass(frozen=True)
class Traces(Generic[O]):
    """What the states of a run left under ``runs/<execution>/``; ``readable`` is False if S3 could not be read.

    Attributes:
        plan: the parsed plan, as the workflow's planner stored it; None if there is none.
        recorded: the parsed failure of a state that has no item.
        symbols: the items' outcomes.
        manifest: the parsed manifest that the notifier wrote before it failed.
    """

    plan: Any = None
    recorded: Any = None
    symbols: Mapping[str, O] = field(default_factory=dict)
    manifest: Any = None
    readable: bool = True

    @classmethod
    def read(cls, bucket: Bucket, execution: str, keeper: "Keeper[O]", warn: Warn) -> "Traces[O]":
        """Never raises: people are notified of a failed run even if its traces can't be read."""
        try:
            plan = read_json(bucket, keys.plan(execution))
            records = read_records(bucket, execution, keeper.outcome_of, warn)
            return cls(
                plan=plan,
                recorded=read_json(bucket, keys.failure_record(execution)),
                symbols={**records, **(keeper.unrecorded(plan, records) if plan else {})},
                manifest=read_json(bucket, keys.manifest(execution)),
            )
        except StockflowError as error:
            warn(f"the run's traces can't be read: {error}")
            return cls(readable=False)

    def failure(self, error_type: str, message: str, workflow: Workflow) -> Failure:
        """The failure with the state it came from.

        An error output names no state, so it is found from the traces: the failure that a state without an item
        recorded, an item's record with the same error, or else how far the run got.
        """
        state = self._recorded_state(error_type) or self._state_reached(error_type, workflow)
        return Failure(error_type, message, state if self.readable and state else UNKNOWN_STATE)

    def _recorded_state(self, error_type: str) -> str:
        """The state that left a record with this error; empty if none did."""
        if isinstance(self.recorded, dict) and self.recorded.get("type") == error_type:
            return str(self.recorded.get("state", ""))
        errors = (outcome.error for outcome in self.symbols.values())
        return next((error.state for error in errors if error and error.type == error_type), "")

    def _state_reached(self, error_type: str, workflow: Workflow) -> str:
        """The state that the run was in, by how far it got."""
        if self.plan is None:
            return workflow.planner
        notifier = workflow.notifiers[0]
        if "shards" in self.plan and not self.manifest:
            return workflow.sharding
        if self.manifest or set(self.symbols) >= {item["symbol"] for item in self.plan["work"]}:
            return notifier
        if error_type.startswith(_OF_LAMBDA):
            # The Map takes these of its own functions. The planner may have died after it had stored its plan.
            return notifier if self.symbols else workflow.planner
        return workflow.map_state
