"""What is the same for every state: logs, metrics, traces, redaction, and the record of a failure.

A handler module says ``handler = StateFunction("Save", save, ("s3",))``: ``save(event, services)`` does the work, with
clients of these services.
"""

import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any

from aws_lambda_powertools import Tracer

from stockflow_functions.aws import keys
from stockflow_functions.aws.scratch import prefix_of
from stockflow_functions.daily_prices.outcome import DEFERRED, FAILED, Failure, SymbolOutcome
from stockflow_functions.domain.errors import InvalidApiKey, PutOff, QuotaExhausted, SlotMoved, StockflowError
from stockflow_functions.runtime.services import Services, services_of_this_instance
from stockflow_functions.runtime.telemetry import SERVICE, metrics_line

Event = dict[str, Any]
Work = Callable[[Event, Services], dict[str, Any]]

MOST_REQUESTS = 5
"""For one symbol in one run, however its tries are spread over retries and slots."""
_LAMBDA = "AWS_LAMBDA_FUNCTION_NAME"
"""Lambda sets it, in every function."""


def attempt_of(event: Event) -> int:
    """Which time the workflow calls this state for this symbol, from 1: retries and moved slots count."""
    return int(event.get("retry_count", 0)) + int(event.get("slot", {}).get("moves", 0)) + 1


class StateFunction:
    """A state's work as Lambda calls it: ``handler(event, context)``.

    In Lambda, and nowhere else, its clients and the tracer are made at once, when the handler is imported: what the
    start of an instance does is not done inside a slot (docs/adr/0055-ready-before-the-slot.md).
    """

    def __init__(
        self, state: str, work: Work, clients: tuple[str, ...] = (), environment: Mapping[str, str] = os.environ
    ) -> None:
        self.state = state
        self.clients = clients
        self._work = work
        self._cold = True
        if environment.get(_LAMBDA):
            self._make_ready()

    def __call__(self, event: Event, context: Any) -> dict[str, Any]:
        def handle(event: Event, context: Any) -> dict[str, Any]:
            return self.run(event, context, services_of_this_instance())

        handle.__name__ = self.state  # what X-Ray calls it
        return dict(_tracer().capture_lambda_handler(handle, capture_response=False)(event, context))

    def _make_ready(self) -> None:
        # A fault is met again by the call, which reports it under its name; one of the start would have no name that
        # the workflow knows.
        with suppress(Exception):
            services_of_this_instance().make_ready(self.clients)
            _tracer()

    def run(self, event: Event, context: Any, services: Services) -> dict[str, Any]:
        """Does the state's work with the equipment handed in.

        Raises:
            Exception: what the work raised, its text redacted, its class name kept: Step Functions matches on it.
        """
        logger = services.logger
        execution, symbol = _execution_of(event), event.get("symbol")
        services = services.below(prefix_of(event, execution))
        logger.thread_safe_append_keys(
            state=self.state,
            execution=execution,
            symbol=symbol,
            attempt=attempt_of(event),
            function_request_id=getattr(context, "aws_request_id", None),
        )
        began = time.perf_counter()
        error_name = None
        try:
            result = self._work(event, services)
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
            told = _redacted(error, services)
            self._record(event, execution, symbol, told, services)
            raise told from None
        finally:
            self._measure(services, error_name, time.perf_counter() - began)
            logger.thread_safe_clear_keys()

    def _measure(self, services: Services, error_name: str | None, seconds: float) -> None:
        counts = {"Invocations": 1.0, "ColdStarts": float(self._cold)}
        self._cold = False
        if error_name:
            counts[error_name] = 1.0
        services.emit(metrics_line(self.state, counts, {"Duration": seconds * 1000}, services.settings.stack))

    def _record(
        self, event: Event, execution: str | None, symbol: str | None, error: Exception, services: Services
    ) -> None:
        """Leaves the failure under runs/, for the manifest; Step Functions itself carries only names onwards."""
        if execution is None:
            return
        failure = Failure(type(error).__name__, str(error), self.state)
        try:
            if symbol is None:
                services.bucket.put_json(keys.failure_record(execution), failure.__dict__)
            else:
                status = DEFERRED if isinstance(error, QuotaExhausted | PutOff) else FAILED
                outcome = SymbolOutcome(symbol, status, attempts=_requests_made(event, error), error=failure)
                services.bucket.put_json(keys.symbol_record(execution, symbol), outcome.as_dict())
        except StockflowError as second:
            services.logger.warning("the failure's record could not be written", extra={"reason": str(second)})


@lru_cache(maxsize=1)
def _tracer() -> Tracer:
    """Follows AWS calls only: tracing HTTP would put the vendor's URL, with the key in it, into X-Ray."""
    return Tracer(service=SERVICE, patch_modules=["botocore"])


def _execution_of(event: Event) -> str | None:
    """The execution's name, wherever this state's event has it."""
    if "execution" in event:
        return str(event["execution"])
    run = event.get("run") or event.get("plan", {}).get("run") or {}
    # The last is EventBridge's, which tells Notify of a failed run.
    name = run.get("execution") or event.get("event", {}).get("detail", {}).get("name")
    return None if name is None else str(name)


def requests_of(event: Event) -> int:
    """How many requests Fetch has made for its symbol by the end of this call, where the call makes one.

    A slot's first request is always made, a retry only while they are fewer than ``MOST_REQUESTS``.
    """
    tries, retry_count = int(event.get("slot", {}).get("tries", 0)), int(event.get("retry_count", 0))
    return tries + min(retry_count + 1, max(MOST_REQUESTS - tries, 1))


def _requests_made(event: Event, error: Exception) -> int:
    """How many requests were made for this symbol when the state failed."""
    for later in ("answer", "table"):
        if later in event:
            return int(event[later].get("attempts", 1))
    made = requests_of(event)
    # These are mostly raised without asking, by what another request has learned; the vendor's own carry its words.
    unasked = isinstance(error, QuotaExhausted | PutOff | InvalidApiKey) and not error.vendor_text
    return made - 1 if unasked else made


def _redacted(error: Exception, services: Services) -> Exception:
    text = str(error)
    clean = services.redactor.clean(text)
    if clean == text:
        return error
    kind = type(error)
    same = kind(clean) if isinstance(error, StockflowError) else type(kind.__name__, (Exception,), {})(clean)
    vars(same).update(vars(error))
    return same.with_traceback(error.__traceback__)


def _brief(result: dict[str, Any]) -> dict[str, Any]:
    """The result without its lists: a log line must not grow with the run."""
    return {name: value for name, value in result.items() if not isinstance(value, list | dict)}
