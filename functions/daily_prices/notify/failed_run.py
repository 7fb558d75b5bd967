"""A run that failed, as the error notifier or EventBridge tells of it, and what its states left behind."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.daily_prices.notify.failure import parsed
from stockflow_functions.daily_prices.notify.records import Warn, read_json, read_records
from stockflow_functions.daily_prices.outcome import Failure, SymbolOutcome
from stockflow_functions.domain.clock import to_iso
from stockflow_functions.domain.errors import StockflowError

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
    workflow_input: Any
    error_output: Any

    @classmethod
    def from_notifier(cls, event: Mapping[str, Any]) -> "FailedRun":
        """From the input of NotifyFailure: ``{error, input, execution, execution_arn, started_at}``."""
        return cls(
            event["execution"], event["execution_arn"], event["started_at"], event.get("input"), event.get("error")
        )

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> "FailedRun | None":
        """From EventBridge's "Step Functions Execution Status Change"; None where the run did not fail.

        Its times are milliseconds; ``input`` is text, left out above 248 KiB
        (https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html).
        """
        detail = event["detail"]
        status = detail["status"]
        if status not in FAILED_STATUSES:
            return None
        error = {"Error": detail.get("error") or _ERROR_OF_STATUS.get(status), "Cause": detail.get("cause")}
        return cls(
            detail["name"], detail["executionArn"], to_iso(detail["startDate"]), parsed(detail.get("input")), error
        )

    def identity(self, plan: Mapping[str, Any] | None) -> dict[str, Any]:
        """The run as the manifest names it; what no plan tells is taken from the input."""
        if plan:
            return dict(plan["run"])
        given = self.workflow_input if isinstance(self.workflow_input, dict) else {}
        return {
            "execution": self.execution,
            "execution_arn": self.execution_arn,
            "started_at": self.started_at,
            "trigger": _word(given.get("trigger"), "console"),
            "series": _word(given.get("series"), ""),
        }


@dataclass(frozen=True)
class Traces:
    """What the states of a run left under ``runs/<execution>/``; ``readable`` is False where S3 would not tell."""

    plan: dict[str, Any] | None = None
    recorded: Any = None
    symbols: dict[str, SymbolOutcome] = field(default_factory=dict)
    manifest: dict[str, Any] | None = None
    readable: bool = True

    @classmethod
    def read(cls, bucket: Bucket, execution: str, warn: Warn) -> "Traces":
        """Never raises: people are told of a failed run even when its traces can't be read."""
        try:
            return cls(
                plan=read_json(bucket, keys.plan(execution)),
                recorded=read_json(bucket, keys.failure_record(execution)),
                symbols=read_records(bucket, execution, warn),
                manifest=read_json(bucket, keys.manifest(execution)),
            )
        except StockflowError as error:
            warn(f"the run's traces can't be read: {error}")
            return cls(readable=False)

    def failure(self, error_type: str, message: str) -> Failure:
        """The failure with the state it came from.

        An error output names no state, so the traces tell: what a state without a symbol recorded, a symbol's record
        with the same error, else how far the run got.
        """
        state = self._recorded_state(error_type) or self._state_reached(error_type)
        return Failure(error_type, message, state if self.readable else UNKNOWN_STATE)

    def _recorded_state(self, error_type: str) -> str:
        """The state that left a record with this error; empty where none did."""
        if isinstance(self.recorded, dict) and self.recorded.get("type") == error_type:
            return str(self.recorded.get("state", ""))
        errors = (outcome.error for outcome in self.symbols.values())
        return next((error.state for error in errors if error and error.type == error_type), "")

    def _state_reached(self, error_type: str) -> str:
        """The state that the run was in, by how far it got."""
        if self.plan is None:
            return "Plan"
        if self.manifest or set(self.symbols) >= {item["symbol"] for item in self.plan["work"]}:
            return "Notify"
        if error_type.startswith(_OF_LAMBDA):
            # The Map takes these of its own functions. Plan may have died after it had stored its plan.
            return "Notify" if self.symbols else "Plan"
        return "EachSymbol"


def _word(value: Any, default: str) -> str:
    return value if isinstance(value, str) and value else default
