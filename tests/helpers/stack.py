"""The stack as data, for tests: template, synthesised template, workflow definition."""

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

ROOT = Path(__file__).resolve().parents[2]
GITHUB_ROLE = "deploy/github_role.yaml"
STATES = ("Plan", "Fetch", "Transform", "Save", "Notify")


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


@cache
def definition() -> dict[str, Any]:
    """The workflow's definition, before substitution."""
    return json.loads((ROOT / "statemachine" / "daily_prices.asl.json").read_text())


def states(machine: dict[str, Any] | None = None) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every state of the definition with its name, those inside Map states too."""
    for name, state in (machine or definition())["States"].items():
        yield name, state
        if "ItemProcessor" in state:
            yield from states(state["ItemProcessor"])


def function_properties(state: str) -> dict[str, Any]:
    """A function's properties, the Globals merged in."""
    whole = template()
    shared, own = whole["Globals"]["Function"], whole["Resources"][f"{state}Function"]["Properties"]
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
