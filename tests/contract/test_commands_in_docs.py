"""The commands that the pages tell people to type: calls that AWS has, parameters that the template takes."""

import re
import tomllib
from functools import cache

import boto3
import pytest
from botocore import xform_name

from tests.contract.template import accepts
from tests.helpers.stack import GITHUB_ROLE, ROOT, template

PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("events/*.md")]
TEXTS = [page.read_text(encoding="utf-8").replace("\\\n", " ") for page in PAGES]
CALLS = sorted({call for text in TEXTS for call in re.findall(r"\baws ([a-z]+) ([a-z]+-[a-z-]+)([^`\n]*)", text)})
ENVIRONMENTS = tomllib.loads((ROOT / "samconfig.toml").read_text())
ABOUT_THE_ANSWER = {"query", "output", "region"}
"""Options of every command of the AWS CLI."""


@cache
def operations(service):
    """``start-execution`` to the names of its options, for each call of a service."""
    model = boto3.client(service, region_name="us-east-1").meta.service_model
    return {
        xform_name(name, "-"): {xform_name(member, "-") for member in shape.members}
        for name in model.operation_names
        if (shape := model.operation_model(name).input_shape)
    }


@pytest.mark.parametrize(("service", "call", "rest"), CALLS, ids=lambda text: text.strip()[:30])
def test_an_aws_command_is_one(service, call, rest):
    """Each command of the AWS CLI in a page is a call of that service, with options that it takes."""
    known = operations(service)
    own = rest.partition("$(")[0]  # a command inside a command is one of its own
    assert call in known
    options = {option.removeprefix("no-") for option in re.findall(r"--([a-z-]+)", own)}
    assert options - ABOUT_THE_ANSWER <= known[call]


def test_there_are_commands_to_check():
    """The pages' commands are found at all."""
    assert len(CALLS) >= 6


def overrides(text):
    """``ScheduleState=DISABLED StockSymbols=AAPL,MSFT`` as pairs."""
    return [tuple(part.split("=", 1)) for part in text.split()]


@pytest.mark.parametrize("stage", ["dev", "stg", "prd"])
def test_an_environment_deploys_a_stack_of_its_own(stage):
    """samconfig.toml has the environment, with a stack of its name, its tag, and parameters that the template takes."""
    deploy = ENVIRONMENTS[stage]["deploy"]["parameters"]
    assert deploy["stack_name"] == f"stockflow-{stage}"
    assert (ROOT / deploy["template_file"]).is_file()
    given = dict(pair for text in deploy["parameter_overrides"] for pair in overrides(text))
    assert dict(overrides(" ".join(deploy["tags"]))) == {"stage": stage, "application": "stockflow"}
    assert [pair for pair in given.items() if not accepts(*pair)] == []


@pytest.mark.parametrize("stage", ["dev", "stg", "prd"])
def test_no_environment_runs_by_itself_at_first(stage):
    """A first deployment is live at once, without a secret: its schedule is off until somebody switches it on."""
    assert "ScheduleState=DISABLED" in ENVIRONMENTS[stage]["deploy"]["parameters"]["parameter_overrides"]


def test_there_are_no_other_environments():
    """dev, stg and prd, beside the file's version."""
    assert ENVIRONMENTS.keys() == {"version", "dev", "stg", "prd"}


GIVEN = {given for text in TEXTS for given in re.findall(r'--parameter-overrides "?([\w=,. /-]+)', text)}
TAKEN = {**template(GITHUB_ROLE)["Parameters"], **template()["Parameters"]}


@pytest.mark.parametrize("given", sorted(GIVEN))
def test_a_parameter_in_a_page_is_one(given):
    """What a page tells people to override are parameters, with values that the templates take."""
    assert [pair for pair in overrides(given) if not accepts(*pair, TAKEN)] == []
