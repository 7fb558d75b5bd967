"""What an update of the stack may not touch: docs/policies/stack_policy.json, and the text of two resources."""

import json
from fnmatch import fnmatchcase

import pytest

from tests.helpers.stack import ROOT, WORKFLOWS, synthesised

POLICY = json.loads((ROOT / "docs" / "policies" / "stack_policy.json").read_text())
ACTIONS = ("Update:Modify", "Update:Replace", "Update:Delete")
FROZEN = {
    "DailyPrices": ("FirstVersion", "LiveAlias", "What the schedule and the inbox start; stockflow promote moves it"),
    "EarningsCalls": (
        "EarningsCallsFirstVersion",
        "EarningsCallsLiveAlias",
        "What the schedule and dropped calls start; stockflow promote moves it",
    ),
}
"""Of each state machine: its first version, its alias, and the alias's description."""
NEVER_EDITED = {name for version, alias, _ in FROZEN.values() for name in (version, alias)}
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
    """The first versions and the aliases stay as they are, bucket and table stay, and all else may be changed."""
    expected = set(ACTIONS)
    if logical_id in NEVER_EDITED:
        expected = set()
    elif logical_id in KEPT:
        expected = {"Update:Modify"}
    assert allowed(logical_id) == expected


def test_the_stack_policy_names_what_there_is():
    """A resource that was renamed would be protected no more: each that the policy names is in the stack."""
    named = {one for statement in POLICY["Statement"] for one in listed(statement["Resource"])} - {"*"}
    assert named == {f"LogicalResourceId/{name}" for name in NEVER_EDITED | KEPT}
    assert synthesised()["Resources"].keys() >= NEVER_EDITED | KEPT


@pytest.mark.parametrize("machine", [workflow.machine for workflow in WORKFLOWS])
def test_the_first_version_and_the_alias_are_never_edited(machine):
    """Another word in one of them would put production back to the first version: this is their text, for good."""
    version, alias, description = FROZEN[machine]
    assert synthesised()["Resources"][version] == {
        "Type": "AWS::StepFunctions::StateMachineVersion",
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": {"StateMachineArn": {"Ref": machine}, "Description": "As first deployed"},
    }
    assert synthesised()["Resources"][alias] == {
        "Type": "AWS::StepFunctions::StateMachineAlias",
        "Properties": {
            "Name": "live",
            "Description": description,
            "RoutingConfiguration": [{"StateMachineVersionArn": {"Ref": version}, "Weight": 100}],
        },
    }
