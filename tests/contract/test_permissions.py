"""Who may do what: the template against a written list. ``tests/workflow`` holds it to what the functions do."""

import json
from collections import defaultdict
from itertools import product
from pathlib import Path

import pytest
import yaml

from tests.helpers.iam import Request, is_allowed, start_execution
from tests.helpers.policies import ACCOUNT, REGION, STACK, Deployed, Statement
from tests.helpers.stack import FUNCTIONS, WORKFLOWS, resources, synthesised

WRITTEN = yaml.safe_load(Path(__file__).with_name("permissions.yaml").read_text())
ROLES = resources("AWS::IAM::Role")
DEPLOYED = Deployed(synthesised())
SHARED_TABLE = "stockflow-prd-StateTable-1ABC"
CHOICES = {
    "ScheduleState": ("ENABLED", "DISABLED"),
    "CallSymbols": ("", "AAPL,MSFT"),
    "Universe": ("", "listed:NASDAQ"),
    "SharedStateTable": ("", SHARED_TABLE),
    "NotificationEmail": ("", "data@example.com"),
    "PermissionsBoundary": ("", "arn:aws:iam::123456789012:policy/Boundary"),
}


def permissions(role, deployed=DEPLOYED):
    """What a role may do as ``{action: [place, or "place if condition"]}``, sorted."""
    found = defaultdict(set)
    for statement in deployed.role(role):
        assert statement.effect == "Allow"
        for action in statement.actions:
            found[action] |= {deployed.short(place) + condition_of(statement) for place in statement.resources}
    return {action: sorted(places) for action, places in found.items()}


def condition_of(statement: Statement):
    """As permissions.yaml has it: `` if StringEquals aws:SourceAccount = 123456789012``."""
    told = [
        f"{operator} {key} = {', '.join(values)}"
        for operator, tests in statement.conditions.items()
        for key, values in tests.items()
    ]
    return f" if {' and '.join(told)}" if told else ""


@pytest.mark.parametrize("role", ROLES)
def test_a_role_may_do_what_is_written_and_no_more(role):
    """Each action, resource and condition of a role is in permissions.yaml, and the other way round."""
    assert permissions(role) == {action: sorted(places) for action, places in WRITTEN[role].items()}


def test_no_action_is_a_wildcard():
    """No role may do "all" of anything."""
    assert [action for role in ROLES for action in permissions(role) if "*" in action] == []


@pytest.mark.parametrize("role", ROLES)
def test_a_role_stays_inside_the_boundary_that_is_given(role):
    """Each role takes the policy that the parameter names as its boundary, and none where it names none."""
    bounded = Deployed(synthesised(), {"PermissionsBoundary": "arn:aws:iam::123456789012:policy/Boundary"})
    assert bounded.of_type("AWS::IAM::Role")[role]["PermissionsBoundary"] == "arn:aws:iam::123456789012:policy/Boundary"
    assert "PermissionsBoundary" not in DEPLOYED.of_type("AWS::IAM::Role")[role]


@pytest.mark.parametrize("role", ROLES)
def test_a_role_is_taken_by_its_service_for_this_account_only(role):
    """Trust is limited to services, and to their work for this account."""
    for statement in ROLES[role]["AssumeRolePolicyDocument"]["Statement"]:
        assert statement["Principal"].keys() == {"Service"}
        assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}


@pytest.mark.parametrize(("group", "allowed"), [(STACK, True), ("default", False)])
def test_schedules_of_the_stacks_own_group_start(group, allowed):
    """EventBridge Scheduler takes the role for a schedule of the stack's group, and for no other."""
    source = f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule-group/{group}"
    context = {"aws:SourceAccount": [ACCOUNT], "aws:SourceArn": [source]}
    request = Request("sts:AssumeRole", "", context, ("Service", "scheduler.amazonaws.com"))
    assert DEPLOYED.of_type("AWS::Scheduler::ScheduleGroup")["ScheduleGroup"]["Name"] == STACK
    assert is_allowed(request, [one for one in DEPLOYED.statements() if one.where == "StartRole"]) is allowed


def test_each_function_has_a_role_of_its_own():
    """No two functions share a role, nor does one have a managed policy."""
    functions = resources("AWS::Lambda::Function").values()
    assert len({json.dumps(function["Role"]) for function in functions}) == len(FUNCTIONS)
    assert not any("ManagedPolicyArns" in role for role in ROLES.values())


def choices():
    """Every stack that the parameters behind conditions can make."""
    return [dict(zip(CHOICES, values, strict=True)) for values in product(*CHOICES.values())]


def test_every_condition_is_tried():
    """The stacks of these tests hold each of the template's conditions once true and once false."""
    stacks = [Deployed(synthesised(), parameters) for parameters in choices()]
    for name in synthesised()["Conditions"]:
        assert {stack.holds(name) for stack in stacks} == {True, False}, name


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_parameter_takes_away_what_a_function_names(function):
    """What a function's environment names is there whatever the parameters are: an older version may be live."""
    named = names_in(resources("AWS::Lambda::Function")[f"{function}Function"]["Environment"])
    assert named == {"Bucket", "StateTable", "Secret", "Topic"}
    for parameters in choices():
        assert named <= Deployed(synthesised(), parameters).resources.keys()


