"""What a state called in a run: the function, its exact input, and what came of it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from types import ModuleType
from typing import Any

from stockflow import stack_files
from stockflow.errors import NotFound, Unusable
from stockflow.history.answers import answer_of_attempt
from stockflow.history.definition import read_definition
from stockflow.history.model import RunModel
from stockflow.history.visits import Attempt, Failure, Visit, moment
from stockflow_functions.daily_prices.plan.symbols import symbols_of
from stockflow_functions.domain.errors import InvalidInput
from stockflow_functions.runtime.state import AnyState


@dataclass(frozen=True)
class CalledState:
    """One attempt of a Task state.

    Attributes:
        visit: the stay in the state that it belongs to.
        attempt: with its events.
        function: Plan, Fetch, Transform, Save or Notify; NotifyFailure calls Notify.
        payload: exactly what the handler was given.
        log: the log lines of that attempt, as far as they are at hand, then of earlier ones that failed alike.
    """

    execution: str
    visit: Visit
    attempt: Attempt
    function: str
    payload: dict[str, Any]
    log: Sequence[str] = ()

    @property
    def symbol(self) -> str:
        """The symbol it was about, or ""."""
        return str(self.payload.get("symbol", ""))

    @property
    def scheduled_ms(self) -> int:
        """When it was called, in milliseconds since 1970."""
        return moment(self.attempt.scheduled) or 0

    @property
    def answer(self) -> Any:
        """What the handler returned then; None where it raised, or never ended."""
        return answer_of_attempt(self.attempt)

    @property
    def failure(self) -> Failure | None:
        """What it failed with then."""
        return self.attempt.failure

    @property
    def module(self) -> ModuleType:
        """``functions.<function>.app``; Transform's and Save's take a second to import, for pandas."""
        return import_module(f"stockflow_functions.daily_prices.{self.function.lower()}.app")

    @property
    def handler(self) -> AnyState:
        """The real handler."""
        handler: AnyState = self.module.handler
        return handler

    @property
    def prefix(self) -> str:
        """Below which prefix of the bucket the run keeps its objects: "" but for a smoke run."""
        return self.handler.call_of(self.payload).prefix


def find_call(model: RunModel, *, symbol: str | None, state: str | None, event_id: int | None) -> CalledState:
    """The call that an event belongs to, or a symbol's last call of a state; see :meth:`RunModel.find_visit`.

    Raises:
        NotFound: there is no such event, symbol or state, or the history does not hold the input.
        Unusable: the state calls none of this project's functions.
    """
    visit = model.find_visit(symbol=symbol, state=state, event_id=event_id)
    function = _function_of(visit)
    attempt = _attempt(visit, event_id)
    if attempt is None:
        raise NotFound(f"{visit.name} was entered in {model.run.execution}, but nothing was called: the run ended.")
    payload = attempt.function_input
    if not isinstance(payload, dict):
        raise NotFound(
            f"The history of {model.run.execution} does not hold the input of {visit.name} (event "
            f"{attempt.scheduled['id']}): it is cut off. Take the execution's ARN, if AWS still has it."
        )
    if not _is_ours(payload):
        raise Unusable(
            f"{visit.name} was given an input (event {attempt.scheduled['id']}) that no run of stockflow gives: replay "
            "another state, or a whole copy of the run."
        )
    return CalledState(model.run.execution, visit, attempt, function, payload, _log_of(visit, attempt, model.run.logs))


def _log_of(visit: Visit, attempt: Attempt, logs: Mapping[str, Sequence[str]]) -> list[str]:
    """A Fetch that had asked often enough fails without a request, with the words of the attempt before it."""
    words = attempt.failure.message if attempt.failure else None
    before = reversed(visit.attempts[: attempt.number - 1])
    told = [attempt, *(earlier for earlier in before if earlier.failure and earlier.failure.message == words)]
    return [line for one in told for line in logs.get(str(one.request_id), ())]


def _attempt(visit: Visit, event_id: int | None) -> Attempt | None:
    """The attempt that an event is of, where the event lies before the first one that; without an event the last."""
    if event_id is None:
        return visit.attempts[-1] if visit.attempts else None
    begun = [attempt for attempt in visit.attempts if attempt.scheduled["id"] <= event_id]
    return begun[-1] if begun else next(iter(visit.attempts), None)


def _is_ours(payload: dict[str, Any]) -> bool:
    """Whether a symbol's state was given a symbol and its run; a file from elsewhere may hold anything."""
    if "symbol" not in payload:
        return True
    run = payload.get("run")
    if not isinstance(run, dict) or not all(isinstance(run.get(name), str) for name in ("execution", "series")):
        return False
    try:
        return bool(symbols_of([payload["symbol"]]))
    except InvalidInput:
        return False


def _function_of(visit: Visit) -> str:
    functions = functions_of_states()
    if visit.name not in functions:
        raise Unusable(
            f"{visit.name} is a {visit.type} that calls no function of stockflow: name one of {', '.join(functions)} "
            "with --state."
        )
    return functions[visit.name]


@lru_cache(maxsize=1)
def functions_of_states() -> dict[str, str]:
    """The function of each Task state in our definition: ``{"NotifyFailure": "Notify", ...}``."""
    machine = read_definition(json.loads(stack_files.DEFINITION.read_text()))
    states = machine.all_states() if machine else []
    named = {state.name: str(state.source.get("Parameters", {}).get("FunctionName", "")) for state in states}
    return {state: name[2:-1].removesuffix("Function") for state, name in named.items() if name.startswith("${")}
