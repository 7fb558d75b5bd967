"""The interpreter of the definition, where it was mended to run as AWS does."""

import json
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import jsonpath_ng.parser
import pytest
from botocore.exceptions import ClientError
from moto.stepfunctions.parser.asl.antlr.runtime.ASLParser import ASLParser

from stockflow.embedded.function_host import FunctionHost, InvocationLog, LogBook, keep_line
from stockflow.embedded.interpreter import seconds_until
from stockflow.embedded.resources import make_session
from stockflow.embedded.shared_moto import MOTO
from stockflow_functions.domain.redaction import Redactor
from stockflow_functions.runtime.services import Services
from stockflow_functions.runtime.settings import Settings
from stockflow_functions.runtime.state import StateFunction
from stockflow_functions.runtime.telemetry import make_logger

ROLE = "arn:aws:iam::123456789012:role/r"


@pytest.fixture
def machine():
    """Runs a definition to its end, its Task calling the given work, and gives description and events."""
    MOTO.enter()
    session = make_session("us-east-1")
    redactor = Redactor()
    logger = make_logger(redactor, InvocationLog())
    services = Services(Settings(), redactor=redactor, session=session, emit=keep_line, logger=logger)
    book = LogBook()
    client = session.client("stepfunctions")

    def run(states, work=lambda event, services: {}, *, workflow_input=None, timeout_seconds=5):
        host = FunctionHost(
            "f", StateFunction("F", work), services, book, timeout_seconds=timeout_seconds, memory_mb=128
        )
        MOTO.endpoint.host("f", host)
        first = next(iter(states))
        arn = client.create_state_machine(
            name=f"m{time.monotonic_ns()}", definition=json.dumps({"StartAt": first, "States": states}), roleArn=ROLE
        )["stateMachineArn"]
        execution = client.start_execution(stateMachineArn=arn, name="e", input=json.dumps(workflow_input or {}))
        while (description := client.describe_execution(executionArn=execution["executionArn"]))["status"] == "RUNNING":
            time.sleep(0.01)
        return description, client.get_execution_history(executionArn=execution["executionArn"])["events"]

    run.client, run.log = client, book
    yield run
    MOTO.leave()


def task(**fields):
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": "f", "Payload.$": "$"},
        "End": True,
        **fields,
    }


def fail(error, message):
    def work(event, services):
        raise type(error, (Exception,), {})(message)

    return work


def at(seconds):
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def test_a_wait_ends_at_the_timestamps_whole_second(machine):
    """A Wait until a moment 2.2 s ahead ends at that moment's whole second, its fraction dropped."""
    machine({"P": {"Type": "Pass", "End": True}})  # the first one loads the parser, for a second or two
    until = at(2.2)
    whole = datetime.fromisoformat(until).replace(microsecond=0)

    _, events = machine(
        {"W": {"Type": "Wait", "TimestampPath": "$.until", "End": True}}, workflow_input={"until": until}
    )

    left = next(event for event in events if event["type"] == "WaitStateExited")["timestamp"]
    assert 0 <= (left - whole).total_seconds() < 0.9


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York"])
def test_a_wait_does_not_depend_on_the_machines_time_zone(monkeypatch, zone):
    """The seconds until a moment are the same wherever the laptop is."""
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert 8.9 < seconds_until(at(10)) <= 10
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_retry_comes_after_its_error_and_succeeds(machine):
    """A Task that is throttled once is scheduled twice in one visit."""
    calls = []

    def work(event, services):
        calls.append(event)
        if len(calls) == 1:
            raise type("Throttled", (Exception,), {})("slow down")
        return {"ok": True}

    retry = [{"ErrorEquals": ["Throttled"], "IntervalSeconds": 1, "MaxAttempts": 2, "JitterStrategy": "FULL"}]
    description, events = machine({"F": task(Retry=retry)}, work)

    assert description["status"] == "SUCCEEDED"
    assert [event["type"] for event in events].count("TaskScheduled") == 2


