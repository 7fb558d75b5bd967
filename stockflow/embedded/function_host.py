"""Runs a handler as Lambda does: with a request id and a time-out, its log lines kept, its errors as payloads."""

import json
import logging
import traceback
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as OutOfTime
from concurrent.futures import wait as wait_for
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock
from time import monotonic
from typing import Any
from uuid import uuid4

from stockflow.local_servers.lambda_endpoint import InvokeResponse
from stockflow_functions.runtime.services import Services
from stockflow_functions.runtime.state import AnyState

_LARGEST_ANSWER_BYTES = 6 * 1024 * 1024
_LANES = 128
_ACCOUNT_ARN = "arn:aws:lambda:us-east-1:123456789012:function:"

TIMED_OUT, KILLED = "Sandbox.Timedout", "Runtime.ExitError"
"""Lambda's error names for a function that took too long, and for one whose process ended without an answer."""


def _nobody(_invocation: "Invocation") -> None:
    """Ignores the line."""


@dataclass
class Invocation:
    """One call of a function, and what it wrote to standard output and its log.

    ``caller`` is the state and its symbol, as in ``Save AAPL``; ``ended`` is the error under which the call was ended
    from outside, or "" if it was not; ``heard`` is called after each line.
    """

    function: str
    request_id: str
    deadline: float
    lines: list[str] = field(default_factory=list)
    caller: str = ""
    ended: str = ""
    heard: "Callable[[Invocation], None]" = _nobody

    def say(self, line: str) -> None:
        """Adds a line to its output."""
        self.lines.append(line)
        self.heard(self)


class LambdaContext:
    """The context object of a handler, the part that this project and Powertools use."""

    def __init__(self, invocation: Invocation, memory_mb: int) -> None:
        self.aws_request_id = invocation.request_id
        self.function_name = invocation.function
        self.memory_limit_in_mb = memory_mb
        self.invoked_function_arn = _ACCOUNT_ARN + invocation.function
        self._deadline = invocation.deadline

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the time-out."""
        return max(0, round((self._deadline - monotonic()) * 1000))


CURRENT: ContextVar[Invocation | None] = ContextVar("invocation", default=None)


class FunctionEnded(BaseException):  # Lambda's word; not an error of the handler's, which must not catch it
    """Raised in a handler that was ended from outside, at its next AWS call: on Lambda it would be gone by then."""


def end_function(error_type: str) -> None:
    """Ends the calling function here and now, with Lambda's error name: ``TIMED_OUT`` or ``KILLED``."""
    invocation = CURRENT.get()
    if invocation is not None:
        invocation.ended = error_type
    raise FunctionEnded(error_type)


def end_if_ended(**_: Any) -> None:
    """A botocore event handler: an invocation that was ended may no longer change anything."""
    invocation = CURRENT.get()
    if invocation is not None and invocation.ended:
        raise FunctionEnded(invocation.ended)


class InvocationLog(logging.Handler):
    """A log handler that passes each line to the invocation it belongs to."""

    def emit(self, record: logging.LogRecord) -> None:
        keep_line(self.format(record))


def keep_line(line: str) -> None:
    """Adds a line to the current invocation's output."""
    invocation = CURRENT.get()
    if invocation is not None:
        invocation.say(line)


class LogBook:
    """All log lines of a process's functions by request id; thread-safe.

    ``heard`` is called after each line, in the thread that wrote it.
    """

    def __init__(self, heard: Callable[[Invocation], None] = _nobody) -> None:
        self._heard = heard
        self._lines: dict[str, list[str]] = {}
        self._lock = Lock()

    def keep(self, invocation: Invocation) -> None:
        """Keeps the invocation's lines; those that it adds later are kept too."""
        invocation.heard = self._heard
        with self._lock:
            self._lines[invocation.request_id] = invocation.lines

    def forget(self, request_ids: Iterable[str]) -> None:
        """Drops the lines of these invocations, which are kept elsewhere."""
        with self._lock:
            for request_id in request_ids:
                self._lines.pop(request_id, None)

    def by_request_id(self) -> dict[str, list[str]]:
        """A copy."""
        with self._lock:
            return {request_id: list(lines) for request_id, lines in self._lines.items()}


