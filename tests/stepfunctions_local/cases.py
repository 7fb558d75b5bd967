"""The cases of MockConfigFile.json: those of each workflow's state machine, with what their functions answer."""

import json
from pathlib import Path

from stockflow import workflows

CONFIG_FILE = Path(__file__).with_name("MockConfigFile.json")
CONFIG = json.loads(CONFIG_FILE.read_text(encoding="utf-8"))
WORKFLOWS = {workflow.machine: workflow for workflow in workflows.workflows()}
TEST_CASES = {machine: content["TestCases"] for machine, content in CONFIG["StateMachines"].items()}
CASES = [(machine, case) for machine, cases in TEST_CASES.items() for case in cases]
INPUTS = {"DailyPrices": {"symbols": ["AAPL"]}, "EarningsCalls": {"symbols": ["AAPL/2026-10-29.mp3"]}}
"""What an execution of each machine gets; its planner's answer, which the file has, says what the run does."""


def without_shards(text):
    """The definition for an engine that has no Distributed Map: no run of it is so large."""
    machine = json.loads(text)
    if machine["States"].pop("EachShard", None):
        question = machine["States"]["AnythingToFetch?"]
        question["Choices"] = [choice for choice in question["Choices"] if choice["Next"] != "EachShard"]
    return json.dumps(machine)


def definition_of(machine, qualifier=""):
    """The machine's definition, with ARNs of functions that nobody calls."""
    prefix = "arn:aws:lambda:us-east-1:123456789012:function:"
    functions = {function.name: f"{prefix}{function.name}{qualifier}" for function in WORKFLOWS[machine].functions}
    return workflows.definition_of(WORKFLOWS[machine], functions)