def test_an_error_of_aws_own_ends_a_fail_state_under_its_name(machine):
    """States.Timeout that reaches a Fail state by ErrorPath is the execution's error."""
    states = {
        "F": task(TimeoutSeconds=1, Catch=[{"ErrorEquals": ["States.ALL"], "Next": "Bad"}]),
        "Bad": {"Type": "Fail", "ErrorPath": "$.Error", "CausePath": "$.Cause"},
    }

    description, _ = machine(states, lambda event, services: time.sleep(1.5) or {})

    assert (description["status"], description["error"]) == ("FAILED", "States.Timeout")


def test_each_path_of_a_definition_is_parsed_once(machine, monkeypatch):
    """A path that fifty iterations evaluate costs one parse."""
    parsed = Counter()
    original = jsonpath_ng.parser.JsonPathParser.parse

    def parse(parser, path, *rest):
        parsed[path] += 1
        return original(parser, path, *rest)

    monkeypatch.setattr(jsonpath_ng.parser.JsonPathParser, "parse", parse)
    processor = {
        "StartAt": "P",
        "States": {"P": {"Type": "Pass", "InputPath": "$.a", "ResultPath": "$.b", "End": True}},
    }
    items = [{"a": number} for number in range(50)]

    description, _ = machine(
        {"M": {"Type": "Map", "ItemsPath": "$.items", "ItemProcessor": processor, "End": True}},
        workflow_input={"items": items},
    )

    assert json.loads(description["output"]) == [{"a": number, "b": number} for number in range(50)]
    assert (parsed["$.a"], parsed["$.b"]) == (1, 1)


def test_a_definition_is_read_once(machine, monkeypatch):
    """Its text costs one reading, for the check when a machine is made and for each execution."""
    read = []
    original = ASLParser.state_machine
    monkeypatch.setattr(ASLParser, "state_machine", lambda parser: read.append(parser) or original(parser))
    states = {"Once": {"Type": "Pass", "End": True}}

    runs = [machine(states)[0]["status"] for _ in range(2)]

    assert runs == ["SUCCEEDED", "SUCCEEDED"]
    assert len(read) == 1


def test_a_text_that_is_no_definition_is_refused_each_time(machine):
    """As the first time."""
    for _ in range(2):
        with pytest.raises(ClientError, match="ASLParserException"):
            machine({"P": {"Type": "Nothing", "End": True}})


def test_a_tasks_result_names_the_request_whose_log_lines_are_kept(machine):
    """The request id in the history leads to what the function logged."""

    def work(event, services):
        services.logger.info("looked at it")
        return {}

    _, events = machine({"F": task()}, work)

    output = json.loads(next(e for e in events if e["type"] == "TaskSucceeded")["taskSucceededEventDetails"]["output"])
    lines = machine.log.by_request_id()[output["SdkResponseMetadata"]["RequestId"]]
    assert any("looked at it" in line for line in lines)


def test_an_error_comes_back_as_lambda_gives_it(machine):
    """The cause is JSON with errorMessage, errorType, requestId and stackTrace; the error is the class's name."""
    _, events = machine({"F": task()}, fail("BadPrices", "no usable row"))

    details = next(e for e in events if e["type"] == "TaskFailed")["taskFailedEventDetails"]
    cause = json.loads(details["cause"])
    assert details["error"] == "BadPrices"
    assert (cause["errorMessage"], cause["errorType"]) == ("no usable row", "BadPrices")
    assert cause["requestId"] in machine.log.by_request_id()
    assert "raise type(error" in cause["stackTrace"][-1]


def test_a_function_past_its_time_out_is_answered_as_lambda_does(machine):
    """A handler that runs too long gives Sandbox.Timedout, and may not write any more."""
    wrote = []

    def work(event, services):
        time.sleep(0.4)
        services.bucket.put("late", b"")
        wrote.append("late")
        return {}

    description, _ = machine({"F": task()}, work, timeout_seconds=0.2)

    time.sleep(0.4)
    assert description["error"] == "Sandbox.Timedout"
    assert wrote == []
