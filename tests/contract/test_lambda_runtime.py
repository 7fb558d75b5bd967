"""The five functions as Lambda runs them: the built package, under AWS's own runtime client, called cold and warm."""

import json
from contextlib import ExitStack
from importlib import import_module
from types import SimpleNamespace

import pytest

from stockflow.local_servers.slack_inbox import SlackInbox
from stockflow.simulated_alpha_vantage import SimulatedVendor
from stockflow_functions.runtime.settings import Settings
from tests.helpers.lambda_runtime.aws import TraceDaemon, make_stores_at, moto_over_http
from tests.helpers.lambda_runtime.built import folders_of
from tests.helpers.lambda_runtime.function_process import REGION, FunctionProcess
from tests.helpers.stack import STATES, function_properties

ROUNDS = ("cold", "warm")
KEY = "KEY0123456789ABC"
SYMBOL = "IBM"


def is_ours(line):
    """Whether a line of output is one of our log lines, or one of our metrics."""
    try:
        told = json.loads(line)
    except ValueError:
        return False
    return "_aws" in told or (told.get("service") == "stockflow" and "state" in told)


@pytest.fixture(scope="module")
def stage(built, python313, runtime_client):
    """Starts functions beside an AWS, a vendor and a Slack on this machine."""
    with ExitStack() as stack:
        url = stack.enter_context(moto_over_http())
        vendor = stack.enter_context(SimulatedVendor(api_keys=[KEY]))
        slack = stack.enter_context(SlackInbox())
        traces = stack.enter_context(TraceDaemon())
        webhooks = {f"SLACK_WEBHOOK_URL_{channel.upper()}": slack.url(channel) for channel in ("info", "error")}
        secret = {"ALPHA_VANTAGE_API_KEY": KEY, **webhooks}
        topic = f"arn:aws:sns:{REGION}:123456789012:stockflow"
        make_stores_at(url, Settings(sns_topic_arn=topic), secret)
        environment = {
            "AWS_ENDPOINT_URL": url,
            "AWS_XRAY_DAEMON_ADDRESS": traces.address,
            "ALPHA_VANTAGE_BASE_URL": vendor.url,
            "SNS_TOPIC_ARN": topic,
            "REQUESTS_PER_MINUTE": "1200",
            "REQUESTS_PER_DAY": "0",
        }

        def start(state, **more):
            return FunctionProcess(
                python313,
                [*folders_of(state, built), runtime_client],
                function_properties(state)["Handler"],
                {**environment, **more},
                name=f"stockflow-dev-{state}",
            )

        yield SimpleNamespace(start=start, slack=slack, traces=traces, secret=secret)


def events_of(execution):
    """Gives each state's event in turn, made of the answers before it, as the definition makes them."""
    answers = {}
    yield (
        "Plan",
        {
            "input": {"symbols": [SYMBOL]},
            "execution": execution,
            "execution_arn": f"arn:aws:states:{REGION}:123456789012:execution:stockflow:{execution}",
            "started_at": "2026-11-20T22:30:00.250Z",
            "retry_count": 0,
        },
        answers,
    )
    plan = answers["Plan"]
    slot = {"not_before": plan["work"][0]["not_before"], "moves": 0}
    about = {"run": plan["run"], "symbol": SYMBOL, "retry_count": 0}
    yield "Fetch", {**about, "slot": slot}, answers
    yield "Transform", {**about, "answer": answers["Fetch"]}, answers
    yield "Save", {**about, "table": answers["Transform"]}, answers
    saved = {name: answers["Save"][name] for name in ("symbol", "status")}
    yield "Notify", {"report": "summary", "plan": {**plan, "symbols": [saved]}, "retry_count": 0}, answers


@pytest.fixture(scope="module")
def played(stage):
    """Each function called twice, in the order of the workflow: answers by state and round, lines by state."""
    results = {}
    with ExitStack() as stack:
        functions = {state: stack.enter_context(stage.start(state)) for state in STATES}
        for execution in ROUNDS:
            for state, event, answers in events_of(execution):
                answer = functions[state].invoke(event)
                assert not answer.error_type, answer.value
                answers[state] = results[state, execution] = answer.value
    # Only now that the processes have ended is every line here.
    lines = {state: function.lines for state, function in functions.items()}
    return SimpleNamespace(results=results, lines=lines, stage=stage)


@pytest.mark.parametrize("state", STATES)
def test_a_function_writes_no_line_that_is_not_ours(state, played):
    """What a function writes is its log lines and its metrics: no library says anything in its log group."""
    assert [line for line in played.lines[state] if not is_ours(line)] == []


@pytest.mark.parametrize("state", STATES)
def test_a_good_call_logs_no_warning(state, played):
    """A search for WARNING finds trouble alone; a good run with a webhook for its message has none."""
    levels = {json.loads(line).get("level", "metrics") for line in played.lines[state]}
    assert levels == {"INFO", "metrics"}


@pytest.mark.parametrize("execution", ROUNDS)
def test_the_five_functions_carry_a_symbol_from_plan_to_people(execution, played):
    """Cold and warm, the functions plan, fetch, transform and save a symbol and report it."""
    assert played.results["Save", execution]["status"] == ("saved" if execution == "cold" else "unchanged")
    assert played.results["Notify", execution]["outcome"] == "succeeded"


def test_people_hear_of_both_runs(played):
    """Slack takes a message of each run, under the runtime client as in a test process."""
    assert [message.channel for message in played.stage.slack.messages] == ["info", "info"]


@pytest.mark.parametrize("state", STATES)
def test_a_trace_names_its_function(state, played):
    """X-Ray shows a call under its state's name."""
    names = [segment["name"] for segment in played.stage.traces.segments]
    assert names.count(f"## {state}") == len(ROUNDS)


@pytest.mark.parametrize("state", STATES)
def test_only_the_first_call_is_counted_as_a_cold_start(state, played):
    """The metric ColdStarts is 1 for the first call of an instance and 0 for the next."""
    told = [json.loads(line)["ColdStarts"] for line in played.lines[state] if "ColdStarts" in line]
    assert told == [[1.0], [0.0]]


@pytest.mark.parametrize("state", STATES)
def test_the_clients_that_a_function_uses_are_made_at_its_start(state, played):
    """Each AWS service that X-Ray saw a function call is among the clients that its handler makes beforehand."""
    traces = played.stage.traces.segments
    calls = {segment["id"] for segment in traces if segment["name"] == f"## {state}"}
    used = {segment["name"].lower() for segment in traces if segment["parent_id"] in calls}
    assert used <= set(import_module(f"stockflow_functions.daily_prices.{state.lower()}.app").handler.clients)
    assert "s3" in used


def test_no_secret_is_written(played):
    """Neither the key nor a webhook is in any line or trace."""
    written = json.dumps([played.lines, played.stage.traces.segments])
    assert [name for name, value in played.stage.secret.items() if value in written] == []


@pytest.mark.parametrize("state", STATES)
def test_a_setting_that_makes_no_sense_is_invalid_input(state, stage):
    """A wrong variable fails the call with the error that the workflow catches, not the start of the instance."""
    with stage.start(state, REQUESTS_PER_MINUTE="none") as function:
        answer = function.invoke({"execution": "wrong", "report": "summary"})
    assert answer.error_type == "InvalidInput"
    assert "REQUESTS_PER_MINUTE is 'none'" in answer.value["errorMessage"]
