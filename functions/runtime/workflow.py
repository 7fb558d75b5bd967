"""What a workflow is, as one value: whoever runs, reads, draws, counts or reports a run is handed it.

A workflow is a folder beside this one with a ``workflow.py`` in it, and a definition in ``statemachine/``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Answer = Mapping[str, Any]
"""What a function gave back, parsed from a history: of any shape, for it may be another release's."""


@dataclass(frozen=True)
class Function:
    """A Lambda function of a workflow.

    Attributes:
        name: of the state that it does the work of; the template calls it ``<name>Function``.
        module: where its ``handler`` is.
        memory_mb: what the template gives it, as it does ``timeout_seconds``.
        timeout_seconds: after these Lambda ends a call.
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
        """The block as the definition has it; every one of ours has FULL jitter."""
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


@dataclass(frozen=True)
class Workflow:
    """A workflow.

    Attributes:
        name: as people write it, such as ``daily-prices``.
        machine: the end of the state machine's name: the template calls it ``<stack>-<machine>``.
        definition: the definition's file in ``statemachine/``.
        functions: its Lambda functions.
        retries: the Retry blocks of each Task state.
        planner: the state whose answer says what the run will do.
        map_state: the Map; empty where there is none.
        steps: the Task states that an item of the Map goes through, in order.
        notifiers: the states that tell people; their function is the notifier of failed runs too.
        moved: errors that are no failures, after which the item waits again.
        deferring: errors that are no failures, after which the item is left to a later run.
        ended_by: the states that end an item otherwise than its last step does, each with the item's status.
        summary: what the answer of the last step says, in a few words, such as ``+3 rows, to 2026-11-20``.
        sums: the counts in an item's outcome that are worth adding up.
    """

    name: str
    machine: str
    definition: str
    functions: tuple[Function, ...]
    retries: Mapping[str, tuple[Retry, ...]]
    planner: str
    steps: tuple[str, ...]
    notifiers: tuple[str, ...]
    summary: Callable[[Answer], str]
    map_state: str = ""
    moved: frozenset[str] = frozenset()
    deferring: frozenset[str] = frozenset()
    ended_by: Mapping[str, str] = field(default_factory=dict)
    sums: tuple[str, ...] = ()

    def function(self, name: str) -> Function:
        """The function of that name.

        Raises:
            KeyError: there is none.
        """
        return {function.name: function for function in self.functions}[name]
