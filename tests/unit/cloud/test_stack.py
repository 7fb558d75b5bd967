"""The deployed stack is found, or one sentence says what to do."""

import json
import re
from pathlib import Path

import pytest
from botocore.exceptions import (
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    ProfileNotFound,
    SSOTokenLoadError,
)

from stockflow import workflows
from stockflow.cloud.stack import Aws, find_stack, stack_of_machine, start_execution
from stockflow.errors import CommandFailed, Unusable
from stockflow.testing import client_error
from tests.helpers.fake_aws import MACHINE, FakeCloudFormation, FakeSession, FakeStepFunctions, fake_aws

TEMPLATE = Path(__file__).parents[3] / "template.yaml"


def test_a_stack_is_found_with_what_it_gives_out():
    """Alias, machine and bucket come from the stack's outputs."""
    stack = find_stack(fake_aws(cloudformation=FakeCloudFormation()))

    assert (stack.live_alias_arn, stack.state_machine_arn) == (f"{MACHINE}:live", MACHINE)
    assert stack.bucket == "the-bucket"


@pytest.mark.parametrize("output", ["LiveAlias", "StateMachine", "Bucket", "Schedule"])
def test_the_template_gives_out_what_is_read(output):
    """Every output that the commands read is one of template.yaml's."""
    outputs = TEMPLATE.read_text(encoding="utf-8").partition("\nOutputs:\n")[2]

    assert re.search(rf"^  {output}:$", outputs, re.MULTILINE)


def test_the_machine_is_named_after_its_stack():
    """The suffix by which a stack is told from its state machine is the one in template.yaml."""
    machine = workflows.default().machine
    assert f"Name: !Sub ${{AWS::StackName}}-{machine}\n" in TEMPLATE.read_text(encoding="utf-8")


def test_a_state_machine_leads_to_its_stack():
    """The stack of a run is told by the name of its state machine."""
    aws = fake_aws(cloudformation=FakeCloudFormation(name="mine"))

    assert stack_of_machine(aws, "mine-DailyPrices").name == "mine"


def test_a_foreign_state_machine_leads_nowhere():
    """A machine that no stockflow stack has is refused without asking."""
    with pytest.raises(CommandFailed, match="--stack"):
        stack_of_machine(fake_aws(), "orders")


@pytest.mark.parametrize("status", ["DELETE_IN_PROGRESS", "DELETE_COMPLETE"])
def test_a_stack_that_goes_away_is_none(status):
    """A stack that is being deleted can't be used."""
    with pytest.raises(CommandFailed, match="There is no stack"):
        find_stack(fake_aws(cloudformation=FakeCloudFormation(status=status)))


def test_a_stack_in_another_region_is_none_here():
    """The sentence names the region that was asked, and both options."""
    with pytest.raises(CommandFailed, match=r"no stack other in eu-west-1.*--stack.*--region"):
        find_stack(fake_aws(cloudformation=FakeCloudFormation()), "other")


def test_half_a_stack_says_how_it_stands():
    """A stack without its outputs says its status and which output is missing."""
    half = find_stack(fake_aws(cloudformation=FakeCloudFormation(status="ROLLBACK_COMPLETE", outputs={})))

    with pytest.raises(CommandFailed, match="is ROLLBACK_COMPLETE and has no output LiveAlias"):
        _ = half.live_alias_arn


@pytest.mark.parametrize(
    ("error", "kind", "word"),
    [
        (NoCredentialsError(), Unusable, "sign in"),
        (SSOTokenLoadError(error_msg="token"), Unusable, "sign in"),
        (NoRegionError(), Unusable, "--region"),
        (ProfileNotFound(profile="work"), Unusable, "AWS_PROFILE"),
        (EndpointConnectionError(endpoint_url="https://cloudformation"), CommandFailed, "network"),
        (client_error("ExpiredToken"), Unusable, "expired"),
        (client_error("UnrecognizedClientException"), Unusable, "does not accept"),
        (client_error("SignatureDoesNotMatch", message="Signature expired: now is later."), Unusable, "clock is off"),
        (
            client_error("InvalidSignatureException", message="Signature not yet current."),
            Unusable,
            "clock is off",
        ),
        (client_error("RequestTimeTooSkewed", message="The difference is too large."), Unusable, "clock is off"),
        (client_error("AccessDenied"), CommandFailed, "cloudformation:DescribeStacks"),
        (client_error("Throttling"), CommandFailed, "minute"),
        (client_error("InternalFailure", message="Ouch."), CommandFailed, r"InternalFailure: Ouch\)"),
    ],
)
def test_a_refusal_is_one_sentence(error, kind, word):
    """What AWS or its client says becomes one sentence, with what to do about it."""
    cloudformation = FakeCloudFormation()
    cloudformation.refuses = error

    with pytest.raises(kind, match=word) as raised:
        find_stack(fake_aws(cloudformation=cloudformation))

    assert str(raised.value).count(". ") == 0
    assert raised.value.__suppress_context__


def test_no_region_at_all_is_told(monkeypatch):
    """Without an option, a variable and a profile there is no region."""
    monkeypatch.delenv("AWS_REGION", raising=False)

    with pytest.raises(Unusable, match="AWS_REGION"):
        Aws(session=FakeSession()).client("cloudformation")


def test_a_start_is_named_and_goes_to_the_live_alias():
    """A repeated request can't start a second run; the name has no dot, for CloudWatch Logs need not log such a run."""
    stepfunctions = FakeStepFunctions()
    aws = fake_aws(cloudformation=FakeCloudFormation(), stepfunctions=stepfunctions)

    execution_arn = start_execution(aws, find_stack(aws), {"symbols": ["AAPL"]}, workflows.default())

    (request,) = stepfunctions.started
    assert request["stateMachineArn"] == f"{MACHINE}:live"
    assert json.loads(request["input"]) == {"symbols": ["AAPL"]}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d{6}-\d{3}Z-[0-9a-f]{4}", request["name"])
    assert execution_arn.endswith(request["name"])
