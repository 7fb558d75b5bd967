"""The events and results of a notifier, for any workflow."""

from collections.abc import Mapping, Sequence
from typing import Generic, Literal, NotRequired, TypeAlias, TypedDict, TypeVar

from stockflow_functions.domain.outcome import FailureRecord, ItemRecord

P = TypeVar("P")


class SummaryEvent(TypedDict, Generic[P]):
    """At the end of the workflow.

    report: ``summary``.
    plan: the state of the execution.
    retry_count: how often the workflow has repeated the call.
    """

    report: Literal["summary"]
    plan: P
    retry_count: int


class FailureEvent(TypedDict):
    """From the error notifier of the workflow.

    report: ``failure``.
    error: the error output, ``{Error, Cause}``.
    input: the execution's input, whatever it is.
    execution: the execution's name.
    execution_arn: its ARN.
    started_at: when it began.
    retry_count: how often the workflow has repeated the call.
    """

    report: Literal["failure"]
    error: object
    input: object
    execution: str
    execution_arn: str
    started_at: str
    retry_count: int


class ExecutionDetail(TypedDict):
    """Of an execution whose status has changed; ``input`` is left out above 248 KiB."""

    executionArn: str
    name: str
    status: str
    startDate: int
    input: NotRequired[str | None]
    error: NotRequired[str | None]
    cause: NotRequired[str | None]


class ExecutionStatusChange(TypedDict):
    """EventBridge's "Step Functions Execution Status Change", the part that is read; times are in milliseconds
    (https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html).
    """

    detail: ExecutionDetail


class StatusEvent(TypedDict):
    """From EventBridge, for the end of a run that no Catch can see.

    report: ``event``.
    event: the "Step Functions Execution Status Change".
    """

    report: Literal["event"]
    event: ExecutionStatusChange


class AlarmState(TypedDict):
    """An alarm's state, ``ALARM`` where it begins, and why."""

    value: str
    reason: NotRequired[str]


class AlarmConfiguration(TypedDict, total=False):
    """How the alarm is set up, the part that is read."""

    description: str


class AlarmDetail(TypedDict):
    """Of an alarm whose state has changed."""

    alarmName: str
    state: AlarmState
    configuration: NotRequired[AlarmConfiguration]


class AlarmStateChange(TypedDict):
    """EventBridge's "CloudWatch Alarm State Change", the part that is read
    (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html).
    """

    detail: AlarmDetail
    region: NotRequired[str]


class AlarmEvent(TypedDict):
    """From EventBridge, for an alarm of the stack.

    report: ``alarm``.
    event: the "CloudWatch Alarm State Change".
    """

    report: Literal["alarm"]
    event: AlarmStateChange


NotifyEvent: TypeAlias = SummaryEvent[P] | FailureEvent | StatusEvent | AlarmEvent


class Reported(TypedDict):
    """A notifier's result.

    outcome: ``succeeded``, ``partial``, ``failed`` or ``skipped``; ``alarm`` of an alarm.
    end_as_failed: whether the workflow ends the run as failed.
    sentence: what happened, in one line.
    """

    outcome: str
    end_as_failed: bool
    sentence: str


class RunFacts(TypedDict):
    """What is known of any run from its start."""

    execution: str
    execution_arn: str
    started_at: str
    trigger: str


class EndedError(TypedDict):
    """The error of an item, without its sentence: a thousand of them would not fit into a state.

    type: the error's name.
    state: the state that it came from.
    """

    type: str
    state: str


class EndedItem(TypedDict):
    """What an iteration of the Map passes on.

    symbol: the item's name.
    status: how it ended.
    error: of an item that failed.
    outcome: its whole outcome; absent or null where that is in the item's record alone.
    """

    symbol: str
    status: str
    error: NotRequired[EndedError]
    outcome: NotRequired[Mapping[str, object] | None]


class PlainPlan(TypedDict):
    """The least that a workflow's summary has: which run, and how its items ended."""

    run: RunFacts
    symbols: Sequence[EndedItem]


class RunManifest(TypedDict):
    """What every manifest has; a workflow's own has more.

    execution: the execution's name.
    execution_arn: its ARN.
    trigger: what started it.
    started_at: when it began.
    finished_at: when the manifest was made.
    outcome: ``succeeded``, ``partial``, ``failed`` or ``skipped``.
    sentence: what happened, in one line.
    warnings: sentences about the run as a whole.
    error: what ended the run as a whole; null if nothing did.
    switched_off: the switches that were off, `SLACK_ENABLED` or `SAVE_TO_S3`; absent if none was.
    """

    execution: str
    execution_arn: str
    trigger: str
    started_at: str
    finished_at: str
    outcome: str
    sentence: str
    warnings: list[str]
    error: FailureRecord | None
    switched_off: NotRequired[list[str]]


class PlainManifest(RunManifest):
    """The manifest of a workflow that has nothing to add to how its items ended."""

    symbols: list[ItemRecord]