class FunctionHost:
    """One function: its handler, its services, its time-out in seconds and its memory in megabytes."""

    _pool = ThreadPoolExecutor(_LANES, thread_name_prefix="function")

    def __init__(
        self,
        name: str,
        handler: AnyState,
        services: Services,
        log_book: LogBook,
        *,
        timeout_seconds: float,
        memory_mb: int,
    ) -> None:
        self.name = name
        self._handler = handler
        self._services = services
        self._log_book = log_book
        self._timeout_seconds = timeout_seconds
        self._memory_mb = memory_mb
        self._under_way: set[Future[InvokeResponse]] = set()

    def __call__(self, body: bytes) -> InvokeResponse:
        invocation = Invocation(self.name, str(uuid4()), monotonic() + self._timeout_seconds)
        self._log_book.keep(invocation)
        work = self._pool.submit(self._run, invocation, body)
        self._under_way.add(work)
        work.add_done_callback(self._under_way.discard)
        try:
            return work.result(self._timeout_seconds)
        except OutOfTime:
            invocation.ended = TIMED_OUT
            return self._timed_out(invocation)

    def drain(self, timeout_seconds: float) -> None:
        """Waits until no call is under way, including those whose time was up, but no longer than that."""
        wait_for(list(self._under_way), timeout_seconds)

    def _run(self, invocation: Invocation, body: bytes) -> InvokeResponse:
        CURRENT.set(invocation)
        try:
            event = json.loads(body or b"{}")
            invocation.caller = f"{self._handler.state} {event.get('symbol', '')}".strip()
            result = self._handler.run(event, LambdaContext(invocation, self._memory_mb), self._services)
            payload = json.dumps(result, ensure_ascii=False).encode()
        except FunctionEnded:
            return self._timed_out(invocation) if invocation.ended == TIMED_OUT else _killed(invocation)
        except Exception as error:  # noqa: BLE001 # whatever a handler raises is an answer
            return _error_answer(error, invocation.request_id)
        finally:
            CURRENT.set(None)
        if len(payload) > _LARGEST_ANSWER_BYTES:
            return _failed(
                invocation.request_id,
                "Function.ResponseSizeTooLarge",
                f"Response payload size ({len(payload)} bytes) exceeded maximum allowed payload size "
                f"({_LARGEST_ANSWER_BYTES} bytes).",
            )
        return InvokeResponse(payload, invocation.request_id)

    def _timed_out(self, invocation: Invocation) -> InvokeResponse:
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        text = f"{now} {invocation.request_id} Task timed out after {self._timeout_seconds:.2f} seconds"
        invocation.say(text)
        return _failed(invocation.request_id, TIMED_OUT, f"RequestId: {invocation.request_id} Error: {text}")


def _killed(invocation: Invocation) -> InvokeResponse:
    text = f"RequestId: {invocation.request_id} Error: Runtime exited with error: signal: killed"
    invocation.say(text)
    return _failed(invocation.request_id, KILLED, text)


def _error_answer(error: Exception, request_id: str) -> InvokeResponse:
    frames = traceback.extract_tb(error.__traceback__)[1:]
    return _failed(request_id, type(error).__name__, str(error), traceback.format_list(frames))


def _failed(request_id: str, error_type: str, message: str, stack_trace: list[str] | None = None) -> InvokeResponse:
    payload: dict[str, object] = {"errorMessage": message, "errorType": error_type, "requestId": request_id}
    if stack_trace is not None:
        payload["stackTrace"] = stack_trace
    return InvokeResponse(json.dumps(payload, ensure_ascii=False).encode(), request_id, "Unhandled")
