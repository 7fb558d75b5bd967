"""The functions as Lambda runs them: the built package, under AWS's own runtime client, called cold and warm."""

import json
import time
from collections import Counter
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
from tests.helpers.lambda_runtime.stand_ins import StandInsOverHttp
from tests.helpers.scripted_engines import ScriptedSpeech, ScriptedTone, wav_of
from tests.helpers.stack import FUNCTIONS, MODULES, WORKFLOWS, function_properties
from tests.helpers.transcripts import vendor_turns
from tests.helpers.written_calls import CALL

ROUNDS = ("cold", "warm")
KEY = "KEY0123456789ABC"
SYMBOL = "IBM"
RECORDING, PUBLISHED = "IBM/2026-10-21.wav", "IBM/2024Q1@2024-04-24"


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
        vendor = stack.enter_context(
            SimulatedVendor(api_keys=[KEY], transcripts={("IBM", "2024Q1"): vendor_turns(CALL)})
        )
        slack = stack.enter_context(SlackInbox())
        traces = stack.enter_context(TraceDaemon())
        webhooks = {f"SLACK_WEBHOOK_URL_{channel.upper()}": slack.url(channel) for channel in ("info", "error")}
        secret = {"ALPHA_VANTAGE_API_KEY": KEY, **webhooks}
        topic = f"arn:aws:sns:{REGION}:123456789012:stockflow"
        session = make_stores_at(url, Settings(sns_topic_arn=topic), secret)
        session.client("s3").put_object(
            Bucket=Settings().bucket, Key=f"calls/{RECORDING}", Body=wav_of("\n".join(text for _, text in CALL))
        )
        tone = ScriptedTone({"disappointed": -0.8})
        services = stack.enter_context(StandInsOverHttp(session, ScriptedSpeech(), tone))
        environment = {
            **services.environment,
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


def started(workflow_input, execution):
    """The event of a planner."""
    return {
        "input": workflow_input,
        "execution": execution,
        "execution_arn": f"arn:aws:states:{REGION}:123456789012:execution:stockflow:{execution}",
        "started_at": "2026-11-20T22:30:00.250Z",
        "retry_count": 0,
    }


def events_of_prices(execution, answers):
    """Gives each state's event in turn, made of the answers before it, as the definition makes them."""
    yield "Plan", started({"symbols": [SYMBOL]}, execution)
    plan = answers["Plan"]
    slot = {"not_before": plan["work"][0]["not_before"], "moves": 0}
    about = {"run": plan["run"], "symbol": SYMBOL, "retry_count": 0}
    yield "Fetch", {**about, "slot": slot}
    yield "Transform", {**about, "answer": answers["Fetch"]}
    yield "Save", {**about, "table": answers["Transform"]}
    saved = {name: answers["Save"][name] for name in ("symbol", "status")}
    yield "Notify", {"report": "summary", "plan": {**plan, "symbols": [saved]}, "retry_count": 0}


def events_of_calls(execution, answers):
    """Likewise, of a recording and of a transcript of the vendor's; a second time because it is asked for."""
    given = {"symbols": [RECORDING, PUBLISHED], "language": "en-US", "force": execution == "warm"}
    yield "PlanCalls", started(given, f"calls-{execution}")
    plan, ended = answers["PlanCalls"], []
    for item in plan["work"]:
        about = {"run": plan["run"], "symbol": item["symbol"], "call": item["call"], "retry_count": 0}
        if item["progress"]["state"] == "FetchTranscript":
            yield "FetchTranscript", {**about, "slot": {"not_before": item["not_before"], "moves": 0}}
            found = answers["FetchTranscript"]
        else:
            yield "StartTranscription", {**about, "job": item["progress"]["job"]}
            found = answers["StartTranscription"]
            while found["transcript"] is None:
                time.sleep(0.05)
                yield "LookAtTranscription", {**about, "job": found["job"]}
                found = answers["LookAtTranscription"]
        yield "ReadTranscript", {**about, "transcript": found["transcript"]}
        yield "JudgeTone", {**about, "passages": answers["ReadTranscript"]}
        yield "SaveTone", {**about, "judged": answers["JudgeTone"]}
        ended.append({name: answers["SaveTone"][name] for name in ("symbol", "status")})
    yield "NotifyCalls", {"report": "summary", "plan": {**plan, "symbols": ended}, "retry_count": 0}


def events_of_refreshes(_execution, _answers):
    """What the schedules of the listings, and of splits and dividends, send."""
    yield "RefreshListings", {"trigger": "schedule"}
    yield "RefreshActions", {"trigger": "schedule"}


def events_of_tables(execution, _answers):
    """What the rule on manifests sends when the run has ended."""
    yield "UpdateTables", {"trigger": "rule", "manifest": f"runs/{execution}/manifest.json"}


@pytest.fixture(scope="module")
def played(stage):
    """Each function called at least twice, in the order of its workflow: last answers by state and round, and lines."""
    results, calls = {}, Counter()
    with ExitStack() as stack:
        functions = {state: stack.enter_context(stage.start(state)) for state in FUNCTIONS}
        for execution in ROUNDS:
            for events_of in (events_of_prices, events_of_calls, events_of_refreshes, events_of_tables):
                answers = {}
                for state, event in events_of(execution, answers):
                    answer = functions[state].invoke(event)
                    assert not answer.error_type, answer.value
                    answers[state] = results[state, execution] = answer.value
                    calls[state] += 1
    # Only now that the processes have ended is every line here.
    lines = {state: function.lines for state, function in functions.items()}
    return SimpleNamespace(results=results, calls=calls, lines=lines, stage=stage)


@pytest.mark.parametrize("state", FUNCTIONS)
def test_a_function_writes_no_line_that_is_not_ours(state, played):
    """What a function writes is its log lines and its metrics: no library says anything in its log group."""
    assert [line for line in played.lines[state] if not is_ours(line)] == []


@pytest.mark.parametrize("state", FUNCTIONS)
def test_a_good_call_logs_no_warning(state, played):
    """A search for WARNING finds trouble alone; a good run with a webhook for its message has none."""
    levels = {json.loads(line).get("level", "metrics") for line in played.lines[state]}
    assert levels == {"INFO", "metrics"}


@pytest.mark.parametrize("execution", ROUNDS)
def test_the_functions_of_prices_carry_a_symbol_from_plan_to_people(execution, played):
    """Cold and warm, they plan, fetch, transform and save a symbol and report it."""
    assert played.results["Save", execution]["status"] == ("saved" if execution == "cold" else "unchanged")
    assert played.results["Notify", execution]["outcome"] == "succeeded"


@pytest.mark.parametrize("execution", ROUNDS)
def test_the_functions_of_calls_carry_them_from_plan_to_people(execution, played):
    """Cold and warm, they write a recording down or fetch a transcript, read, judge and save it, and report both."""
    saved = played.results["SaveTone", execution]
    assert (saved["symbol"], saved["status"], saved["unscored"]) == (PUBLISHED, "saved", 0)
    assert -0.8 < saved["tone"] < 0
    assert played.results["NotifyCalls", execution]["outcome"] == "succeeded"


def test_people_hear_of_every_run(played):
    """Slack takes a message of each run, under the runtime client as in a test process."""
    assert [message.channel for message in played.stage.slack.messages] == ["info"] * len(ROUNDS) * len(WORKFLOWS)


@pytest.mark.parametrize("state", FUNCTIONS)
def test_a_trace_names_its_function(state, played):
    """X-Ray shows a call under its state's name."""
    names = [segment["name"] for segment in played.stage.traces.segments]
    assert names.count(f"## {state}") == played.calls[state]


@pytest.mark.parametrize("state", FUNCTIONS)
def test_only_the_first_call_is_counted_as_a_cold_start(state, played):
    """The metric ColdStarts is 1 for the first call of an instance and 0 for those after it."""
    told = [json.loads(line)["ColdStarts"] for line in played.lines[state] if "ColdStarts" in line]
    assert told == [[1.0], *[[0.0]] * (played.calls[state] - 1)]
    assert len(told) >= len(ROUNDS)


@pytest.mark.parametrize("state", FUNCTIONS)
def test_the_clients_that_a_function_uses_are_made_at_its_start(state, played):
    """Each AWS service that X-Ray saw a function call is among the clients that its handler makes beforehand."""
    traces = played.stage.traces.segments
    calls = {segment["id"] for segment in traces if segment["name"] == f"## {state}"}
    used = {segment["name"].lower() for segment in traces if segment["parent_id"] in calls}
    assert used <= set(import_module(MODULES[state]).handler.clients)
    assert "s3" in used


def test_no_secret_is_written(played):
    """Neither the key nor a webhook is in any line or trace."""
    written = json.dumps([played.lines, played.stage.traces.segments])
    assert [name for name, value in played.stage.secret.items() if value in written] == []


@pytest.mark.parametrize("state", [name for workflow in WORKFLOWS for name in (workflow.planner, workflow.notifier)])
def test_a_setting_that_makes_no_sense_is_invalid_input(state, stage):
    """A wrong variable fails the call with the error that the workflow catches, not the start of the instance.

    A planner's frame is every state's but a notifier's.
    """
    with stage.start(state, REQUESTS_PER_MINUTE="none") as function:
        answer = function.invoke({"execution": "wrong", "report": "summary"})
    assert answer.error_type == "InvalidInput"
    assert "REQUESTS_PER_MINUTE is 'none'" in answer.value["errorMessage"]
