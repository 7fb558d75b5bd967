"""Faults of AWS services, on demand: for tests, and for seeing what a run does when S3 or DynamoDB misbehaves."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Literal

Response = tuple[int, dict[str, str], str]

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


@dataclass
class AwsFault:
    """One fault: which requests it meets, what they get, and how often.

    Attributes:
        service: ``s3``, ``dynamodb``, ``sns`` or ``secretsmanager``.
        code: the error code AWS would answer with, such as ``SlowDown``.
        operation: the HTTP method for S3 (``PUT``), the API operation for the others (``UpdateItem``); empty for all.
        key_contains: part of the object's key, or of the request's body; empty for all.
        times: how many requests it meets; None for all of them.
        when: ``before`` the request has its effect, or ``after`` it (it happened, the caller is told it didn't).
    """

    service: Literal["s3", "dynamodb", "sns", "secretsmanager"]
    code: str
    operation: str = ""
    key_contains: str = ""
    times: int | None = None
    when: Literal["before", "after"] = "before"
    met: int = 0

    def answer(self) -> Response:
        """The refusal in the service's own protocol."""
        status = _STATUS.get(self.code, 400)
        if self.service == "s3":
            body = f"<Error><Code>{self.code}</Code><Message>told to fail</Message></Error>"
            return status, {"content-type": "application/xml"}, body
        body = f'{{"__type": "{self.code}", "message": "told to fail"}}'
        return status, {"content-type": "application/x-amz-json-1.0", "x-amzn-errortype": self.code}, body


class Faults:
    """The faults now in force; thread-safe."""

    def __init__(self) -> None:
        self._faults: list[AwsFault] = []
        self._lock = Lock()

    def add(self, fault: AwsFault) -> AwsFault:
        """Puts a fault in force and gives it back, so that ``met`` can be read."""
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """Ends them all."""
        with self._lock:
            self._faults.clear()

    def around(self, service: str, operation: str, subject: str, effect: Callable[[], Response]) -> Response:
        """Runs the request's effect, unless a fault comes before it; gives the refusal of a fault that applies."""
        fault = self._next(service, operation, subject)
        if fault is None:
            return effect()
        if fault.when == "after":
            effect()
        return fault.answer()

    def _next(self, service: str, operation: str, subject: str) -> AwsFault | None:
        with self._lock:
            for fault in self._faults:
                fits = fault.service == service and fault.operation in {"", operation} and fault.key_contains in subject
                if fits and (fault.times is None or fault.met < fault.times):
                    fault.met += 1
                    return fault
        return None
