"""What a history is made of: scopes, the visits of states in them, the attempts of a visit, and failures."""

import re
from dataclasses import dataclass, field
from functools import cached_property

from stockflow.history.definition import Path
from stockflow.history.json_values import JsonObject, object_in, parsed, text_in
from stockflow.history.saved_run import HistoryEvent
from stockflow.history.times import milliseconds

Iteration = tuple[str, int]

OK, HANDLED, FAILED, ABORTED = "ok", "handled", "failed", "aborted"
UNFINISHED, RUNNING, NOT_REACHED = "unfinished", "running", "not reached"
MOVED, DEFERRED = "moved", "deferred"


# "RequestId: <id> Error: Runtime exited with error: signal: killed", "<time> <id> Task timed out after 3.00 seconds".
_LAMBDAS_OWN = re.compile(r"^(?:RequestId: \S+ Error: )?(?:\d{4}-\S+Z [0-9a-f-]{36} (?=Task timed out))?")


def details_of(event: HistoryEvent | None) -> JsonObject:
    """The event's own details (``taskFailedEventDetails`` and the like), or nothing."""
    for key, value in event.items() if event else ():
        if key.endswith("EventDetails") and isinstance(value, dict):
            return value
    return {}


def moment(event: HistoryEvent | None) -> int | None:
    """When the event happened, in milliseconds since 1970."""
    return milliseconds(event.get("timestamp")) if event else None


@dataclass
class ErrorDetails:
    """An error as in the history; a function's cause is JSON with its message, trace and request id."""

    error: str
    cause: str = ""

    @cached_property
    def payload(self) -> JsonObject:
        """The cause of a function's failure, parsed; empty for other causes."""
        return object_in(parsed(self.cause)) if self.cause.startswith("{") else {}

    @property
    def message(self) -> str:
        """The sentence for people, without the request id and time with which Lambda's own begin."""
        return _LAMBDAS_OWN.sub("", self.raw_message)

    @property
    def raw_message(self) -> str:
        """What the function or the service said, unchanged."""
        return str(self.payload.get("errorMessage") or self.cause)

    @property
    def stack_trace(self) -> list[str]:
        """The function's trace, outermost call first, or nothing."""
        trace = self.payload.get("stackTrace") or self.payload.get("trace")
        return [str(line).rstrip("\n") for line in trace] if isinstance(trace, list) else []


@dataclass
class Attempt:
    """One attempt of a Task, or one start of a Map or Parallel."""

    number: int
    scheduled: HistoryEvent
    started: HistoryEvent | None = None
    ended: HistoryEvent | None = None
    status: str = UNFINISHED
    failure: ErrorDetails | None = None

    @property
    def request_id(self) -> str | None:
        """The Lambda request id, under which the log lines of this attempt are found."""
        if self.failure and "requestId" in self.failure.payload:
            return str(self.failure.payload["requestId"])
        if self.failure and self.failure.raw_message.startswith("RequestId: "):
            return self.failure.raw_message.split()[1]
        output = details_of(self.ended).get("output")
        if not isinstance(output, str) or '"SdkResponseMetadata"' not in output:
            return None
        metadata = object_in(object_in(parsed(output)).get("SdkResponseMetadata"))
        return text_in(metadata.get("RequestId")) or None

    @property
    def function(self) -> str:
        """The function that was called, by name or ARN; it is only on the Scheduled event."""
        details = details_of(self.scheduled)
        if self.scheduled["type"] == "LambdaFunctionScheduled":
            return str(details.get("resource", ""))
        return str(object_in(self._parameters()).get("FunctionName", ""))

    @property
    def function_input(self) -> object:
        """The exact payload of the function (or the service), parsed; None if the history does not have it."""
        if self.scheduled["type"] in {"LambdaFunctionScheduled", "ActivityScheduled"}:
            return parsed(details_of(self.scheduled).get("input"))
        parameters = self._parameters()
        if isinstance(parameters, dict) and "FunctionName" in parameters:
            return parameters.get("Payload")
        return parameters

    def _parameters(self) -> object:
        return parsed(details_of(self.scheduled).get("parameters"))


