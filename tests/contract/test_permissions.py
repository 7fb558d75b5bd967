"""Who may do what: the template against a written list. ``tests/workflow`` holds it to what the functions do."""

import json
from pathlib import Path

import pytest
import yaml

from tests.contract.stack import STATES, permissions, resources

WRITTEN = yaml.safe_load(Path(__file__).with_name("permissions.yaml").read_text())
ROLES = resources("AWS::IAM::Role")


@pytest.mark.parametrize("role", ROLES)
def test_a_role_may_do_what_is_written_and_no_more(role):
    """Each action and each resource of a role is in permissions.yaml, and the other way round."""
    assert permissions(role) == {action: sorted(places) for action, places in WRITTEN[role].items()}


def test_no_action_is_a_wildcard():
    """No role may do "all" of anything."""
    assert [action for role in ROLES for action in permissions(role) if "*" in action] == []


@pytest.mark.parametrize("role", ROLES)
def test_a_role_is_taken_by_its_service_for_this_account_only(role):
    """Trust is limited to services, and to their work for this account."""
    (statement,) = ROLES[role]["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"].keys() == {"Service"}
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


def test_each_function_has_a_role_of_its_own():
    """No two functions share a role, nor does one have a managed policy."""
    assert len({json.dumps(function["Role"]) for function in resources("AWS::Lambda::Function").values()}) == len(
        STATES
    )
    assert not any("ManagedPolicyArns" in role for role in ROLES.values())