def names_in(value):
    """The resources that a value of the template refers to, under any condition."""
    if isinstance(value, list):
        return set().union(*map(names_in, value))
    if not isinstance(value, dict):
        return set()
    if "Ref" in value:
        return {value["Ref"]} & synthesised()["Resources"].keys()
    return {value["Fn::GetAtt"][0]} if "Fn::GetAtt" in value else set().union(*map(names_in, value.values()))


@pytest.mark.parametrize("role", ROLES)
def test_no_parameter_takes_a_permission_away(role):
    """A role may do the same on the stack's own resources whatever the parameters; a shared table comes on top."""
    shared = f"arn:aws:dynamodb:{REGION}:123456789012:table/{SHARED_TABLE}"
    for parameters in choices():
        found = permissions(role, Deployed(synthesised(), parameters))
        own = {action: [place for place in places if place != shared] for action, places in found.items()}
        assert own == permissions(role)
        more = {action for action, places in found.items() if shared in places}
        uses_table = parameters["SharedStateTable"] and "dynamodb:GetItem" in found
        assert more == ({"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"} if uses_table else set())


@pytest.mark.parametrize("machine", [workflow.machine for workflow in WORKFLOWS])
@pytest.mark.parametrize(
    ("qualifier", "allowed"), [(":live", True), (":previous", False), (":1", False), ("", False), (":LIVE", False)]
)
def test_only_the_live_version_may_be_started(machine, qualifier, allowed):
    """Schedules and rules may start an alias live; neither another alias, nor a version, nor what was just deployed."""
    request = start_execution(DEPLOYED.arn(machine) + qualifier)
    assert is_allowed(request, DEPLOYED.role("StartRole")) is allowed


def started_by(arn):
    """The request that a schedule makes of its target: a state machine, or a function."""
    return start_execution(arn) if ":stateMachine:" in arn else Request("lambda:InvokeFunction", arn)


def deliveries():
    """Whatever one part hands to another here: ``(what, request, who is asked)``."""
    anybody = [one for one in DEPLOYED.statements() if one.principals and "sts:AssumeRole" not in one.actions]
    starter = [*DEPLOYED.role("StartRole"), *anybody]
    for name, schedule in DEPLOYED.of_type("AWS::Scheduler::Schedule").items():
        yield name, started_by(schedule["Target"]["Arn"]), starter
        yield f"{name}'s rest", Request("sqs:SendMessage", schedule["Target"]["DeadLetterConfig"]["Arn"]), starter
    for name, rule in DEPLOYED.of_type("AWS::Events::Rule").items():
        by = {"principal": ("Service", "events.amazonaws.com")}
        context = {"aws:SourceArn": [DEPLOYED.arn(name)], "aws:SourceAccount": ["123456789012"]}
        (target,) = rule["Targets"]
        if "RoleArn" in target:
            yield name, start_execution(target["Arn"]), starter
        else:
            yield name, Request("lambda:InvokeFunction", target["Arn"], context, **by), anybody
        yield f"{name}'s rest", Request("sqs:SendMessage", target["DeadLetterConfig"]["Arn"], context, **by), anybody
    for name, alarm in DEPLOYED.of_type("AWS::CloudWatch::Alarm").items():
        by = {"principal": ("Service", "cloudwatch.amazonaws.com")}
        for topic in alarm["AlarmActions"]:
            yield name, Request("sns:Publish", topic, {"aws:SourceAccount": ["123456789012"]}, **by), anybody
    for name, config in DEPLOYED.of_type("AWS::Lambda::EventInvokeConfig").items():
        unheard = config["DestinationConfig"]["OnFailure"]["Destination"]
        role = f"{config['FunctionName'].removeprefix(f'{STACK}-')}Role"
        yield name, Request("sqs:SendMessage", unheard), [*DEPLOYED.role(role), *anybody]
    for name, machine in DEPLOYED.of_type("AWS::StepFunctions::StateMachine").items():
        for function, arn in machine["DefinitionSubstitutions"].items():
            yield function, Request("lambda:InvokeFunction", arn), DEPLOYED.role(f"{name}Role")


@pytest.mark.parametrize(("request_", "statements"), [pytest.param(*rest, id=name) for name, *rest in deliveries()])
def test_what_one_part_hands_to_another_is_let_through(request_, statements):
    """Each start, call, message and dead letter that the template sets up is one that its policies allow."""
    assert is_allowed(request_, statements)


def test_a_rule_of_somebody_else_delivers_nothing():
    """Another rule of EventBridge may neither call a notifier nor leave dead letters, and nobody may without TLS."""
    statements = [one for one in DEPLOYED.statements() if one.principals]
    context = {"aws:SourceArn": [f"arn:aws:events:{REGION}:999999999999:rule/{STACK}-AlarmRule"]}
    by = ("Service", "events.amazonaws.com")
    plain = {**context, "aws:SourceArn": [DEPLOYED.arn("AlarmRule")], "aws:SecureTransport": ["false"]}
    assert not is_allowed(Request("sqs:SendMessage", DEPLOYED.arn("DeadLetters"), context, by), statements)
    for workflow in WORKFLOWS:
        notifier = f"{DEPLOYED.arn(f'{workflow.notifier}Function')}:live"
        assert not is_allowed(Request("lambda:InvokeFunction", notifier, context, by), statements)
    assert not is_allowed(Request("sqs:SendMessage", DEPLOYED.arn("DeadLetters"), plain, by), statements)
