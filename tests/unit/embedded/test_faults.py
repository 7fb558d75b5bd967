"""Faults at the calls of AWS services, as a function meets them."""

import json
from threading import Thread
from time import sleep

import pytest

from stockflow.embedded.faults import BUG, PAUSED, TRUNCATED, AwsFault
from stockflow.embedded.function_host import KILLED, TIMED_OUT, FunctionHost, InvocationLog, LogBook, keep_line
from stockflow.embedded.shared_moto import MOTO
from stockflow_functions.domain.errors import StorageUnavailable
from stockflow_functions.domain.redaction import Redactor
from stockflow_functions.runtime.services import Services
from stockflow_functions.runtime.settings import Settings
from stockflow_functions.runtime.state import StateFunction
from stockflow_functions.runtime.telemetry import make_logger


@pytest.fixture
def invoke(session, bucket):
    """Calls a function that writes two objects, a and b, and gives what Invoke answers: payload and error."""

    def write_both(event, services):
        try:
            services.bucket.put("a", b"1")
            services.bucket.put("b", b"1")
        except BaseException:
            services.bucket.put("cleaned-up", b"1")
            raise
        return {"wrote": 2}

    redactor = Redactor()
    logger = make_logger(redactor, InvocationLog())
    services = Services(Settings(), redactor=redactor, logger=logger, session=session, emit=keep_line)
    host = FunctionHost("f", StateFunction("Save", write_both), services, LogBook(), timeout_seconds=5, memory_mb=128)

    def call(symbol="AAPL"):
        answer = host(json.dumps({"symbol": symbol}).encode())
        return json.loads(answer.payload)

    return call


@pytest.mark.parametrize("code", [KILLED, TIMED_OUT])
def test_a_function_that_is_ended_does_nothing_more(invoke, bucket, code):
    """Ended at its second write, a function has made the first, and no clean-up; the answer names how it ended."""
    MOTO.faults.add(AwsFault("s3", code, operation="PUT", key_contains="b"))

    assert invoke()["errorType"] == code
    assert list(bucket.keys("")) == ["a"]


def test_a_function_that_is_killed_after_a_write_has_written(invoke, bucket):
    """With ``when`` after, the effect is there."""
    MOTO.faults.add(AwsFault("s3", KILLED, operation="PUT", key_contains="a", when="after"))
    invoke()

    assert list(bucket.keys("")) == ["a"]


def test_a_bug_is_an_exception_of_the_handlers(invoke, bucket):
    """The handler may still clean up, and its error is the answer."""
    MOTO.faults.add(AwsFault("s3", BUG, operation="PUT", key_contains="b", times=1))

    assert invoke()["errorType"] == "RuntimeError"
    assert list(bucket.keys("")) == ["a", "cleaned-up"]


@pytest.mark.parametrize(
    ("caller", "meets"), [("Save", True), ("Save AAPL", True), ("Save AA", False), ("Plan", False)]
)
def test_a_fault_can_be_of_one_caller(invoke, caller, meets):
    """A caller is a state, or a state and its symbol."""
    fault = MOTO.faults.add(AwsFault("s3", KILLED, caller=caller, times=1))
    invoke("AAPL")

    assert bool(fault.met) == meets


def test_requests_before_it_go_unharmed(invoke, bucket):
    """With ``skip`` of one, the second request that fits meets the fault."""
    MOTO.faults.add(AwsFault("s3", KILLED, operation="PUT", skip=1))
    invoke()

    assert list(bucket.keys("")) == ["a"]


def test_an_answer_that_breaks_off_is_noticed(bucket):
    """Half an object is no object."""
    bucket.put("a", b"0123456789")
    MOTO.faults.add(AwsFault("s3", TRUNCATED, operation="GET"))

    with pytest.raises(StorageUnavailable, match="IncompleteRead"):
        bucket.get("a")


def test_a_paused_request_waits_while_others_go_on(bucket):
    """A request that is paused holds no lock; let go, it has its effect."""
    fault = MOTO.faults.add(AwsFault("s3", PAUSED, operation="PUT", key_contains="a"))
    paused = Thread(target=bucket.put, args=("a", b"1"))
    paused.start()

    bucket.put("b", b"1")
    assert list(bucket.keys("")) == ["b"]
    fault.released.set()
    paused.join(5)

    assert list(bucket.keys("")) == ["a", "b"]


def test_clearing_lets_go_of_what_is_paused(bucket):
    """No request hangs for ever."""
    fault = MOTO.faults.add(AwsFault("s3", PAUSED, operation="PUT"))
    paused = Thread(target=bucket.put, args=("a", b"1"))
    paused.start()
    while not fault.met:
        sleep(0.001)

    MOTO.faults.clear()
    paused.join(5)

    assert list(bucket.keys("")) == ["a"]
