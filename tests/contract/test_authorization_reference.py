"""Every policy statement against AWS's service authorization reference: what it says, IAM would do."""

import json
import re

import pytest

from tests.contract.authorization_reference import actions, faults, is_key
from tests.helpers.policies import STACK, Deployed, Statement, filled_in, statements_of
from tests.helpers.stack import GITHUB_ROLE, ROOT, synthesised, template

# A stack policy is no policy of IAM: its actions are CloudFormation's own.
POLICIES = [path for path in (ROOT / "docs" / "policies").glob("*.json") if path.name != "stack_policy.json"]

DEPLOYED = Deployed(synthesised(), {"SharedStateTable": "stockflow-prd-StateTable-1ABC"})
STATEMENTS = [
    *DEPLOYED.statements(),
    *Deployed(
        template(GITHUB_ROLE), {"StackName": STACK, "Repository": "owner/name", "Environment": "dev"}
    ).statements(),
    *(one for path in POLICIES for one in statements_of(path.name, filled_in(path.read_text()))),
]


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda statement: statement.where)
def test_a_statement_does_what_it_says(statement):
    """Its actions exist, can be allowed on its resources, and their requests have the keys of its conditions."""
    assert faults(statement) == []


def test_every_policy_is_read():
    """Each resource of the templates that has a policy is among the checked statements, and each policy file."""
    with_policy = {
        name
        for stack in (synthesised(), template(GITHUB_ROLE))
        for name, resource in stack["Resources"].items()
        if '"Statement"' in json.dumps(resource) or resource["Type"] == "AWS::Lambda::Permission"
    }
    read = {statement.where.partition("/")[0] for statement in STATEMENTS}
    assert read == with_policy | {path.name for path in POLICIES}


TEXTS = [*(ROOT / "docs").glob("*.md"), *(ROOT / "stockflow").glob("**/*.py"), ROOT / "README.md"]
NAMED = sorted(
    {name for path in TEXTS for name in re.findall(r"(?<![\w:])[a-z0-9-]+:[A-Z][a-z]\w+\b", path.read_text())}
)


@pytest.mark.parametrize("name", NAMED)
def test_what_people_are_told_to_allow_exists(name):
    """What the docs and the commands' refusals name is an action of IAM, or a condition key."""
    assert actions(name) or is_key(name)


MACHINE = DEPLOYED.arn("DailyPrices")


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ({"Action": "states:StartExecution", "Resource": f"{MACHINE}:live"}, "not on"),
        ({"Action": "s3:GetObjekt", "Resource": "arn:aws:s3:::bucket/*"}, "no action s3:GetObjekt"),
        ({"Action": "s4:GetObject", "Resource": "*"}, "no action s4:GetObject"),
        ({"Action": "s3:ListBucket", "Resource": "arn:aws:s3:::bucket/*"}, "not on arn:aws:s3:::bucket/"),
        ({"Action": "s3:GetObject", "Resource": ["arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket"]}, "No action of"),
        ({"Action": "sqs:SendMessage", "Resource": "arn:aws:sns:us-east-1:123456789012:topic"}, "not on arn:aws:sns"),
        ({"Action": "xray:PutTraceSegments", "Resource": "arn:aws:xray:us-east-1:123456789012:group/g"}, "on *, not"),
        (
            {
                "Action": ["s3:GetObject", "s3:ListBucket"],
                "Resource": ["arn:aws:s3:::bucket", "arn:aws:s3:::bucket/*"],
                "Condition": {"StringLike": {"s3:prefix": "runs/*"}},
            },
            "s3:GetObject has no s3:prefix",
        ),
        (
            {
                "Action": "states:StartExecution",
                "Resource": MACHINE,
                "Condition": {"StringEquals": {"states:StateMachineQualifier": "live"}},
            },
            "has several values",
        ),
        (
            {
                "Action": "sqs:SendMessage",
                "Resource": "*",
                "Condition": {"ForAnyValue:StringEquals": {"aws:SourceAccount": "123456789012"}},
            },
            "has one value",
        ),
        (
            {
                "Action": "s3:GetObject",
                "Resource": "arn:aws:s3:::bucket/*",
                "Condition": {"Bool": {"s3:TlsVersion": "1.2"}},
            },
            "is a Numeric",
        ),
    ],
)
def test_a_fault_is_found(fault, sentence):
    """A statement that IAM takes, and that does nothing or something else, is told of in a sentence."""
    (found, *_) = [one for one in faults(Statement.of("test", {"Effect": "Allow", **fault})) if sentence in one]
    assert found.startswith("test: ")
