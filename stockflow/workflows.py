"""Finds the workflows, and the workflow of a run.

A workflow is a folder of ``stockflow_functions`` whose ``workflow.py`` holds a :class:`Workflow`, and its definition in
``statemachine/``. This is the one place that looks for them: all else is handed the value.
"""

import json
import pkgutil
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module, resources
from importlib.util import find_spec
from pathlib import Path

import stockflow_functions
from stockflow.errors import Unusable
from stockflow.history import visits
from stockflow.history.conventions import ANY, Conventions
from stockflow.history.definition import Region, read_definition
from stockflow.history.json_values import JsonObject, list_in, objects_in, text_in
from stockflow.history.model import RunModel, build_model
from stockflow.history.saved_run import SavedRun
from stockflow.history.visits import details_of
from stockflow_functions.domain.outcome import DEFERRED, FAILED
from stockflow_functions.runtime.workflow import Workflow

DEFAULT = "daily-prices"
_FOLDER = "statemachine"
_FUNCTION_NAME = re.compile(r"\$\{(\w+)Function\}")


def workflows() -> list[Workflow]:
    """All of them, the default one first."""
    found = [
        value
        for module in pkgutil.iter_modules(stockflow_functions.__path__, f"{stockflow_functions.__name__}.")
        if module.ispkg and find_spec(f"{module.name}.workflow")
        for value in vars(import_module(f"{module.name}.workflow")).values()
        if isinstance(value, Workflow)
    ]
    return sorted(found, key=lambda workflow: (workflow.name != DEFAULT, workflow.name))


def default() -> Workflow:
    """The one that a command uses if none is named."""
    return workflows()[0]


def named(name: str) -> Workflow:
    """The workflow with this name.

    Raises:
        Unusable: there is none; the sentence lists those that exist.
    """
    found = {workflow.name: workflow for workflow in workflows()}
    if name not in found:
        raise Unusable(f"There is no workflow {name!r}: write {' or '.join(found)}.")
    return found[name]


def of_machine(machine: str) -> Workflow | None:
    """The workflow of a state machine's name, on AWS (``stockflow-dev-DailyPrices``) or here (``daily-prices-2``)."""
    for workflow in workflows():
        if machine.endswith(f"-{workflow.machine}") or re.fullmatch(rf"{re.escape(workflow.name)}(-\d+)?", machine):
            return workflow
    return None


def of_run(run: SavedRun) -> Workflow | None:
    """The workflow of a run; None if it is not at hand.

    It is recognised by the states of its definition, its state machine's name, or the states that the run entered.
    """
    machine = read_definition(run.definition)
    if machine:
        states = _names(machine)
        own = next((workflow for workflow in workflows() if workflow.states <= states), None)
        if own:
            return own
    arn = str(run.description.get("executionArn") or run.description.get("stateMachineArn") or "")
    parts = arn.split(":")
    of_arn = of_machine(parts[6]) if len(parts) > 6 else None  # noqa: PLR2004 # where these ARNs have the machine's name
    return of_arn or (None if machine else _of_events(run))


def _of_events(run: SavedRun) -> Workflow | None:
    kinds = (event for event in run.events if str(event["type"]).endswith("StateEntered"))
    entered = {str(details_of(event).get("name")) for event in kinds}
    return next((own for own in workflows() if entered and entered <= _names(machine_of(own))), None)


def conventions_of(workflow: Workflow | None) -> Conventions:
    """What the reader of histories needs to know of a workflow."""
    if workflow is None:
        return ANY
    return Conventions(
        states=workflow.states,
        caught={**dict.fromkeys(workflow.moved, visits.MOVED), **dict.fromkeys(workflow.deferring, visits.DEFERRED)},
        done=workflow.done,
        failed=FAILED,
        deferred=DEFERRED,
        sharding=workflow.sharding,
        planner=workflow.planner,
        left_out=_left_out,
    )


def _left_out(plan: Mapping[str, object]) -> dict[str, JsonObject]:
    if "work" not in plan:
        return {}
    deferred = {name: {"status": DEFERRED} for name in list_in(plan.get("deferred")) if isinstance(name, str)}
    unasked = {text_in(item.get("symbol")): item for item in objects_in(plan.get("unasked"))}
    return {**deferred, **unasked}


def model_of(run: SavedRun) -> RunModel:
    """The model of a run, read with the conventions of its workflow."""
    return build_model(run, conventions_of(of_run(run)))


def definition_path(workflow: Workflow) -> Path:
    """Its definition's file: in the installed package, or in the checkout with its functions."""
    installed = Path(str(resources.files("stockflow"))) / _FOLDER / workflow.definition
    return installed if installed.is_file() else _checkout_of(workflow) / _FOLDER / workflow.definition


def _checkout_of(workflow: Workflow) -> Path:
    spec = find_spec(workflow.package)
    places = list(spec.submodule_search_locations or ()) if spec else []
    return Path(places[0]).parent.parent


def definition_of(workflow: Workflow, function_arns: Mapping[str, str]) -> str:
    """Its definition with the functions' ARNs filled in, as by CloudFormation's DefinitionSubstitutions."""
    text = _text(definition_path(workflow))
    return _FUNCTION_NAME.sub(lambda found: function_arns.get(found[1], found[0]), text)


def machine_of(workflow: Workflow) -> Region:
    """The state machine of its definition.

    Raises:
        ValueError: the definition does not hold one.
    """
    machine = read_definition(json.loads(_text(definition_path(workflow))))
    if machine is None:
        raise ValueError(f"{definition_path(workflow)} holds no state machine.")
    return machine


def functions_of_states(workflow: Workflow) -> dict[str, str]:
    """The function of each Task state of its definition: ``{"NotifyFailure": "Notify", ...}``."""
    return dict(_called(machine_of(workflow)))


def _called(machine: Region) -> Iterator[tuple[str, str]]:
    for state in machine.all_states():
        parameters = state.source.get("Parameters")
        called = parameters.get("FunctionName") if isinstance(parameters, dict) else None
        function = _FUNCTION_NAME.fullmatch(called) if isinstance(called, str) else None
        if function:
            yield state.name, function[1]


def _names(machine: Region) -> set[str]:
    return {state.name for state in machine.all_states()}


@cache
def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")
