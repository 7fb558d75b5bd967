"""What an update of the stack may not touch: docs/policies/stack_policy.json, and the text of two resources."""

import json
from fnmatch import fnmatchcase

import pytest

from tests.helpers.stack import ROOT, synthesised

POLICY = json.loads((ROOT / "docs" / "policies" / "stack_policy.json").read_text())
ACTIONS = ("Update:Modify", "Update:Replace", "Update:Delete")
FROZEN = {"FirstVersion", "LiveAlias"}
KEPT = {"Bucket", "StateTable"}


def listed(value):
    return value if isinstance(value, list) else [value]


def allowed(logical_id):
    """The updates that the policy allows; AWSCloudFormation/latest/UserGuide/protect-stack-resources: a Deny wins."""
    effects = {action: set() for action in ACTIONS}
    for statement in POLICY["Statement"]:
        assert statement["Principal"] == "*"  # the only one that there is
        if any(fnmatchcase(f"LogicalResourceId/{logical_id}", pattern) for pattern in listed(statement["Resource"])):
            for action in ACTIONS:
                if any(fnmatchcase(action, pattern) for pattern in listed(statement["Action"])):
                    effects[action].add(statement["Effect"])
    return {action for action, found in effects.items() if found == {"Allow"}}


@pytest.mark.parametrize("logical_id", sorted(synthesised()["Resources"]))
def test_the_stack_policy_protects_what_it_should(logical_id):
    """The first version and the alias stay as they are, bucket and table stay, and all else may be changed."""
    expected = set(ACTIONS)
    if logical_id in FROZEN:
        expected = set()
    elif logical_id in KEPT:
        expected = {"Update:Modify"}
    assert allowed(logical_id) == expected


def test_the_stack_policy_names_what_there_is():
    """A resource that was renamed would be protected no more: each that the policy names is in the stack."""
    named = {one for statement in POLICY["Statement"] for one in listed(statement["Resource"])} - {"*"}
    assert named == {f"LogicalResourceId/{name}" for name in FROZEN | KEPT}
    assert synthesised()["Resources"].keys() >= FROZEN | KEPT


def test_the_first_version_and_the_alias_are_never_edited():
    """Another word in one of them would put production back to the first version: this is their text, for good."""
    assert {name: synthesised()["Resources"][name] for name in FROZEN} == {
        "FirstVersion": {
            "Type": "AWS::StepFunctions::StateMachineVersion",
            "DeletionPolicy": "Retain",
            "UpdateReplacePolicy": "Retain",
            "Properties": {"StateMachineArn": {"Ref": "DailyPrices"}, "Description": "As first deployed"},
        },
        "LiveAlias": {
            "Type": "AWS::StepFunctions::StateMachineAlias",
            "Properties": {
                "Name": "live",
                "Description": "What the schedule and the inbox start; stockflow promote moves it",
                "RoutingConfiguration": [{"StateMachineVersionArn": {"Ref": "FirstVersion"}, "Weight": 100}],
            },
        },
    }
