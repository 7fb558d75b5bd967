"""Runs of a case on the deployed stack and on the laptop, each with a simulated vendor of its own."""

import json
import time
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from uuid import uuid4

from stockflow.embedded.aws import EmbeddedAws
from stockflow.embedded.faults import AwsFault
from stockflow.local_servers.slack_inbox import CHANNELS, SlackInbox, SlackReply
from stockflow.simulated_alpha_vantage import SimulatedVendor
from stockflow.testing import FakeClock
from stockflow_functions.aws import keys
from tests.engines.cases import SIZES
from tests.engines.deployment import Deployment
from tests.engines.outcome import Outcome, comparable, rows_of

REQUESTS_PER_MINUTE = "30"
"""A real plan's. Slots much nearer than these 2 s would be a race between the processes of a deployed stack."""
RUN_SECONDS = 400
_POLL_SECONDS = 0.5
_DOWN = SlackReply(500, "no_service")
_NOW_MS = time.time_ns() // 1_000_000


def make_vendor():
    """A vendor without limits; its day is the same for all of them, and so are its prices."""
    return SimulatedVendor(clock=FakeClock(_NOW_MS))


def _misbehave(vendor, case):
    vendor.heal()
    for symbol, names in case.faults.items():
        vendor.fail(symbol, *names)


@dataclass
class DeployedStack:
    """A deployed stack, its runs one after another: bucket and table are emptied before each."""

    deployment: Deployment
    vendor: SimulatedVendor
    slack: SlackInbox

    @cached_property
    def outputs(self):
        return self.deployment.outputs

    def client(self, service):
        return self.deployment.emulator.client(service)

    @cached_property
    def stepfunctions(self):
        return self.client("stepfunctions")

    @cached_property
    def s3(self):
        return self.client("s3")

    def put_secret(self):
        """Puts in the key and the webhooks, as a person does once after the first deployment."""
        webhooks = {f"SLACK_WEBHOOK_URL_{channel.upper()}": self.slack.url(channel) for channel in CHANNELS}
        secret = json.dumps({"ALPHA_VANTAGE_API_KEY": "KEYFORTESTS", **webhooks})
        self.client("secretsmanager").put_secret_value(SecretId=self.outputs["Secret"], SecretString=secret)

    @contextmanager
    def running(self, case):
        """Starts the case, and gives a function that waits for its end and gives its outcome."""
        self.empty()
        _misbehave(self.vendor, case)
        before = len(self.slack.messages)
        self.slack.answer_always(_DOWN if case.slack_down else None)
        denials = self.deployment.emulator.denials
        if case.denied:
            denials.write_text(f"s3.PutObject {case.denied}\n")
        try:
            started = self.stepfunctions.start_execution(
                stateMachineArn=self.outputs["LiveAlias"], name=str(uuid4()), input=json.dumps(case.given)
            )
            yield lambda: self._outcome(self.ended(started["executionArn"]), before)
        finally:
            denials.unlink(missing_ok=True)
            self.slack.answer_always(None)
            self.vendor.heal()

    def ended(self, arn):
        """Waits for the execution's end and gives its description."""
        ends = time.monotonic() + RUN_SECONDS
        while (execution := self.stepfunctions.describe_execution(executionArn=arn))["status"] == "RUNNING":
            assert time.monotonic() < ends, f"{arn} is still running after {RUN_SECONDS} s"
            time.sleep(_POLL_SECONDS)
        return execution

    def empty(self):
        """Deletes what earlier runs left: all objects, and the request budget."""
        bucket, table = self.outputs["Bucket"], self.outputs["StateTable"]
        for key in self.object_keys():
            self.s3.delete_object(Bucket=bucket, Key=key)
        dynamodb = self.client("dynamodb")
        for item in dynamodb.scan(TableName=table)["Items"]:
            dynamodb.delete_item(TableName=table, Key={"pk": item["pk"]})

    def object_keys(self, prefix=""):
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.outputs["Bucket"], Prefix=prefix)
        return [item["Key"] for page in pages for item in page.get("Contents", [])]

    def body(self, key):
        return self.s3.get_object(Bucket=self.outputs["Bucket"], Key=key)["Body"].read()

    def _outcome(self, execution, messages_before):
        arn = execution["executionArn"]
        pages = self.stepfunctions.get_paginator("get_execution_history").paginate(executionArn=arn)
        manifest_key = keys.manifest(execution["name"])
        return Outcome(
            execution["status"],
            execution.get("error"),
            comparable(json.loads(self.body(manifest_key)), self.outputs["Bucket"])
            if manifest_key in self.object_keys("runs/")
            else None,
            {key: rows_of(self.body(key)) for key in self.object_keys("prices/")},
            [message.channel for message in self.slack.messages[messages_before:]],
            [event for page in pages for event in page["events"]],
        )


def run_on_laptop(case, folder):
    """Runs the case on the embedded AWS, in this folder, and gives its outcome."""
    environment = {"REQUESTS_PER_MINUTE": REQUESTS_PER_MINUTE, "REQUESTS_PER_DAY": "0", **SIZES}
    with make_vendor() as vendor, EmbeddedAws(folder, environment, vendor=vendor) as aws:
        _misbehave(vendor, case)
        if case.slack_down:
            aws.slack.answer_always(_DOWN)
        if case.denied:
            aws.faults.add(AwsFault("s3", "AccessDenied", operation="PUT", key_contains=case.denied))
        arn = aws.start(case.given)
        aws.wait(arn, timeout_seconds=RUN_SECONDS)
        written = folder / keys.manifest(arn.rpartition(":")[2])
        execution = aws.stepfunctions.describe_execution(executionArn=arn)
        return Outcome(
            execution["status"],
            execution.get("error"),
            comparable(json.loads(written.read_text()), aws.settings.bucket) if written.exists() else None,
            {
                path.relative_to(folder).as_posix(): rows_of(path.read_bytes())
                for path in folder.glob("prices/**/*.parquet")
            },
            [message.channel for message in aws.slack.messages],
            aws.history_since(arn, 0),
        )
