"""Where promotions are tried: a deployed stack on an embedded AWS, and what moto's AWS lacks for it.

moto has no version that can be started, and its EventBridge Scheduler starts nothing.
"""

import json
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from uuid import uuid4

from botocore.exceptions import ClientError
from click.testing import CliRunner

from stockflow.cli.main import main
from stockflow.cloud.stack import Aws

ROLE = "arn:aws:iam::123456789012:role/stockflow"
START_ROLE = "arn:aws:iam::123456789012:role/stockflow-dev-StartRole-1A2B"
QUEUE = "arn:aws:sqs:us-east-1:123456789012:stockflow-dev-DeadLetters-3C4D"
SCHEDULE = "stockflow-dev-Schedule-5E6F"
CALL_SCHEDULE = "stockflow-dev-CallSchedule-7A8B"
GROUP = "stockflow-dev"


def promote(*arguments):
    """The command's result."""
    return CliRunner().invoke(main, ["promote", *arguments])


def refusal(operation, code="AccessDeniedException", message=None):
    """Raises what AWS says to an identity without rights, or with another code."""

    def refuse(**_):
        text = message or f"User is not authorized to perform: {operation}"
        raise ClientError({"Error": {"Code": code, "Message": text}}, operation.rpartition(":")[2])

    return refuse


class Played:
    """A client with some operations of our own; ``before`` has what is to happen once before an operation."""

    def __init__(self, client):
        self._client = client
        self.before = {}

    def __getattribute__(self, name):
        before = object.__getattribute__(self, "__dict__").get("before", {})
        if name in before:
            before.pop(name)()
        return object.__getattribute__(self, name)

    def __getattr__(self, name):
        return getattr(self._client, name)


class CloudFormation:
    """The one call of CloudFormation that finds the stack."""

    def __init__(self, outputs, status):
        self.outputs, self.status = outputs, status

    def describe_stacks(self, StackName):  # noqa: N803 # CloudFormation's own name
        outputs = [{"OutputKey": key, "OutputValue": value} for key, value in self.outputs.items()]
        return {"Stacks": [{"StackName": StackName, "StackStatus": self.status, "Outputs": outputs}]}


class StepFunctions(Played):
    """moto's; UpdateStateMachine publishes, and a start of a version or an alias is noted and starts the machine."""

    def __init__(self, client):
        super().__init__(client)
        self.started = []

    def publish_state_machine_version(self, stateMachineArn):  # noqa: N803 # Step Functions' own name
        return self._client.update_state_machine(stateMachineArn=stateMachineArn, roleArn=ROLE, publish=True)

    def start_execution(self, stateMachineArn, **arguments):  # noqa: N803 # as above
        machine, _, qualifier = stateMachineArn.rpartition(":")
        answer = self._client.start_execution(stateMachineArn=machine, **{"name": str(uuid4()), **arguments})
        self.started.append((qualifier, answer["executionArn"]))
        return answer

    def list_executions(self, stateMachineArn, **arguments):  # noqa: N803 # as above
        machine, _, qualifier = stateMachineArn.rpartition(":")
        found = self._client.list_executions(stateMachineArn=machine, **arguments)["executions"]
        by_it = {arn for started, arn in self.started if started == qualifier}
        return {"executions": [run for run in found if run["executionArn"] in by_it]}

    def starts(self):
        """What was started, in order: the number of a version, or an alias."""
        return [qualifier for qualifier, _ in self.started]


class Scheduler(Played):
    """moto's, with what it lacks: AWS's time in the answers, and a one-time schedule that starts its target when due.

    ``delivers`` is False where the role may start nothing; ``skew_seconds`` is how far AWS's clock is ahead of this
    machine's, ``tells_time`` whether its answers have a date. A schedule for a time that is over when it is made starts
    nothing.
    """

    def __init__(self, client, stepfunctions):
        super().__init__(client)
        self._stepfunctions = stepfunctions
        self._began = datetime.now(UTC)
        self._waiting = {}
        self.elapsed_seconds = 0.0
        self.skew_seconds = 0.0
        self.delivers = True
        self.tells_time = True
        self.made = []

    def get_schedule(self, **arguments):
        answer = self._client.get_schedule(**arguments)
        headers = answer["ResponseMetadata"]["HTTPHeaders"]
        headers.pop("date", None)
        if self.tells_time:
            headers["date"] = format_datetime(self._now(), usegmt=True)
        return answer

    def create_schedule(self, **arguments):
        answer = self._client.create_schedule(**arguments)
        self.made.append(arguments)
        due = datetime.strptime(arguments["ScheduleExpression"], "at(%Y-%m-%dT%H:%M:%S)").replace(tzinfo=UTC)
        if due > self._now() and self.delivers:
            self._waiting[arguments["Name"]] = (due + timedelta(seconds=30), arguments["Target"])
        return answer

    def delete_schedule(self, **arguments):
        self._waiting.pop(arguments["Name"], None)
        return self._client.delete_schedule(**arguments)

    def pass_time(self, seconds):
        """Starts what is due by then, each once."""
        self.elapsed_seconds += seconds
        for name, (moment, target) in list(self._waiting.items()):
            if moment <= self._now():
                del self._waiting[name]
                self._stepfunctions.start_execution(stateMachineArn=target["Arn"], input=target["Input"])

    def names(self):
        """The schedules that there are."""
        return [schedule["Name"] for schedule in self._client.list_schedules()["Schedules"]]

    def _now(self):
        return self._began + timedelta(seconds=self.elapsed_seconds + self.skew_seconds)


