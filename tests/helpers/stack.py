"""The stack as data, for tests: template, synthesised template, workflows with their definitions and functions."""

import json
import os
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import yaml
from samtranslator.translator.transform import transform

from stockflow.workflows import workflows
from stockflow_functions.runtime.workflow import Workflow

ROOT = Path(__file__).resolve().parents[2]
GITHUB_ROLE = "deploy/github_role.yaml"
WORKFLOWS = workflows()
_EVERY = tuple(function for workflow in WORKFLOWS for function in (*workflow.functions, *workflow.beside))
FUNCTIONS = tuple(function.name for function in _EVERY)
"""Those of all workflows, by their names."""
MODULES = {function.name: function.module for function in _EVERY}


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's short tags as the long forms: ``!Ref X`` as ``{"Ref": "X"}``."""


def _long_form(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt":
        value = value.split(".", 1) if isinstance(value, str) else value
    return {suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _long_form)


@cache
def template(name: str = "template.yaml") -> dict[str, Any]:
    """A template of the project, with CloudFormation's functions in their long form."""
    return yaml.load((ROOT / name).read_text(), _Loader)


def definition(workflow: Workflow) -> dict[str, Any]:
    """A workflow's definition, before substitution."""
    machine: dict[str, Any] = json.loads(definition_path(workflow).read_text())
    return machine


def definition_path(workflow: Workflow) -> Path:
    """Where it is."""
    return ROOT / "statemachine" / workflow.definition


def states(machine: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every state of the definition with its name, those inside Map states too."""
    for name, state in machine["States"].items():
        yield name, state
        if "ItemProcessor" in state:
            yield from states(state["ItemProcessor"])


def tasks(workflow: Workflow) -> dict[str, dict[str, Any]]:
    """The Task states of a workflow, by their names."""
    return {name: state for name, state in states(definition(workflow)) if state["Type"] == "Task"}


def calls(workflow: Workflow) -> dict[str, dict[str, Any]]:
    """Those Task states that call a function."""
    return {name: task for name, task in tasks(workflow).items() if task["Resource"].endswith(":lambda:invoke")}


def iteration(workflow: Workflow) -> dict[str, Any]:
    """The states that each item of the workflow's Map goes through, as a machine of their own."""
    machine: dict[str, Any] = definition(workflow)["States"][workflow.map_state]["ItemProcessor"]
    return machine


def function_properties(function: str) -> dict[str, Any]:
    """A function's properties, the Globals merged in."""
    whole = template()
    shared, own = whole["Globals"]["Function"], whole["Resources"][f"{function}Function"]["Properties"]
    return {**shared, **own, "LoggingConfig": {**shared["LoggingConfig"], **own["LoggingConfig"]}}


@cache
def synthesised() -> dict[str, Any]:
    """The template as CloudFormation gets it."""
    return synthesise(template())


def synthesise(source: dict[str, Any]) -> dict[str, Any]:
    """Such a template with SAM's resources translated, the code as if it had been uploaded."""
    uploaded = deepcopy(source)
    uploaded["Globals"]["Function"]["CodeUri"] = f"s3://artifacts/{uploaded['Globals']['Function']['CodeUri']}"
    for resource in uploaded["Resources"].values():
        for field in ("ContentUri", "DefinitionUri"):
            if field in resource.get("Properties", {}):
                resource["Properties"][field] = {"Bucket": "artifacts", "Key": resource["Properties"][field]}
    with patch.dict(os.environ, AWS_DEFAULT_REGION="us-east-1"):
        return transform(uploaded, {}, _NoManagedPolicies())


class _NoManagedPolicies:
    """The template names no managed policy, so none need be looked up."""

    def load(self) -> dict[str, str]:
        return {}


def resources(kind: str) -> dict[str, dict[str, Any]]:
    """The properties of every resource of one CloudFormation type, by logical id."""
    found = synthesised()["Resources"].items()
    return {name: resource["Properties"] for name, resource in found if resource["Type"] == kind}
