"""The project's own files that both AWS and the laptop read: the definition and the template."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
DEFINITION = ROOT / "statemachine" / "daily_prices.asl.json"
TEMPLATE = ROOT / "template.yaml"
STATES_WITH_FUNCTIONS = ("Plan", "Fetch", "Transform", "Save", "Notify")


@dataclass(frozen=True)
class FunctionLimits:
    """What the template gives a function."""

    timeout_seconds: int
    memory_mb: int


def definition(function_arns: dict[str, str]) -> str:
    """The workflow's definition with the functions' ARNs put in, as CloudFormation's DefinitionSubstitutions does."""
    text = DEFINITION.read_text()
    for state, arn in function_arns.items():
        text = text.replace(f"${{{state}Function}}", arn)
    return text


def function_limits() -> dict[str, FunctionLimits]:
    """Time-out and memory of each function, from template.yaml."""
    template = yaml.load(TEMPLATE.read_text(), _CloudFormationLoader)  # noqa: S506 # a SafeLoader
    common = template.get("Globals", {}).get("Function", {})
    limits = {}
    for state in STATES_WITH_FUNCTIONS:
        own = {**common, **template["Resources"][f"{state}Function"]["Properties"]}
        limits[state] = FunctionLimits(int(own["Timeout"]), int(own["MemorySize"]))
    return limits


class _CloudFormationLoader(yaml.SafeLoader):
    """Reads CloudFormation's short tags (!Ref, !Sub, ...) as plain values: only literal properties are used here."""


def _plain(loader: yaml.SafeLoader, _suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_mapping(node, deep=True) if isinstance(node, yaml.MappingNode) else None


_CloudFormationLoader.add_multi_constructor("!", _plain)
