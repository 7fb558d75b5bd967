"""A workflow as one value, which is handed to whatever runs, reads, draws, counts or reports a run.

A workflow is a folder beside this one with a ``workflow.py`` in it, and a definition in ``statemachine/``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from stockflow_functions.runtime.measured import MeasuredText

Payload = Mapping[str, Any]
"""What a function returned, parsed from a history: of any shape, as it may be another release's."""


@dataclass(frozen=True)
class Function:
    """A Lambda function of a workflow.

    Attributes:
        name: as in the definition's ``${<name>Function}`` and in the template, so it is unique among all workflows.
        module: where its ``handler`` is.
        memory_mb: as in the template, like ``timeout_seconds``.
        timeout_seconds: after which Lambda ends a call.
    """

    name: str
    module: str
    memory_mb: int
    timeout_seconds: int


@dataclass(frozen=True)
class Retry:
    """A Retry block of a state; its fields are ASL's (states-language.net, "Retrying after error")."""

    comment: str
    error_equals: tuple[str, ...]
    interval_seconds: int
    max_attempts: int
    backoff_rate: float
    max_delay_seconds: int | None = None

    def as_asl(self) -> dict[str, object]:
        """The block as in the definition; all of ours have FULL jitter."""
        delay = {} if self.max_delay_seconds is None else {"MaxDelaySeconds": self.max_delay_seconds}
        return {
            "Comment": self.comment,
            "ErrorEquals": list(self.error_equals),
            "IntervalSeconds": self.interval_seconds,
            "MaxAttempts": self.max_attempts,
            "BackoffRate": self.backoff_rate,
            **delay,
            "JitterStrategy": "FULL",
        }


class NotRecalledError(Exception):
    """A replay can't know what another service answered; the sentence says what is missing, and what to do instead."""


@dataclass(frozen=True)
class Then:
    """One call of a function in a run, and what is left of it.

    Attributes:
        payload: what it was called with.
        answer: what it returned; empty if it raised, or never ended.
        error: the name of what it raised; "" if nothing.
        message: the sentence of that.
        stored: gives the bytes of an object of the run as it is now; None if it is gone.
    """

    payload: Payload
    answer: Payload
    error: str
    message: str
    stored: Callable[[str], bytes | None]


@dataclass(frozen=True)
class Smoke:
    """How a new version of a workflow is tried before it is live.

    Attributes:
        items: what a smoke run is about if nobody says otherwise, each with the file of ``stockflow/examples/`` that is
            put in its place before; "" for an item that needs none.
        complaints: what is wrong with an item's entry in the manifest of a smoke run, a sentence each; none if it went
            well.
        idle_input: the input of a run that has nothing to do and asks for nothing, by when it is due, a number from 0
            to 3,599,999 that makes it unlike all others, and an item.
        schedule: the output of the stack with the schedule whose way of starting runs is tried.
        place_of: the key of the object that an item is about.
    """

    items: Mapping[str, str]
    complaints: Callable[[Payload], list[str]]
    idle_input: Callable[[datetime, int, str], Payload]
    schedule: str
    place_of: Callable[[str], str] = str


