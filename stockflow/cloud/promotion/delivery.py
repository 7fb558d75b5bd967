"""Whether a scheduled start arrives: a one-time schedule with the target of the stack's own has to start a run.

The deployer's credentials start smoke runs; the schedule starts with its role, through the alias ``live``. That way is
tried here, on the version that is live now, as role, alias and delivery are not part of a version. See
docs/adr/0056-promote-tries-the-scheduled-way.md.
"""

import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, NotRequired, TypedDict

from stockflow.cloud.promotion.deployed import DeployedWorkflow
from stockflow.cloud.promotion.waiting import Waiting
from stockflow.cloud.refusals import aws_errors_as_sentences
from stockflow.errors import CommandError, CommandFailed
from stockflow_functions.runtime.workflow import Payload

AHEAD_SECONDS = 60
LONGEST_SECONDS = 240
"""From the schedule's creation: it is due after one minute, starts within another, and is listed a little later.

docs.aws.amazon.com/scheduler, "Schedule types": all schedules invoke their targets with 60 second precision.
docs.aws.amazon.com/step-functions, ListExecutions: eventually consistent.
"""
_NEWEST = 20
_HOUR_MS = 3_600_000
_NOTHING_LIVE = "Nothing is made live."


class Target(TypedDict):
    """What a schedule starts, the part that is read: the alias, with which role, and where failed starts go."""

    Arn: str
    RoleArn: str
    DeadLetterConfig: NotRequired[Mapping[str, str]]


class OwnSchedule(TypedDict):
    """GetSchedule's answer, the part that is read."""

    GroupName: str
    Target: Target
    ResponseMetadata: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class OneTimeSchedule:
    """The schedule that was made: the target that it copies, the input that marks its run, and until when to wait.

    ``ends_seconds`` is a time on :class:`Waiting`'s clock.
    """

    name: str
    group: str
    target: Target
    workflow_input: Payload
    ends_seconds: float

    @property
    def role(self) -> str:
        """The name of the role with which it starts runs."""
        return str(self.target["RoleArn"]).rpartition("/")[2]


