"""The types of what passes between the states, against the definitions that build it and the pages that show it."""

import json
import re
from importlib import import_module
from typing import get_type_hints

import pytest

from stockflow.testing import FakeAws
from stockflow_functions.daily_prices import contracts as prices
from stockflow_functions.daily_prices.plan.request import request_of
from stockflow_functions.daily_prices.slot import SPLITS
from stockflow_functions.daily_prices.transform.question import ask
from stockflow_functions.domain.errors import SlotMoved
from stockflow_functions.earnings_calls import contracts as calls
from stockflow_functions.pacing import contracts as of_pacing
from stockflow_functions.pacing.contracts import PlannedSlot
from stockflow_functions.pacing.slot import Slot
from stockflow_functions.reporting.contracts import (
    AlarmEvent,
    EndedError,
    EndedItem,
    FailureEvent,
    StatusEvent,
    SummaryEvent,
)
from tests.helpers.stack import MODULES, WORKFLOWS, definition, resources, states
from tests.helpers.stack import calls as calls_of
from tests.tools.contract_tables import CONTRACTS, PAGES, named, written

EVENTS = {
    "Plan": prices.PlanEvent,
    "Fetch": prices.FetchEvent,
    "Transform": prices.TransformEvent,
    "Save": prices.SaveEvent,
    "PlanCalls": calls.PlanCallsEvent,
    "StartTranscription": calls.StartEvent,
    "LookAtTranscription": calls.LookEvent,
    "FetchTranscript": calls.FetchTranscriptEvent,
    "ReadTranscript": calls.ReadEvent,
    "JudgeTone": calls.JudgeEvent,
    "SaveTone": calls.SaveToneEvent,
}
"""Of the functions that are a workflow's own; the notifiers share theirs."""
RESULTS = {
    "Plan": prices.Plan,
    "Fetch": prices.Answer,
    "Transform": prices.Table,
    "Save": prices.Saved,
    "PlanCalls": calls.CallsPlan,
    "StartTranscription": calls.CallProgress,
    "LookAtTranscription": calls.CallProgress,
    "FetchTranscript": calls.CallProgress,
    "ReadTranscript": calls.Passages,
    "JudgeTone": calls.Judged,
    "SaveTone": calls.SavedTone,
}
NOTIFIERS = {
    workflow.name: dict(zip(workflow.notifiers, (SummaryEvent, FailureEvent), strict=True)) for workflow in WORKFLOWS
}
PARTS = {
    "daily-prices": [
        ("EachSymbol", "ItemSelector", prices.Iteration),
        ("EachSymbol", "ItemSelector.slot", PlannedSlot),
        ("EachSymbol", "ItemSelector.progress", prices.Progress),
        ("Fetch", "ResultSelector", prices.Fetched),
        ("TakeNewSlot", "Parameters", prices.Iteration),
        ("Transform", "ResultSelector", prices.Transformed),
        ("SymbolFailed", "Parameters.error", EndedError),
        ("EachShard", "ItemSelector", prices.ShardIteration),
        ("RunShard", "Parameters.Input", prices.ShardInput),
        ("ShardFailed", "Parameters.error", prices.ShardError),
    ],
    "earnings-calls": [
        ("EachCall", "ItemSelector", calls.CallIteration),
        ("EachCall", "ItemSelector.slot", PlannedSlot),
        ("StartTranscription", "ResultSelector", calls.CallProgress),
        ("LookAtTranscription", "ResultSelector", calls.CallProgress),
        ("FetchTranscript", "ResultSelector", calls.CallProgress),
        ("TakeNewSlot", "Parameters", calls.CallIteration),
        ("ReadTranscript", "ResultSelector", calls.Reading),
        ("JudgeTone", "ResultSelector", calls.Judging),
        ("SymbolFailed", "Parameters.error", EndedError),
    ],
}


def keys_of(value):
    """Without the mark of a path."""
    return {name.removesuffix(".$") for name in value}


def event_of(workflow, task):
    """The type of the event that a Task gives its function."""
    return NOTIFIERS[workflow.name].get(task) or EVENTS[task]


@pytest.mark.parametrize(
    ("workflow", "name", "task"),
    [
        pytest.param(workflow, name, task, id=name)
        for workflow in WORKFLOWS
        for name, task in calls_of(workflow).items()
    ],
)
def test_a_task_gives_its_function_the_keys_of_its_event(workflow, name, task):
    """No key more, and none less."""
    assert keys_of(task["Parameters"]["Payload"]) == event_of(workflow, name).__annotations__.keys()


@pytest.mark.parametrize("name", EVENTS)
def test_a_handler_takes_that_event_and_gives_that_result(name):
    """By the annotations, which mypy holds its work to."""
    module = import_module(MODULES[name])
    work = getattr(module, re.findall(r"[A-Z][a-z]+", name)[0].lower())
    hints = get_type_hints(work)
    assert (hints["event"], hints["return"]) == (EVENTS[name], RESULTS[name])


