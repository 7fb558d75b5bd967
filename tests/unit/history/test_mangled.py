"""Histories that no engine should write: the reader goes as far as it can, and never breaks."""

import copy
import json
import random
from contextlib import suppress

import pytest

from stockflow.cli.commands.rerun import input_again
from stockflow.cli.listing import local_runs
from stockflow.errors import CommandFailed, Unusable
from stockflow.history.as_json import model_as_json
from stockflow.history.masking import masked
from stockflow.page.page import render_page
from stockflow.sources import SavedRun, model_of, open_run
from tests.helpers.made_runs import keep_journal, made_run
from tests.helpers.recorded import NAMES, events_of

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


def damaged(journal, rng):
    """Bytes turned or gone, lines changed, or in another order."""
    what, at = rng.randrange(5), rng.randrange(len(journal))
    if what == 0:
        return journal[:at] + bytes(rng.randrange(256) for _ in range(20)) + journal[at + 20 :]
    if what == 1:
        return journal[:at] + journal[at + rng.randrange(len(journal)) :]
    lines = journal.splitlines(keepends=True)
    for _ in range(rng.randint(1, 3)):
        number = rng.randrange(len(lines))
        entry = json.loads(lines[number])
        key = rng.choice(list(entry))
        if what == 2 and isinstance(entry[key], dict):
            entry[key][rng.choice(list(entry[key]))] = rng.choice(STRANGE)
        else:
            entry[key] = rng.choice(STRANGE)
        lines[number] = json.dumps(entry).encode() + b"\n"
    if what == 4:
        rng.shuffle(lines)
    return b"".join(lines)


def read(**parts):
    """Everything that is made of a saved run."""
    model = model_of(masked(SavedRun.from_dict({"version": 1, **parts})))
    json.dumps(model_as_json(model))
    return render_page(model)


@pytest.mark.parametrize("group", range(4))
def test_a_mangled_run_is_read(group):
    """Of our own workflow, with its definition."""
    whole = made_run(STORIES, lanes=2)
    for seed in range(group * ROUNDS, (group + 1) * ROUNDS):
        events = mangled(whole.events, random.Random(seed))
        assert read(definition=whole.definition, description=whole.description, events=events)


@pytest.mark.parametrize("group", range(4))
def test_a_damaged_journal_is_read_or_refused(tmp_path, group):
    """It is told as far as it goes, or one sentence says why not; either way the list of runs has it."""
    folder = tmp_path / "runs/r"
    file = keep_journal(folder, made_run(STORIES, execution="r", lanes=2), 90)
    whole = file.read_bytes()
    for seed in range(group * ROUNDS, (group + 1) * ROUNDS):
        file.write_bytes(damaged(whole, random.Random(seed)))
        assert [listed.execution for listed in local_runs(tmp_path, limit=9)] == ["r"]
        with suppress(Unusable, CommandFailed):
            opened = open_run(str(folder), tmp_path)
            assert render_page(opened.model, opened.surroundings())
            input_again(opened.model)


@pytest.mark.parametrize("name", NAMES)
def test_a_mangled_history_of_another_workflow_is_read(name):
    """Without a definition."""
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
