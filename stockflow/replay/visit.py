"""What a state called in a run: the function, its exact input, and what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType

from stockflow import workflows
from stockflow.errors import CommandFailed, Unusable
from stockflow.history.answers import answer_of_attempt
from stockflow.history.model import RunModel
from stockflow.history.visits import Attempt, ErrorDetails, Visit, moment
from stockflow_functions.domain.errors import InvalidInput
from stockflow_functions.runtime.state import AnyEvent, AnyState
from stockflow_functions.runtime.workflow import Workflow


@dataclass(frozen=True)
class CalledState:
    """One attempt of a Task state.

    Attributes:
        workflow: of its run.
        visit: the visit of the state that it belongs to.
        attempt: with its events.
        function: by its name in the workflow; in daily prices, for example, NotifyFailure calls Notify.
        payload: the handler's exact event.
        log: the log lines of that attempt, as far as available, then those of earlier ones that failed the same way.
    """

    execution: str
    workflow: Workflow
    visit: Visit
    attempt: Attempt
    function: str
    payload: AnyEvent
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
    def answer(self) -> object:
        """What the handler returned then; None if it raised, or never ended."""
        return answer_of_attempt(self.attempt)

    @property
    def failure(self) -> ErrorDetails | None:
        """What it failed with then."""
        return self.attempt.failure

    @property
    def module(self) -> ModuleType:
        """The module of its handler; those that work on tables take a second to import, for pandas."""
        return import_module(self.workflow.function(self.function).module)

    @property
    def handler(self) -> AnyState:
        """The real handler."""
        handler: AnyState = self.module.handler
        return handler

    @property
    def prefix(self) -> str:
        """The prefix of the bucket below which the run keeps its objects: "" except for a smoke run."""
        return self.handler.call_of(self.payload).prefix


def find_call(model: RunModel, *, symbol: str | None, state: str | None, event_id: int | str | None) -> CalledState:
    """The call that an event belongs to, or a symbol's last call of a state; see :meth:`RunModel.find_visit`.

    Raises:
        CommandFailed: there is no such event, symbol or state, or the history does not have the input.
        Unusable: the state calls none of this project's functions.
    """
    visit = model.find_visit(symbol=symbol, state=state, event_id=event_id)
    workflow = workflows.of_run(model.run) or workflows.default()
    function = _function_of(visit, workflow)
    attempt = _attempt(visit, _number_in_history(event_id))
    if attempt is None:
        raise CommandFailed(
            f"{visit.name} was entered in {model.run.execution}, but nothing was called: the run ended."
        )
    payload = attempt.function_input
    if not isinstance(payload, dict):
        raise CommandFailed(
            f"The history of {model.run.execution} does not hold the input of {visit.name} (event "
            f"{attempt.scheduled['id']}): it is cut off. Take the execution's ARN, if AWS still has it."
        )
    if not _is_ours(payload, workflow):
        raise Unusable(
            f"{visit.name} was given an input (event {attempt.scheduled['id']}) that no run of stockflow gives: replay "
            "another state, or a whole copy of the run."
        )
    log = _log_of(visit, attempt, model.run.logs)
    return CalledState(model.execution_of(visit), workflow, visit, attempt, function, payload, log)


def _number_in_history(event_id: int | str | None) -> int | None:
    return int(event_id.rpartition(":")[2]) if isinstance(event_id, str) else event_id


def _log_of(visit: Visit, attempt: Attempt, logs: Mapping[str, Sequence[str]]) -> list[str]:
    """The attempt's log lines, then those of earlier ones whose words it repeats, as a Fetch without requests does."""
    words = attempt.failure.message if attempt.failure else None
    before = reversed(visit.attempts[: attempt.number - 1])
    alike = [attempt, *(earlier for earlier in before if earlier.failure and earlier.failure.message == words)]
    return [line for one in alike for line in logs.get(str(one.request_id), ())]


def _attempt(visit: Visit, event_id: int | None) -> Attempt | None:
    """The attempt that an event belongs to, or the first if the event is before it; without an event the last."""
    if event_id is None:
        return visit.attempts[-1] if visit.attempts else None
    begun = [attempt for attempt in visit.attempts if attempt.scheduled["id"] <= event_id]
    return begun[-1] if begun else next(iter(visit.attempts), None)


def _is_ours(payload: AnyEvent, workflow: Workflow) -> bool:
    """Whether an item's state has an item and its run in its payload; a file from elsewhere may hold anything."""
    if "symbol" not in payload:
        return True
    run = payload.get("run")
    if not isinstance(run, dict) or not isinstance(run.get("execution"), str):
        return False
    chosen = {name: run[name] for name in workflow.choices if name in run}
    try:
        return bool(workflow.items_of({"symbols": [payload["symbol"]], **chosen}, ""))
    except InvalidInput:
        return False


def _function_of(visit: Visit, workflow: Workflow) -> str:
    functions = workflows.functions_of_states(workflow)
    if visit.name not in functions:
        raise Unusable(
            f"{visit.name} is a {visit.type} that calls no function of stockflow: name one of {', '.join(functions)} "
            "with --state."
        )
    return functions[visit.name]
