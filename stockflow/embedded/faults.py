"""Faults on demand in calls of AWS services: for tests, and to see what a run does when AWS misbehaves."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Literal

from stockflow.embedded.function_host import CURRENT, KILLED, TIMED_OUT, end_function
from stockflow.stand_ins.answers import Response

BUG, PAUSED, TRUNCATED = "RuntimeError", "Paused", "IncompleteRead"
"""With ``KILLED`` and ``TIMED_OUT``, the codes of an :class:`AwsFault` that are not those of a refusal."""

_STATUS = {
    "AccessDenied": 403,
    "SlowDown": 503,
    "InternalError": 500,
    "ServiceUnavailable": 503,
    "ProvisionedThroughputExceededException": 400,
    "ThrottlingException": 400,
    "InternalServerError": 500,
    "AccessDeniedException": 400,
}


def refusal(service: str, code: str) -> Response:
    """An error answer in the service's own protocol."""
    status = _STATUS.get(code, 400)
    if service == "s3":
        body = f"<Error><Code>{code}</Code><Message>told to fail</Message></Error>"
        return status, {"content-type": "application/xml"}, body
    body = f'{{"__type": "{code}", "message": "told to fail"}}'
    return status, {"content-type": "application/x-amz-json-1.0", "x-amzn-errortype": code}, body


@dataclass
class AwsFault:
    """One fault: which requests it affects, what they get, and how often.

    Attributes:
        service: ``s3``, ``dynamodb``, ``sns``, ``secretsmanager``, ``transcribe`` or ``comprehend``.
        code: the error code that AWS would answer with, such as ``SlowDown``. Or one of: ``KILLED``, the process of the
            calling function ends here; ``TIMED_OUT``, the function's time is up here (without a wait);
            ``BUG``, the function raises a ``RuntimeError``; ``PAUSED``, the request waits until ``released`` is set;
            ``TRUNCATED``, the answer breaks off half-way.
        operation: the HTTP method for S3 (``PUT``), the API operation for the others (``UpdateItem``); empty for all.
        key_contains: part of the object's key, of the query (``list-type=2``) or of the request's body; empty for all.
        caller: the state whose function calls, with its symbol if only that is meant: ``Save`` or ``Save AAPL``;
            empty for all.
        skip: how many matching requests pass before it.
        times: how many requests it affects; None for all of them.
        when: ``before`` the request takes effect, or ``after`` it (it happened, but the caller is told it didn't).
    """

    service: Literal["s3", "dynamodb", "sns", "secretsmanager", "transcribe", "comprehend"]
    code: str
    operation: str = ""
    key_contains: str = ""
    caller: str = ""
    skip: int = 0
    times: int | None = None
    when: Literal["before", "after"] = "before"
    met: int = 0
    released: Event = field(default_factory=Event)

    def fits(self, service: str, operation: str, subject: str) -> bool:
        """Whether it affects this request; ``subject`` is the object's key, else the query, else the body."""
        invocation = CURRENT.get()
        caller = invocation.caller if invocation else ""
        return (
            service == self.service
            and self.operation in {"", operation}
            and self.key_contains in subject
            and f"{caller} ".startswith(f"{self.caller} " if self.caller else "")
        )

    def apply_to(self, effect: Callable[[], Response]) -> Response:
        """What the request gets in place of, or after, its effect."""
        if self.code == TRUNCATED:
            status, headers, body = effect()
            return status, headers, body[: len(body) // 2]
        answer = effect() if self.when == "after" else None
        if self.code == PAUSED:
            self.released.wait()
            return answer or effect()
        if self.code in {KILLED, TIMED_OUT}:
            end_function(self.code)
        if self.code == BUG:
            raise RuntimeError("told to fail")
        return refusal(self.service, self.code)


class Faults:
    """The faults now in force; thread-safe."""

    def __init__(self) -> None:
        self._faults: list[AwsFault] = []
        self._lock = Lock()

    @property
    def in_force(self) -> bool:
        """Whether there are any, even if they have met all that they were to meet."""
        return bool(self._faults)

    def add(self, fault: AwsFault) -> AwsFault:
        """Puts a fault in force and returns it, so that ``met`` can be read."""
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """Ends them all, and resumes what is paused."""
        with self._lock:
            for fault in self._faults:
                fault.released.set()
            self._faults.clear()

    def around(self, service: str, operation: str, subject: str, effect: Callable[[], Response]) -> Response:
        """Runs the request's effect, with the fault that applies to it."""
        fault = self._next(service, operation, subject)
        return effect() if fault is None else fault.apply_to(effect)

    def _next(self, service: str, operation: str, subject: str) -> AwsFault | None:
        with self._lock:
            for fault in self._faults:
                if not fault.fits(service, operation, subject):
                    continue
                if fault.skip:
                    fault.skip -= 1
                elif fault.times is None or fault.met < fault.times:
                    fault.met += 1
                    return fault
        return None
