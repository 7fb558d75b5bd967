"""The types of what passes between the states, against the definition that builds it and the page that shows it."""

import json
import re
from importlib import import_module
from typing import get_type_hints

import pytest

from stockflow.testing import FakeAws
from stockflow_functions.daily_prices import contracts
from stockflow_functions.daily_prices.slot import SPLITS
from stockflow_functions.daily_prices.transform.question import ask
from stockflow_functions.daily_prices.workflow import DAILY_PRICES
from stockflow_functions.domain.errors import SlotMoved
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
from tests.helpers.stack import resources, states
from tests.tools.contract_tables import CONTRACTS, PAGE, named, written

STATES = dict(states())
EVENTS = {
    "Plan": contracts.PlanEvent,
    "Fetch": contracts.FetchEvent,
    "Transform": contracts.TransformEvent,
    "Save": contracts.SaveEvent,
    "Notify": SummaryEvent,
    "NotifyFailure": FailureEvent,
}
PARTS = [
    ("EachSymbol", "ItemSelector", contracts.Iteration),
    ("EachSymbol", "ItemSelector.slot", PlannedSlot),
    ("EachSymbol", "ItemSelector.progress", contracts.Progress),
    ("Fetch", "ResultSelector", contracts.Fetched),
    ("TakeNewSlot", "Parameters", contracts.Iteration),
    ("Transform", "ResultSelector", contracts.Transformed),
    ("SymbolFailed", "Parameters", EndedItem),
    ("SymbolFailed", "Parameters.error", EndedError),
]


def keys_of(value):
    """Without the mark of a path."""
    return {name.removesuffix(".$") for name in value}


@pytest.mark.parametrize("name", [name for name, state in STATES.items() if state["Type"] == "Task"])
def test_a_task_gives_its_function_the_keys_of_its_event(name):
    """No key more, and none less."""
    assert keys_of(STATES[name]["Parameters"]["Payload"]) == EVENTS[name].__annotations__.keys()


@pytest.mark.parametrize("name", DAILY_PRICES.steps)
def test_a_handler_takes_that_event(name):
    """By its annotation, which mypy holds its work to."""
    handler = import_module(DAILY_PRICES.function(name).module).handler
    assert get_type_hints(handler.call_of)["event"] is EVENTS[name]


@pytest.mark.parametrize(("name", "path", "contract"), PARTS, ids=lambda value: getattr(value, "__name__", value))
def test_what_the_definition_puts_together_has_the_keys_of_its_contract(name, path, contract):
    """The state of an iteration, and what it gives on where a symbol failed."""
    part = STATES[name]
    for step in path.split("."):
        part = part[step]
    assert keys_of(part) == contract.__annotations__.keys()


@pytest.mark.parametrize(("name", "field"), [("SymbolDeferred", "Parameters"), ("Save", "ResultSelector")])
def test_a_symbol_without_an_error_gives_on_its_name_and_status(name, field):
    """What every entry of the Map has."""
    assert keys_of(STATES[name][field]) == EndedItem.__required_keys__


@pytest.mark.parametrize("event", [StatusEvent, AlarmEvent])
def test_a_rule_gives_notify_the_keys_of_its_event(event):
    """EventBridge's own event in its place."""
    templates = {
        target["InputTransformer"]["InputTemplate"]
        for found in resources("AWS::Events::Rule").values()
        for target in found["Targets"]
        if "InputTransformer" in target
    }
    given = [json.loads(re.sub(r"<[^>]+>", "{}", text)) for text in templates]
    report = get_type_hints(event)["report"].__args__[0]
    assert [keys_of(value) for value in given if value.get("report") == report] == [event.__annotations__.keys()]


def test_a_moved_slot_has_the_keys_of_its_contract():
    """With a question it has all of them, without one those that are always there."""
    services = FakeAws().services
    with pytest.raises(SlotMoved) as asking:
        ask(SPLITS, {"attempts": 1}, services.spare_events("run", 100), services.budget)

    assert json.loads(Slot(0).as_message()).keys() == contracts.MovedPriceSlot.__required_keys__
    assert json.loads(str(asking.value)).keys() == contracts.MovedPriceSlot.__annotations__.keys()


def test_the_page_has_the_tables_of_the_contracts():
    """`make contracts` writes them anew."""
    page = PAGE.read_text(encoding="utf-8")
    assert page == written(page)


def test_every_contract_of_the_workflow_is_on_the_page():
    """By its own table, or as part of one that says more."""
    shown = [CONTRACTS[name].__annotations__.keys() for name in named(PAGE.read_text(encoding="utf-8"))]
    own = [value for value in CONTRACTS.values() if value.__module__ in {contracts.__name__, of_pacing.__name__}]
    assert [value.__name__ for value in own if not any(value.__annotations__.keys() <= keys for keys in shown)] == []