class Recorded:
    """A client whose calls are noted as ``(service, method, arguments)``."""

    def __init__(self, client, service, calls):
        self._client, self._service, self._calls = client, service, calls

    def __getattr__(self, name):
        attribute = getattr(self._client, name)
        if not callable(attribute):
            return attribute

        def call(**arguments):
            self._calls.append((self._service, name, arguments))
            return attribute(**arguments)

        return call


class DeployedStack:
    """A stack whose first versions are live. Its time passes in pauses: fifteenfold while no run is under way.

    Without ``calls`` it is one of a release that had no workflow of earnings calls.
    """

    def __init__(self, aws, status, *, calls=False):
        self.aws = aws
        self.machine = aws.state_machine_arn
        self.calls_machine = aws.machines["earnings-calls"].state_machine_arn
        self.stepfunctions = StepFunctions(aws.stepfunctions)
        self.scheduler = Scheduler(aws.session.client("scheduler"), self.stepfunctions)
        self.calls = []
        self.outputs = {"Bucket": aws.settings.bucket, **self._of_prices(), **(self._of_calls() if calls else {})}
        self._clients = {
            "cloudformation": CloudFormation(self.outputs, status),
            "stepfunctions": self.stepfunctions,
            "scheduler": self.scheduler,
            "s3": aws.session.client("s3"),
        }

    def session_of(self, region):
        """``Aws`` as the command makes it, on this stack's clients."""
        return Aws(region, self)

    region_name = "us-east-1"

    def client(self, name, **_):
        return Recorded(self._clients[name], name, self.calls)

    def now_seconds(self):
        return self.scheduler.elapsed_seconds

    def pause(self, seconds):
        running = any(self.aws.status(arn) == "RUNNING" for _, arn in self.stepfunctions.started)
        if running:
            time.sleep(0.02)
        self.scheduler.pass_time(0.02 if running else 15 * seconds)

    def alias(self, name="live", machine=None):
        """The alias of the workflow of prices, or of another machine, as Step Functions describes it."""
        arn = f"{machine or self.machine}:{name}"
        return self.stepfunctions.describe_state_machine_alias(stateMachineAliasArn=arn)

    def live(self, alias="live", machine=None):
        """The number of the version that an alias leads to."""
        return int(self.alias(alias, machine)["routingConfiguration"][0]["stateMachineVersionArn"].rpartition(":")[2])

    def both_live(self):
        """The numbers of the live versions of prices and of calls."""
        return self.live(), self.live(machine=self.calls_machine)

    def wait_for_all(self):
        """Waits for the end of every run."""
        for machine in (self.machine, self.calls_machine):
            for run in self.aws.stepfunctions.list_executions(stateMachineArn=machine)["executions"]:
                self.aws.wait(run["executionArn"], timeout_seconds=60)

    def object_keys(self):
        """The keys of all objects in the bucket."""
        listed = self._clients["s3"].list_objects_v2(Bucket=self.aws.settings.bucket)
        return [item["Key"] for item in listed.get("Contents", [])]

    def _of_prices(self):
        alias = self._publish_first_version(self.machine)
        self._client_of("scheduler").create_schedule_group(Name=GROUP)
        self._schedule(SCHEDULE, alias)
        return {"StateMachine": self.machine, "LiveAlias": alias, "Schedule": SCHEDULE}

    def _of_calls(self):
        alias = self._publish_first_version(self.calls_machine)
        self._schedule(CALL_SCHEDULE, alias)
        return {
            "EarningsCalls": self.calls_machine,
            "EarningsCallsLiveAlias": alias,
            "CallSchedule": CALL_SCHEDULE,
        }

    def _client_of(self, service):
        return self.aws.session.client(service)

    def _publish_first_version(self, machine):
        first = self.stepfunctions.publish_state_machine_version(stateMachineArn=machine)
        routing = [{"stateMachineVersionArn": first["stateMachineVersionArn"], "weight": 100}]
        alias = self.stepfunctions.create_state_machine_alias(name="live", routingConfiguration=routing)
        return alias["stateMachineAliasArn"]

    def _schedule(self, name, alias):
        self._client_of("scheduler").create_schedule(
            Name=name,
            GroupName=GROUP,
            ScheduleExpression="cron(0 20 ? * MON-FRI *)",
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={
                "Arn": alias,
                "RoleArn": START_ROLE,
                "Input": json.dumps({"trigger": "schedule", "scheduled_time": "<aws.scheduler.scheduled-time>"}),
                "RetryPolicy": {"MaximumRetryAttempts": 10, "MaximumEventAgeInSeconds": 3600},
                "DeadLetterConfig": {"Arn": QUEUE},
            },
        )
