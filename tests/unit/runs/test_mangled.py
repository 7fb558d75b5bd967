"""Histories that no engine should write: the reader goes as far as it can, and never breaks."""

import copy
import json
import random

import pytest

from stockflow.errors import Unusable
from stockflow.runs import SavedRun, build_model
from stockflow.runs.as_json import model_as_json
from stockflow.runs.masking import masked
from stockflow.runs.page import render_page
from tests.unit.runs.made_runs import made_run
from tests.unit.runs.recorded import NAMES, events_of

STORIES = {"A": "ok", "B": "bad", "C": "retried", "D": "moved", "E": "quota", "F": "refused"}
STRANGE = [None, -1, 10**9, "", "x", "7", [], {}, [1], {"a": 1}, True, 1.5, "{", '{"symbol": 5}', "[" * 2000]
ROUNDS = 60


def mangled(events, rng):
    """Events left out, doubled, linked wrongly, of other types, with details of other kinds."""
    events = copy.deepcopy(events)
    for _ in range(rng.randint(1, 12)):
        if not events:
            break
        event = rng.choice(events)
        what = rng.randrange(6)
        if what == 0:
            events.remove(event)
        elif what == 1:
            event["previousEventId"] = rng.choice([0, 1, event["id"], event["id"] + 5, rng.choice(events)["id"], None])
        elif what == 2:
            event["type"] = rng.choice([rng.choice(events)["type"], "SomethingNew", "", "StateEntered", "MapIteration"])
        elif what == 3:
            event["timestamp"] = rng.choice(STRANGE)
        else:
            for key, details in list(event.items()):
                if not isinstance(details, dict):
                    continue
                if what == 4 or not details:
                    event[key] = rng.choice(STRANGE)
                else:
                    details[rng.choice(list(details))] = rng.choice(STRANGE)
    return events


def read(**parts):
    """Everything that is made of a saved run."""
    model = build_model(masked(SavedRun.from_dict({"version": 1, **parts})))
    json.dumps(model_as_json(model))
    return render_page(model)


@pytest.mark.parametrize("group", range(4))
def test_a_mangled_run_is_read(group):
    """Of our own workflow, with its definition."""
    whole = made_run(STORIES, lanes=2)
    for seed in range(group * ROUNDS, (group + 1) * ROUNDS):
        events = mangled(whole.events, random.Random(seed))
        assert read(definition=whole.definition, description=whole.description, events=events)


@pytest.mark.parametrize("name", NAMES)
def test_a_mangled_recorded_history_is_read(shared, name):
    """Of other workflows, without a definition."""
    for seed in range(12):
        assert read(events=mangled(events_of(name), random.Random(seed)))


@pytest.mark.parametrize("strange", STRANGE, ids=repr)
@pytest.mark.parametrize("field", ["definition", "description", "logs", "slack", "map_runs", "engine"])
def test_strange_parts_of_a_saved_run_are_read(field, strange):
    """A value of another kind inside each part."""
    whole = made_run({"A": "bad"})
    parts = {
        "definition": {
            **whole.definition,
            "States": {**whole.definition["States"], "Plan": strange, "X": {"Next": strange}},
        },
        "description": {**whole.description, "startDate": strange, "stateMachineArn": strange, "name": strange},
        "logs": {"r": [strange], "s": strange},
        "slack": [strange, {"payload": strange}, {"payload": {"blocks": strange}}],
        "map_runs": [
            strange,
            {"map_run": strange, "children": strange},
            {"children": [strange, {"description": strange}]},
        ],
        "engine": {"name": strange, "version": strange},
    }
    whole_run = {"definition": whole.definition, "events": whole.events}
    assert read(**{**whole_run, field: parts[field]})


def test_what_is_no_event_of_a_child_execution_is_refused():
    """As it is in the run's own history."""
    with pytest.raises(Unusable, match="Event number 1"):
        read(events=[], map_runs=[{"children": [{"events": [1]}]}])
