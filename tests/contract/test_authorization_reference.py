"""Every policy statement against AWS's service authorization reference: what it says, IAM would do."""

import json

import pytest

from tests.contract.authorization_reference import faults
from tests.contract.policies import Deployed, Statement
from tests.contract.stack import synthesised

DEPLOYED = Deployed(synthesised(), {"SharedStateTable": "stockflow-prd-StateTable-1ABC"})
STATEMENTS = DEPLOYED.statements()


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda statement: statement.where)
def test_a_statement_does_what_it_says(statement):
    """Its actions exist, can be allowed on its resources, and their requests have the keys of its conditions."""
    assert faults(statement) == []


def test_every_policy_is_read():
    """Each resource of the template that has a policy is among the statements that are checked."""
    with_policy = {
        name
        for name, resource in synthesised()["Resources"].items()
        if '"Statement"' in json.dumps(resource) or resource["Type"] == "AWS::Lambda::Permission"
    }
    assert {statement.where.partition("/")[0] for statement in STATEMENTS} == with_policy


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