@dataclass(frozen=True)
class Workflow:
    """A workflow.

    Its input has names of items under ``symbols``, an item its name under ``symbol``. The planner answers with
    ``{run, work: [item], deferred: [name], sentence}``, and the manifest has an outcome of each item under ``symbols``.

    Attributes:
        name: as people write it, such as ``daily-prices``.
        machine: the end of the state machine's name: the template calls it ``<stack>-<machine>``.
        definition: the definition's file in ``statemachine/``.
        functions: its Lambda functions, which its states call.
        beside: those that no state calls but a schedule of their own, or a person.
        deriving: that of them which is called when a run has ended, with its name under ``execution``, to make anew
            what is derived of the dataset; what it can't do is none of the run's failures. Empty if there is none.
        retries: the Retry blocks of each Task state.
        planner: the state whose answer says what the run will do; empty if the input says it all.
        map_state: the Map; empty if there is none.
        sharding: the Map of a large run, whose items are executions of the same machine; empty if there is none.
        steps: the Task states that an item of the Map goes through, in order.
        notifiers: the states that notify people.
        notifier: the function that notifies people, which EventBridge also calls for failed runs.
        check: raises ``InvalidInput`` if a workflow input can't be used.
        items_of: the names of the items in a workflow input, or if it names none, in a text; may raise the same.
        summary: what the answer of the last step says, in a few words, such as ``+3 rows, to 2026-11-20``.
        cost: counts, seconds of Lambda and dollars of a run in which this many items go all the way.
        done: the outcomes of items that need no other run.
        moved: errors that are not failures, after which the item waits again.
        deferring: errors that are not failures, after which the item is deferred to a later run.
        ended_by: the states that end an item other than by its last step, each with the item's status.
        items_failed: the error of a run that did all it could, but in which items failed.
        alike: what two runs must have in common for the later one to continue the earlier one.
        choices: what a run that repeats another one's items takes over from it.
        asking: the functions that ask the vendor, each with the key under which the vendor's answer is kept, by its
            payload; their own answers have the time of the vendor's under ``fetched_at``, or in an object in them.
        recalled: the functions that ask other services of AWS than those of storage, or work on what expires, each
            with what makes clients, by boto3's names, that answer as those services did then. It and they raise
            :class:`NotRecalledError`.
        vendors: the hosts that real data come from, with their names.
        kept: the prefixes of the objects that stay from run to run, such as ``prices/``; all else is a run's own.
        product: the key of the object that the last step of an item makes, by the payload of one of its steps.
        item: the word for one of its items.
        given: what its vendors give, such as ``prices``.
        measured: the text that the run measured of an item, from the execution's name, the item's record in the
            manifest, and what gives an object's bytes by its key; None for an item without one.
        adds_rows: whether the answer of the last step counts the rows that it added, under ``rows_added``.
        smoke: how ``stockflow promote`` tries a new version; None if it can't.
    """

    name: str
    machine: str
    definition: str
    functions: tuple[Function, ...]
    retries: Mapping[str, tuple[Retry, ...]]
    planner: str
    steps: tuple[str, ...]
    notifiers: tuple[str, ...]
    notifier: str
    check: Callable[[Payload], None]
    items_of: Callable[[Payload, str], list[str]]
    summary: Callable[[Payload], str]
    cost: Callable[[int], "Cost"]
    done: frozenset[str]
    beside: tuple[Function, ...] = ()
    deriving: str = ""
    map_state: str = ""
    sharding: str = ""
    moved: frozenset[str] = frozenset()
    deferring: frozenset[str] = frozenset()
    ended_by: Mapping[str, str] = field(default_factory=dict)
    items_failed: str = ""
    alike: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    asking: Mapping[str, Callable[[Payload], str]] = field(default_factory=dict)
    recalled: Mapping[str, Callable[[Then], Mapping[str, Any]]] = field(default_factory=dict)
    vendors: Mapping[str, str] = field(default_factory=dict)
    kept: tuple[str, ...] = ()
    product: Callable[[Payload], str] | None = None
    item: str = "symbol"
    given: str = "prices"
    measured: Callable[[str, Payload, Callable[[str], bytes | None]], MeasuredText | None] | None = None
    adds_rows: bool = False
    smoke: Smoke | None = None

    @property
    def package(self) -> str:
        """Its package, such as ``stockflow_functions.daily_prices``."""
        return ".".join(self.functions[0].module.split(".")[:2])

    @property
    def states(self) -> frozenset[str]:
        """The states by which its runs are recognised, whatever else a release has."""
        return frozenset({self.planner, *self.steps} - {""})

    def function(self, name: str) -> Function:
        """The function of that name.

        Raises:
            KeyError: there is none.
        """
        return {function.name: function for function in self.functions}[name]


@dataclass(frozen=True)
class Cost:
    """What a run costs: state transitions, seconds of all functions together, and dollars of all that is metered."""

    state_transitions: int
    lambda_seconds: float
    dollars: float