@dataclass(frozen=True)
class Delivery:
    """Tries how the schedule of a deployed workflow starts runs."""

    deployed: DeployedWorkflow
    scheduler: Any
    stepfunctions: Any
    waiting: Waiting = field(default_factory=Waiting)

    @contextmanager
    def under_way(self, item: str) -> Iterator[OneTimeSchedule]:
        """Creates the one-time schedule, and removes it at the end, whatever happens inside.

        Args:
            item: what a live version asks for that is too old to know that such a run has nothing to do.

        Raises:
            CommandFailed: the stack has no schedule that can be copied, or AWS refuses the copy; the sentence says why.
        """
        schedule = self._make(item)
        try:
            yield schedule
        except BaseException:
            with suppress(CommandError):  # what went wrong before is the news
                self._remove(schedule)
            raise
        self._remove(schedule)

    def wait_for(self, schedule: OneTimeSchedule) -> str:
        """Waits for the run that the schedule has to start, and returns its name; how it ends does not matter here.

        Raises:
            CommandFailed: none was started in time; the sentence says where to find out why.
        """
        others: set[str] = set()
        left_seconds = schedule.ends_seconds - self.waiting.now_seconds()
        name = self.waiting.until(lambda: self._started_by(schedule, others), left_seconds)
        if name is None:
            raise CommandFailed(
                f"The one-time schedule {schedule.name}, a copy of {self.deployed.schedule}, started no run within "
                f"{LONGEST_SECONDS} s, so a scheduled start may not arrive either. {_NOTHING_LIVE} Check what its "
                f"role {schedule.role} may do{_where_aws_tells(schedule.target)}"
            )
        return name

    def _make(self, item: str) -> OneTimeSchedule:
        own = self._own_schedule()
        due = _time_at_aws(own) + timedelta(seconds=AHEAD_SECONDS)
        schedule = OneTimeSchedule(
            # The template's names of functions leave room: a stack's name has at most 44 characters, a schedule's 64.
            f"{self.deployed.stack.name}-try-{secrets.token_hex(2)}",
            own["GroupName"],
            own["Target"],
            self.deployed.smoke.idle_input(due, secrets.randbelow(_HOUR_MS), item),
            self.waiting.now_seconds() + LONGEST_SECONDS,
        )
        doing = f"make a one-time schedule with the target of {self.deployed.schedule}"
        with aws_errors_as_sentences(doing, f"scheduler:CreateSchedule, and iam:PassRole for {schedule.role}"):
            self.scheduler.create_schedule(
                Name=schedule.name,
                GroupName=schedule.group,
                Description="stockflow promote tries whether a scheduled start arrives",
                ScheduleExpression=f"at({due:%Y-%m-%dT%H:%M:%S})",
                ScheduleExpressionTimezone="UTC",
                FlexibleTimeWindow={"Mode": "OFF"},
                ActionAfterCompletion="DELETE",
                Target={
                    **schedule.target,
                    "Input": json.dumps(schedule.workflow_input),
                    "RetryPolicy": {"MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 60},
                },
            )
        return schedule

    def _own_schedule(self) -> OwnSchedule:
        name = self.deployed.schedule
        gone = (
            f"The schedule {name} of {self.deployed.stack.name} is gone, so nothing starts runs: create it again in "
            "the EventBridge Scheduler console, as in template.yaml."
        )
        with aws_errors_as_sentences(
            f"read the schedule {name}", "scheduler:GetSchedule", {"ResourceNotFoundException": gone}
        ):
            found: OwnSchedule = self.scheduler.get_schedule(Name=name, GroupName=self.deployed.stack.name)
        return found

    def _remove(self, schedule: OneTimeSchedule) -> None:
        itself = self.scheduler.exceptions.ResourceNotFoundException  # it has removed itself after its run
        doing = f"remove the one-time schedule {schedule.name}"
        with aws_errors_as_sentences(doing, "scheduler:DeleteSchedule"), suppress(itself):
            self.scheduler.delete_schedule(Name=schedule.name, GroupName=schedule.group)

    def _started_by(self, schedule: OneTimeSchedule, others: set[str]) -> str | None:
        """The run that it started, or None; runs known to be someone else's are added to ``others``."""
        with aws_errors_as_sentences(f"list the runs of {self.deployed.name}", "states:ListExecutions"):
            newest = self.stepfunctions.list_executions(stateMachineArn=schedule.target["Arn"], maxResults=_NEWEST)
        for run in newest["executions"]:
            arn = run["executionArn"]
            if arn not in others:
                if self._input_of(arn) == schedule.workflow_input:
                    return str(run["name"])
                others.add(arn)
        return None

    def _input_of(self, execution_arn: str) -> object:
        with aws_errors_as_sentences(f"read the input of {execution_arn}", "states:DescribeExecution"):
            return json.loads(self.stepfunctions.describe_execution(executionArn=execution_arn).get("input", "null"))


def _time_at_aws(answer: OwnSchedule) -> datetime:
    """When AWS answered: the schedule is due by AWS's clock, and this machine's may be off."""
    date = answer["ResponseMetadata"]["HTTPHeaders"].get("date")
    return parsedate_to_datetime(date).astimezone(UTC) if date else datetime.now(UTC)


def _where_aws_tells(target: Target) -> str:
    """The rest of the sentence: the command that reads the reason from the schedule's dead-letter queue, if any."""
    queue_arn = target.get("DeadLetterConfig", {}).get("Arn")
    if not queue_arn:
        return "."
    _, _, _, region, _, queue = queue_arn.split(":")
    url = f'"$(aws sqs get-queue-url --queue-name {queue} --query QueueUrl --output text --region {region})"'
    return (
        "; ERROR_CODE and ERROR_MESSAGE in the dead-letter queue say why: aws sqs receive-message "
        f"--message-attribute-names All --region {region} --queue-url {url}"
    )
