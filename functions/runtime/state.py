"""What all states of all workflows share: logs, metrics, traces, and errors without secrets.

A handler module says ``handler = StateFunction("Save", save, call_of, clients=("s3",))``: ``save(event, services)``
does the work, ``call_of(event)`` says which call it is.
"""

import os
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from copy import copy
from functools import lru_cache
from typing import Any, Generic, Self, TypeAlias, TypeVar

from aws_lambda_powertools import Tracer

from stockflow_functions.domain.errors import SlotMoved, StockflowError
from stockflow_functions.domain.outcome import Failure
from stockflow_functions.runtime.call import Call
from stockflow_functions.runtime.failure_record import keep_failure
from stockflow_functions.runtime.services import Services, services_of_this_instance
from stockflow_functions.runtime.telemetry import SERVICE, metrics_line

E = TypeVar("E")
"""A state's event: a TypedDict of its workflow's ``contracts.py``."""
R = TypeVar("R", bound=Mapping[str, object])
"""Its result, likewise."""

AnyEvent: TypeAlias = dict[str, Any]
"""The event of any state, as in a history."""
AnyState: TypeAlias = "StateFunction[Any, Any]"
"""The function of any state."""

_LAMBDA = "AWS_LAMBDA_FUNCTION_NAME"
"""Lambda sets it, in every function."""


def _unknown(_event: object) -> Call:
    return Call()


class StateFunction(Generic[E, R]):
    """A state's work as Lambda calls it: ``handler(event, context)``.

    In Lambda, and only there, its clients and the tracer are made when the handler is imported: what an instance does
    at its start, it does not do inside a slot (docs/adr/0055-ready-before-the-slot.md).

    Args:
        state: its name.
        work: what it does.
        call_of: reads from its event which call it is.
        outcome: of an item that failed here, if its workflow says more about it than that.
        clients: the services that it uses.
    """

    def __init__(
        self,
        state: str,
        work: Callable[[E, Services], R],
        call_of: Callable[[E], Call] = _unknown,
        *,
        outcome: Callable[[E, Failure, Exception], Mapping[str, object]] | None = None,
        clients: Iterable[str] = (),
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        self.state = state
        self.call_of = call_of
        self.clients = tuple(clients)
        self.work = work
        self._outcome = outcome
        self._cold = True
        if environment.get(_LAMBDA):
            self._make_ready()

    def __call__(self, event: E, context: Any) -> dict[str, object]:
        def handle(event: E, context: Any) -> R:
            return self.run(event, context, services_of_this_instance())

        handle.__name__ = self.state  # what X-Ray calls it
        return dict(_tracer().capture_lambda_handler(handle, capture_response=False)(event, context))

    def doing(self, work: Callable[[E, Services], R]) -> Self:
        """The same state with other work."""
        other = copy(self)
        other.work = work
        return other

    def _make_ready(self) -> None:
        # A fault is met again by the call, which reports it under its name; one of the start would have no name that
        # the workflow knows.
        with suppress(Exception):
            services_of_this_instance().make_ready(self.clients)
            _tracer()

    def run(self, event: E, context: Any, services: Services) -> R:
        """Does the state's work with the services handed in.

        Raises:
            Exception: what the work raised, its text redacted, its class name kept: Step Functions matches on it.
        """
        logger, call = services.logger, self.call_of(event)
        services = services.below(call.prefix)
        logger.thread_safe_append_keys(
            state=self.state,
            execution=call.execution,
            symbol=call.symbol,
            attempt=call.attempt,
            function_request_id=getattr(context, "aws_request_id", None),
        )
        began = time.perf_counter()
        error_name = None
        try:
            result = self.work(event, services)
            logger.info("%s done", self.state, extra={"result": _brief(result)})
            return result
        except SlotMoved as moved:
            error_name = "SlotMoved"
            logger.info("waits for another slot", extra={"slot": str(moved)})
            raise
        except Exception as error:
            error_name = type(error).__name__
            answer = getattr(error, "vendor_answer", None)
            logger.exception(
                "%s failed: %s", self.state, error_name, extra={"vendor_answer": answer} if answer else None
            )
            safe = _redacted(error, services.redactor.clean)
            self._record(event, call, safe, services)
            raise safe from None
        finally:
            self._measure(services, error_name, time.perf_counter() - began)
            logger.thread_safe_clear_keys()

    def _measure(self, services: Services, error_name: str | None, seconds: float) -> None:
        counts = {"Invocations": 1.0, "ColdStarts": float(self._cold)}
        self._cold = False
        if error_name:
            counts[error_name] = 1.0
        services.emit(metrics_line(self.state, counts, {"Duration": seconds * 1000}, services.settings.stack))

    def _record(self, event: E, call: Call, error: Exception, services: Services) -> None:
        failure = Failure(type(error).__name__, str(error), self.state)
        outcome = self._outcome(event, failure, error) if self._outcome else None
        try:
            keep_failure(services.bucket, call, failure, outcome)
        except StockflowError as second:
            services.logger.warning("the failure's record could not be written", extra={"reason": str(second)})


@lru_cache(maxsize=1)
def _tracer() -> Tracer:
    """Traces AWS calls only: tracing HTTP would put the vendor's URL, with the key in it, into X-Ray."""
    return Tracer(service=SERVICE, patch_modules=["botocore"])


def _redacted(error: Exception, clean: Callable[[str], str]) -> Exception:
    """The error itself if its text holds no secret; else one of the same name with a redacted text."""
    text = clean(str(error))
    if text == str(error):
        return error
    # Lambda takes errorType from the class. Another library's constructor may want anything, so a bare namesake it is.
    kind = type(error) if isinstance(error, StockflowError) else type(type(error).__name__, (Exception,), {})
    same: Exception = kind(text)
    vars(same).update(vars(error))
    return same.with_traceback(error.__traceback__)


def _brief(result: Mapping[str, object]) -> dict[str, object]:
    """The result without its lists: a log line must not grow with the run."""
    return {name: value for name, value in result.items() if not isinstance(value, list | dict)}