@pytest.mark.parametrize(
    ("workflow", "name", "path", "contract"),
    [
        pytest.param(workflow, *part, id=f"{part[0]}-{part[1]}")
        for workflow in WORKFLOWS
        for part in PARTS[workflow.name]
    ],
)
def test_what_the_definition_puts_together_has_the_keys_of_its_contract(workflow, name, path, contract):
    """The state of an iteration, and what it gives on where an item failed."""
    part = dict(states(definition(workflow)))[name]
    for step in path.split("."):
        part = part[step]
    assert keys_of(part) == contract.__annotations__.keys()


def test_a_shard_ends_as_its_contract_says():
    """With its status; or where it broke off, with its number and its error."""
    found = dict(states(definition(WORKFLOWS[0])))
    given = keys_of(found["RunShard"]["ResultSelector"]) | keys_of(found["ShardFailed"]["Parameters"])
    assert given == prices.EndedShard.__annotations__.keys()


def test_a_shard_is_given_what_its_planner_takes():
    """The input that RunShard puts together is one that Plan reads."""
    given = dict(states(definition(WORKFLOWS[0])))["RunShard"]["Parameters"]["Input"]
    values = {"trigger": "shard", "symbols": ["AAPL"], "series": "daily", "outputsize": "compact", "force": False}
    request = request_of({name: values.get(name, "run-1") for name in keys_of(given)})
    assert (request.trigger, request.shard_of, request.symbols) == ("shard", "run-1", ["AAPL"])


ENDS = [("SymbolDeferred", "Parameters", set()), ("SymbolFailed", "Parameters", {"error"})]


@pytest.mark.parametrize(
    ("workflow", "state", "field", "more"),
    [
        *(pytest.param(workflow, *end, id=f"{workflow.name}-{end[0]}") for workflow in WORKFLOWS for end in ENDS),
        pytest.param(WORKFLOWS[0], "Save", "ResultSelector", {"outcome"}, id="daily-prices-Save"),
        pytest.param(WORKFLOWS[1], "SaveTone", "ResultSelector", set(), id="earnings-calls-SaveTone"),
    ],
)
def test_what_an_iteration_gives_on_has_the_keys_of_its_contract(workflow, state, field, more):
    """Its name and status, and what its last state knows besides."""
    given = keys_of(dict(states(definition(workflow)))[state][field])
    assert given == EndedItem.__required_keys__ | more
    assert given <= EndedItem.__annotations__.keys()


def test_what_a_run_of_calls_plans_is_what_an_iteration_takes():
    """The Map reads of an item of the plan what the contract says it has, and nothing else."""
    selector = definition(WORKFLOWS[1])["States"]["EachCall"]["ItemSelector"]
    paths = re.findall(r"\$\$\.Map\.Item\.Value\.(\w+)", json.dumps(selector))
    assert sorted(paths) == sorted(calls.CallItem.__annotations__)


def transformed_by(rule):
    """What an EventBridge rule of the stack gives its target, its event left out."""
    (target,) = resources("AWS::Events::Rule")[rule]["Targets"]
    return json.loads(re.sub(r"<[^>]+>", "{}", target["InputTransformer"]["InputTemplate"]))


@pytest.mark.parametrize(
    ("rule", "event"),
    [("FailedRunRule", StatusEvent), ("FailedCallsRunRule", StatusEvent), ("AlarmRule", AlarmEvent)],
)
def test_a_rule_gives_a_notifier_the_keys_of_its_event(rule, event):
    """EventBridge's own event in its place."""
    given = transformed_by(rule)
    assert given.keys() == event.__annotations__.keys()
    assert given["report"] == get_type_hints(event)["report"].__args__[0]


def test_a_moved_slot_has_the_keys_of_its_contract():
    """With a question it has all of them, without one those that are always there."""
    services = FakeAws().services
    with pytest.raises(SlotMoved) as asking:
        ask(SPLITS, {"attempts": 1}, services.spare_events("run", 100), services.budget)

    assert json.loads(Slot(0).as_message()).keys() == prices.MovedPriceSlot.__required_keys__
    assert json.loads(str(asking.value)).keys() == prices.MovedPriceSlot.__annotations__.keys()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_has_the_tables_of_the_contracts(page):
    """`make contracts` writes them anew."""
    text = page.read_text(encoding="utf-8")
    assert text == written(text)


def test_every_contract_of_a_workflow_is_on_a_page():
    """By its own table, or as part of one that says more."""
    shown = [
        CONTRACTS[name].__annotations__.keys() for page in PAGES for name in named(page.read_text(encoding="utf-8"))
    ]
    modules = {prices.__name__, calls.__name__, of_pacing.__name__}
    own = [value for value in CONTRACTS.values() if value.__module__ in modules]
    assert [value.__name__ for value in own if not any(value.__annotations__.keys() <= keys for keys in shown)] == []