@dataclass(eq=False)
class Scope:
    """A sequence of states: the execution, one iteration of a Map, or one branch of a Parallel.

    Attributes:
        owner: the visit of the Map or Parallel that this is in; None for the execution.
        index: the iteration's index, or the branch's number.
        attempt: which start of its Map or Parallel it belongs to, from 1.
        path: of that Map or branch; a state's path is this and its name.
        iterations: the Map iterations it is in, outermost first: ``(("EachSymbol", 3),)``.
        ended: succeeded, failed or aborted, according to the history; empty if it does not say.
        history: of an execution of its own within a Map, the name that tells its events from others'; see
            :func:`event_name`.
    """

    owner: "Visit | None" = None
    index: int = 0
    attempt: int = 0
    path: Path = ()
    iterations: tuple[Iteration, ...] = ()
    ended: str = ""
    visits: list["Visit"] = field(default_factory=list)
    began: HistoryEvent | None = None
    over: HistoryEvent | None = None
    input: str | None = None
    history: str = ""

    @property
    def input_value(self) -> object:
        """The item that a child execution was started with, parsed; inline iterations have none."""
        return parsed(self.input)

    @property
    def superseded(self) -> bool:
        """Whether its Map or Parallel, or one around that, was started again afterwards."""
        scope: Scope | None = self
        while scope and scope.owner:
            if scope.attempt < scope.owner.starts:
                return True
            scope = scope.owner.scope
        return False

    def open_visit(self, name: str | None = None, kind: str | None = None) -> "Visit | None":
        """The latest visit of that name or type that has not been left."""
        for visit in reversed(self.visits):
            if visit.exited is None and name in {None, visit.name} and kind in {None, visit.type}:
                return visit
        return None


@dataclass(eq=False)
class Visit:
    """One visit to a state: from its Entered event to its Exited event, with everything in between.

    Attributes:
        number: counts the visits of a run, from 0, in the order they began.
        starts: how often a Map or Parallel was started.
        ended: how its latest start ended, according to the history.
        inner: a Map's iterations, a Parallel's branches; ``latest`` has the newest of each index.
        failure: its final error, whether or not a Catch took it; None if a retry succeeded.
    """

    number: int
    name: str
    type: str
    scope: Scope
    path: Path
    entered: HistoryEvent | None = None
    exited: HistoryEvent | None = None
    events: list[HistoryEvent] = field(default_factory=list)
    starts: int = 0
    ended: str = ""
    inner: list[Scope] = field(default_factory=list)
    latest: dict[int, Scope] = field(default_factory=dict)
    attempts: list[Attempt] = field(default_factory=list)
    failure: ErrorDetails | None = None
    status: str = UNFINISHED

    @property
    def input(self) -> str | None:
        """The state's input, JSON text as in the history, before InputPath and Parameters."""
        value = details_of(self.entered).get("input")
        return value if isinstance(value, str) else None

    @property
    def output(self) -> str | None:
        """The state's output, JSON text, after ResultPath and OutputPath."""
        value = details_of(self.exited).get("output")
        return value if isinstance(value, str) else None

    @property
    def input_value(self) -> object:
        """The input, parsed; None if it is missing from the history or was cut off."""
        return parsed(self.input)

    @property
    def output_value(self) -> object:
        """The output, parsed; None if it is missing from the history or was cut off."""
        return parsed(self.output)

    @property
    def function_input(self) -> object:
        """The exact payload of the function in the last attempt, parsed."""
        return self.attempts[-1].function_input if self.attempts else None

    @property
    def iterations(self) -> tuple[Iteration, ...]:
        """The Map iterations it is in, outermost first."""
        return self.scope.iterations


def event_name(event: HistoryEvent, scope: Scope) -> int | str:
    """The event's id, unique in the run: in an execution within a Map that one's name stands before it: ``0007:42``."""
    history = history_of(scope)
    return f"{history}:{event['id']}" if history else event["id"]


def history_of(scope: Scope) -> str:
    """The name of the history that a scope is in; "" for the run's own."""
    around: Scope | None = scope
    while around:
        if around.history:
            return around.history
        around = around.owner.scope if around.owner else None
    return ""
