"""The mock file's cases take the same way on aws-local-stepfunctions, an interpreter that shares nothing with moto's.

What it can't tell: ``$$.State.RetryCount`` (always 0), how long back-offs and waits take, and time-outs.
"""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from stockflow_functions.daily_prices.slot import SPLITS
from stockflow_functions.pacing.slot import Slot
from tests.stepfunctions_local.cases import CASES, CONFIG_FILE, INPUTS, TEST_CASES, definition_of
from tests.stepfunctions_local.expected import EXPECTED

TOOLS = Path(__file__).resolve().parents[1] / "tools"


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    """What became of each case, by machine: ``{case: {status, error, entered, calls}}``."""
    node = shutil.which("node")
    if not node or not (TOOLS / "node_modules" / "aws-local-stepfunctions").is_dir():
        pytest.skip("Node or its packages are not there: install Node 18 or newer with npm, and run make test")
    folder = tmp_path_factory.mktemp("definitions")
    return {machine: outcomes_of(machine, node, folder / f"{machine}.asl.json") for machine in TEST_CASES}


def outcomes_of(machine, node, definition):
    """All cases of one machine, run by one process of Node."""
    definition.write_text(definition_of(machine, ":1"), encoding="utf-8")
    command = [node, TOOLS / "run_cases.mjs", definition, CONFIG_FILE, machine, json.dumps(INPUTS[machine])]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def payloads(outcome, state):
    """What the function of a state was called with, call by call."""
    return [call["payload"] for call in outcome["calls"] if call["state"] == state]


@pytest.mark.parametrize(("machine", "case"), CASES)
def test_a_case_takes_the_same_way(machine, case, outcomes):
    """Status, error and states are those that are expected of the embedded engine and of Step Functions Local."""
    outcome = outcomes[machine][case]

    assert (outcome["status"], outcome["error"], outcome["entered"]) == EXPECTED[machine][case]


@pytest.mark.parametrize(
    ("machine", "case", "state", "asks"),
    [
        ("DailyPrices", "SlotMoved", "Fetch", ""),
        ("DailyPrices", "TransformAsks", "Fetch", SPLITS),
        ("EarningsCalls", "SlotMoved", "FetchTranscript", ""),
    ],
)
def test_the_new_slot_takes_the_old_ones_place(machine, case, state, asks, outcomes):
    """The request is made with the slot that the error's message held, and with the question if there is one."""
    slot = Slot.from_event(payloads(outcomes[machine][case], state)[-1]["slot"])

    assert (slot.moves, slot.tries, slot.carried.get("asks", "")) == (1, 1, asks)


def test_the_second_job_is_the_one_that_is_looked_at(outcomes):
    """After a failed job the next look is at the job that took its place, and goes on counting."""
    looked_at = [
        event["job"] for event in payloads(outcomes["EarningsCalls"]["JobFailsThenWell"], "LookAtTranscription")
    ]

    assert looked_at[1]["name"] == f"{looked_at[0]['name']}-r2"
    assert [(job["looks"], job["tries"]) for job in looked_at] == [(0, 1), (1, 2)]


@pytest.mark.parametrize(
    ("machine", "each", "state"), [("DailyPrices", "EachSymbol", "Save"), ("EarningsCalls", "EachCall", "SaveTone")]
)
def test_a_dead_function_is_tried_again_as_often_as_the_definition_says(machine, each, state, outcomes):
    """Lambda.Unknown is outlasted by the retrier that names it, and after its last try the item has failed."""
    retriers = json.loads(definition_of(machine))["States"][each]["ItemProcessor"]["States"][state]["Retry"]
    (most,) = [retrier["MaxAttempts"] for retrier in retriers if "Lambda.Unknown" in retrier["ErrorEquals"]]

    assert len(payloads(outcomes[machine]["LambdaDies"], state)) == 1 + most


def test_a_function_that_comes_to_life_again_goes_on(outcomes):
    """Where a function dies twice, it is called three times, and no more."""
    assert len(payloads(outcomes["DailyPrices"]["LambdaDiesThenWell"], "Save")) == 3


@pytest.mark.parametrize(
    ("machine", "notifier", "item", "state"),
    [("DailyPrices", "Notify", "AAPL", "Save"), ("EarningsCalls", "NotifyCalls", "AAPL/2026-10-29.json", "SaveTone")],
)
def test_the_failed_item_is_told_with_its_state(machine, notifier, item, state, outcomes):
    """The notifier gets the name of the error and the state that it came from, and nothing more of it."""
    (payload,) = payloads(outcomes[machine]["LambdaDies"], notifier)

    assert payload["plan"]["symbols"] == [
        {"symbol": item, "status": "failed", "error": {"type": "Lambda.Unknown", "state": state}}
    ]
