"""The mock file's cases take the same way on aws-local-stepfunctions, an interpreter that shares nothing with moto's.

What it can't tell: ``$$.State.RetryCount`` (always 0), how long back-offs and waits take, and time-outs.
"""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from stockflow import workflows
from stockflow_functions.daily_prices.slot import SPLITS
from stockflow_functions.pacing.slot import Slot
from tests.stepfunctions_local.engines import CASES, CONFIG_FILE, FUNCTIONS, MACHINE
from tests.stepfunctions_local.expected import EXPECTED

TOOLS = Path(__file__).resolve().parents[1] / "tools"


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    """What became of each case, all run by one process of Node: ``{case: {status, error, entered, calls}}``."""
    node = shutil.which("node")
    if not node or not (TOOLS / "node_modules" / "aws-local-stepfunctions").is_dir():
        pytest.skip("Node or its packages are not there: install Node 18 or newer with npm, and run make test")
    definition = tmp_path_factory.mktemp("definition") / "daily_prices.asl.json"
    prefix = "arn:aws:lambda:us-east-1:123456789012:function:"
    functions = {state: f"{prefix}{state}:1" for state in FUNCTIONS}
    definition.write_text(workflows.definition_of(workflows.default(), functions), encoding="utf-8")
    command = [node, TOOLS / "run_cases.mjs", definition, CONFIG_FILE, MACHINE, '{"symbols": ["AAPL"]}']
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def payloads(outcomes, case, state):
    """What the function of a state was called with, call by call."""
    return [call["payload"] for call in outcomes[case]["calls"] if call["state"] == state]


@pytest.mark.parametrize("case", CASES)
def test_a_case_takes_the_same_way(case, outcomes):
    """Status, error and states are those that are expected of the embedded engine and of Step Functions Local."""
    outcome = outcomes[case]

    assert (outcome["status"], outcome["error"], outcome["entered"]) == EXPECTED[case]


@pytest.mark.parametrize(("case", "asks"), [("SlotMoved", ""), ("TransformAsks", SPLITS)])
def test_the_new_slot_takes_the_old_ones_place(case, asks, outcomes):
    """Fetch is called again with the slot that the error's message held, and with the question if there is one."""
    slot = Slot.from_event(payloads(outcomes, case, "Fetch")[-1]["slot"])

    assert (slot.moves, slot.tries, slot.carried.get("asks")) == (1, 1, asks)


def test_a_dead_function_is_tried_again_as_often_as_the_definition_says(outcomes):
    """Lambda.Unknown is outlasted by the retrier that names it, and after its last try the symbol has failed."""
    machine = json.loads(workflows.definition_of(workflows.default(), {}))
    retriers = machine["States"]["EachSymbol"]["ItemProcessor"]["States"]["Save"]["Retry"]
    (most,) = [retrier["MaxAttempts"] for retrier in retriers if "Lambda.Unknown" in retrier["ErrorEquals"]]

    assert len(payloads(outcomes, "LambdaDiesThenWell", "Save")) == 3
    assert len(payloads(outcomes, "LambdaDies", "Save")) == 1 + most


def test_the_failed_symbol_is_told_with_its_state(outcomes):
    """Notify gets the name of the error and the state that it came from, and nothing more of it."""
    (payload,) = payloads(outcomes, "LambdaDies", "Notify")

    assert payload["plan"]["symbols"] == [
        {"symbol": "AAPL", "status": "failed", "error": {"type": "Lambda.Unknown", "state": "Save"}}
    ]
