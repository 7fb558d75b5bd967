"""docs/policies/promote.json is what stockflow promote needs, all of it and no more, as promotions show."""

import json
import re
from fnmatch import fnmatchcase
from pathlib import Path

from tests.workflow.promotion_stage import promote

POLICY = json.loads((Path(__file__).resolve().parents[2] / "docs/policies/promote.json").read_text())
MACHINES = {"daily-prices": "stockflow-dev-DailyPrices", "earnings-calls": "stockflow-dev-EarningsCalls"}


def needs(service, method, request):
    """The permissions that a call needs: ``(action, resource)`` pairs.

    docs.aws.amazon.com/step-functions, "auth-version-alias": a version or an alias is authorised as its state machine.
    docs.aws.amazon.com/AmazonS3: without ListBucket a missing object looks forbidden.
    docs.aws.amazon.com/scheduler, "cross-service": CreateSchedule passes the target's role.
    """
    action = f"{ {'stepfunctions': 'states'}.get(service, service) }:{''.join(map(str.title, method.split('_')))}"
    match method:
        case "describe_stacks":
            stack = f"stack/{request['StackName']}/0a1b"
            return [(action, f"arn:aws:cloudformation:us-east-1:123456789012:{stack}")]
        case "get_object" | "put_object":
            bucket = "arn:aws:s3:::the-bucket"
            listing = [("s3:ListBucket", bucket)] if method == "get_object" else []
            return [(action, f"{bucket}/{request['Key']}"), *listing]
        case "get_schedule" | "create_schedule" | "delete_schedule":
            name = f"{request.get('GroupName', 'default')}/{request['Name']}"
            schedule = f"arn:aws:scheduler:us-east-1:123456789012:schedule/{name}"
            passed = [("iam:PassRole", request["Target"]["RoleArn"])] if method == "create_schedule" else []
            return [(action, schedule), *passed]
        case _ if service == "stepfunctions":
            return [(action, _states_resource(request))]
        case _:
            raise AssertionError(f"promote calls {service} {method}: say here what that needs, and grant it.")


def _states_resource(request):
    """The state machine, or the execution, that a request is about, by the names that they have on AWS."""
    prefix = "arn:aws:states:us-east-1:123456789012"
    named = re.findall(rf'{prefix}:(stateMachine|execution):([a-z-]+[a-z])(?:-[0-9]+)?(:[^"]*)?', json.dumps(request))
    ((kind, machine, rest),) = {(kind, name, rest if kind == "execution" else "") for kind, name, rest in named}
    return f"{prefix}:{kind}:{MACHINES[machine]}{rest}"


def granted():
    """The policy's ``(action, resource pattern)`` pairs; what a reader fills in may be anything."""
    return [
        (action, re.sub(r"\b(REGION|ACCOUNT|BUCKET)\b", "*", resource))
        for statement in POLICY["Statement"]
        for action in _listed(statement["Action"])
        for resource in _listed(statement["Resource"])
    ]


def _listed(value):
    return [value] if isinstance(value, str) else value


def needed(stack):
    """What promotions of every kind needed: a first one and a later one, one without a smoke run, a rollback."""
    deployed = stack(calls=True)
    for arguments in (["--symbols", "AAPL"], ["--skip-smoke", "in a hurry"], ["--rollback"]):
        assert promote(*arguments).exit_code == 0
    return {pair for call in deployed.calls for pair in needs(*call)}


def test_the_policy_is_what_a_promotion_needs(stack):
    """Every call is allowed by the documented policy, and each line of the policy was needed."""
    pairs, grants = needed(stack), granted()

    denied = [pair for pair in pairs if not any(pair[0] == a and fnmatchcase(pair[1], r) for a, r in grants)]
    unused = [grant for grant in grants if not any(a == grant[0] and fnmatchcase(r, grant[1]) for a, r in pairs)]
    assert (denied, unused) == ([], [])


def test_the_role_can_be_passed_to_the_scheduler_alone():
    """With the policy nobody gives the schedule's role to anything else."""
    (passing,) = [statement for statement in POLICY["Statement"] if "iam:PassRole" in _listed(statement["Action"])]

    assert passing["Condition"] == {"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}}
