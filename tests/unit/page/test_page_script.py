"""The script of the page: its unit tests, and what it makes of the data that Python packs."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from stockflow.history.visits import details_of, moment
from stockflow.page.page_data import page_data
from stockflow.sources import model_of
from tests.helpers.made_runs import made_run

ROOT = Path(__file__).parents[3]
SCRIPT_TESTS = ROOT / "tests" / "page"
OLDEST_NODE = 20
KINDS = {"AAPL": "ok", "MSFT": "retried", "NFLX": "bad", "TSLA": "moved", "NVDA": "quota"}


def output(command, given=""):
    """What the command prints; it must succeed."""
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def node():
    """Runs Node and gives what it prints."""
    program = shutil.which("node")
    if not program or int(output([program, "--version"]).strip("v\n").split(".")[0]) < OLDEST_NODE:
        pytest.skip(f"Node {OLDEST_NODE} or newer is not there")
    return lambda *arguments, given="": output([program, *arguments], given)


def test_the_unit_tests_of_the_script_pass(node):
    """Those that `make check-page` runs."""
    assert re.search(r"^# pass [1-9]", node("--test-reporter=tap", SCRIPT_TESTS / "all.mjs"), re.MULTILINE)


@pytest.fixture(scope="module")
def model():
    return model_of(made_run(KINDS))


@pytest.fixture(scope="module")
def unpacked(model, node):
    """The script's events, visits and rows."""
    paths = dict.fromkeys([*(s.path for s in model.machine.all_states()), *(v.path for v in model.visits)])
    data = page_data(model, {path: n for n, path in enumerate(paths)}, manifest=None, last_good={})
    return json.loads(node(SCRIPT_TESTS / "unpack.mjs", given=json.dumps(data)))


def test_the_script_has_every_event_as_it_was(model, unpacked):
    """Its number, type, time and texts, after packing by column and keeping each long text once."""
    for event, made in zip(model.run.events, unpacked["events"], strict=True):
        assert (made["id"], made["type"], made["ms"]) == (event["id"], event["type"], moment(event) - model.started_ms)
        texts = {key: value for key, value in details_of(event).items() if isinstance(value, str)}
        if not any("SdkHttpMetadata" in value for value in texts.values()):
            assert texts.items() <= made["details"].items()


def test_the_script_has_every_visit_as_the_reader_told_it(model, unpacked):
    """State, status, the events in it, attempts and failure."""
    for visit, made in zip(model.visits, unpacked["visits"], strict=True):
        assert unpacked["states"][made["state"]]["name"] == visit.name
        assert made["status"] == visit.status
        assert [model.run.events[n]["id"] for n in made["events"]] == [event["id"] for event in visit.events]
        assert [one["status"] for one in made["attempts"]] == [attempt.status for attempt in visit.attempts]
        assert (made["failure"] or {}).get("error") == (visit.failure and visit.failure.error)


def test_the_script_has_every_row_with_its_way(model, unpacked):
    """In the order of the table."""
    assert [(row["symbol"], row["outcome"], row["way"]) for row in unpacked["rows"]] == [
        (row.symbol, row.outcome, [visit.number for visit in row.way]) for row in model.rows
    ]
