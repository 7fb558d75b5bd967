"""The picture as SVG, compared with pictures that were looked at.

``UPDATE_GOLDEN=1 make test ARGS=tests/unit/graph/test_svg.py`` writes them anew; look at them before you commit them.
"""

import os
from pathlib import Path
from xml.etree import ElementTree

import pytest

from stockflow.page.page import machine_picture
from stockflow.sources import SavedRun, model_of
from tests.helpers.made_runs import made_run, mixed
from tests.helpers.recorded import events_of

GOLDEN = Path(__file__).parent / "golden"

# The shape of the daily prices workflow, as it was when the picture was looked at.
DAILY = {
    "StartAt": "Plan",
    "States": {
        "Plan": {"Type": "Task", "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "NotifyFailure"}], "Next": "Any?"},
        "Any?": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.work[0]", "IsPresent": True, "Next": "EachSymbol"}],
            "Default": "Notify",
        },
        "EachSymbol": {
            "Type": "Map",
            "ItemsPath": "$.work",
            "ItemProcessor": {
                "StartAt": "WaitForSlot",
                "States": {
                    "WaitForSlot": {"Type": "Wait", "Next": "Fetch"},
                    "Fetch": {
                        "Type": "Task",
                        "Catch": [
                            {"ErrorEquals": ["SlotMoved"], "Next": "ReadNewSlot"},
                            {"ErrorEquals": ["QuotaExhausted"], "Next": "SymbolDeferred"},
                            {"ErrorEquals": ["InvalidApiKey"], "Next": "KeyRefused"},
                            {"ErrorEquals": ["States.ALL"], "Next": "SymbolFailed"},
                        ],
                        "Next": "Transform",
                    },
                    "ReadNewSlot": {"Type": "Pass", "Next": "TakeNewSlot"},
                    "TakeNewSlot": {"Type": "Pass", "Next": "WaitForSlot"},
                    "Transform": {
                        "Type": "Task",
                        "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "SymbolFailed"}],
                        "Next": "Save",
                    },
                    "Save": {
                        "Type": "Task",
                        "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "SymbolFailed"}],
                        "End": True,
                    },
                    "SymbolDeferred": {"Type": "Pass", "End": True},
                    "SymbolFailed": {"Type": "Pass", "End": True},
                    "KeyRefused": {"Type": "Fail"},
                },
            },
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "NotifyFailure"}],
            "Next": "Notify",
        },
        "Notify": {
            "Type": "Task",
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "NotifyFailure"}],
            "Next": "Outcome?",
        },
        "Outcome?": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.end_as_failed", "BooleanEquals": True, "Next": "SymbolsFailed"}],
            "Default": "Succeeded",
        },
        "Succeeded": {"Type": "Succeed"},
        "SymbolsFailed": {"Type": "Fail"},
        "NotifyFailure": {"Type": "Task", "Next": "RunFailed"},
        "RunFailed": {"Type": "Fail"},
    },
}
LOOP = {
    "StartAt": "Ask",
    "States": {
        "Ask": {"Type": "Task", "Retry": [], "Next": "Ready?"},
        "Ready?": {
            "Type": "Choice",
            "Choices": [
                {"Variable": "$.state", "StringEquals": "FAILED", "Next": "Sorry"},
                {"Variable": "$.state", "StringEquals": "READY", "Next": "Both"},
            ],
            "Default": "Pause",
        },
        "Pause": {"Type": "Wait", "Seconds": 5, "Next": "Ask"},
        "Both": {
            "Type": "Parallel",
            "Branches": [
                {"StartAt": "Left", "States": {"Left": {"Type": "Task", "End": True}}},
                {"StartAt": "Right", "States": {"Right": {"Type": "Pass", "Next": "Right"}}},
            ],
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Sorry"}],
            "Next": "Done",
        },
        "Done": {"Type": "Succeed"},
        "Sorry": {"Type": "Fail"},
    },
}


def golden(name, run):
    picture = str(machine_picture(model_of(run))) + "\n"
    file = GOLDEN / f"{name}.svg"
    if os.environ.get("UPDATE_GOLDEN"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(picture, encoding="utf-8")
    return picture, file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "run"),
    [
        ("a-hundred-symbols", SavedRun(definition=DAILY, events=made_run(mixed(100)).events)),
        ("a-poll-loop-and-a-parallel", SavedRun(definition=LOOP)),
    ],
)
def test_pictures_are_as_they_were_looked_at(name, run):
    """A change of the layout is seen in the golden file's difference, and looked at."""
    picture, before = golden(name, run)
    assert picture == before


def test_a_history_without_a_definition_is_drawn_from_its_events():
    """Some other workflow altogether: states that were visited and the ways between them."""
    picture, before = golden("seen-in-events", SavedRun(events=events_of("an item that breaks the Map off")))
    assert picture == before


def test_a_way_that_a_catch_took_is_dashed_without_a_definition_too():
    """The history shows that the state before had failed."""
    picture = str(machine_picture(model_of(SavedRun(events=events_of("a variable assigned in a catch")))))
    assert 'class="ln catch to" data-w="0-1"' in picture


def test_pictures_are_well_formed():
    """Any XML reader takes them."""
    for file in GOLDEN.glob("*.svg"):
        ElementTree.parse(file)


def test_states_say_in_words_what_they_show():
    """A screen reader hears name, type and counts."""
    picture = str(machine_picture(model_of(made_run({"A": "ok", "B": "bad", "C": "retried"}))))
    assert 'aria-label="Transform, Task, 1 handled, 2 ok"' in picture
    assert 'aria-label="Fetch, Task, 3 ok, 1 retries"' in picture
    assert 'aria-label="NotifyFailure, Task, not reached"' in picture


def test_unreached_states_and_ways_are_marked():
    """They are drawn faded."""
    model = model_of(made_run({"A": "ok"}))
    unreached = {state.path for state in model.machine.all_states()} - {visit.path for visit in model.visits}
    picture = str(machine_picture(model))
    assert picture.count('class="st none"') == len(unreached) > 0
    assert "unused" in picture


def test_a_name_too_long_for_its_box_is_shortened_and_kept_as_its_title():
    """Pointing at it shows all of it."""
    name = "ThisStateHasANameThatNoBoxCouldEverHold" * 2
    picture = str(machine_picture(model_of(SavedRun(definition={"StartAt": name, "States": {name: {"Type": "Pass"}}}))))
    assert f"<title>{name}</title>" in picture
    assert "…<tspan" in picture
