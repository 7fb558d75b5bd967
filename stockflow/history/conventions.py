"""What a reader of histories needs to know of their workflow."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


def _nothing(_answer: Mapping[str, object]) -> list[str]:
    return []


@dataclass(frozen=True)
class Conventions:
    """What is special to one workflow; with the defaults, a history of any workflow can be read.

    Attributes:
        states: the names of states by which its runs are recognised; none if it is unknown.
        caught: errors that are not failures once a Catch took them, each with the status of the visit.
        done: the statuses of an item, in its last state's output, that say that nothing is left to do.
        failed: the status of an item that failed; ``deferred`` that of one left to a later run.
        item_key: the key under which an item that is an object has its name.
        sharding: the Map whose items are shards, executions of the same machine with a history each.
        planner: the state whose answer says what the run will do.
        left_out: the names of the items that, according to that answer, are deferred to a later run and are in no Map.
    """

    states: frozenset[str] = frozenset()
    caught: Mapping[str, str] = field(default_factory=dict)
    done: frozenset[str] = frozenset()
    failed: str = ""
    deferred: str = ""
    item_key: str = "symbol"
    sharding: str = ""
    planner: str = ""
    left_out: Callable[[Mapping[str, object]], list[str]] = _nothing

    @property
    def outcomes(self) -> frozenset[str]:
        """All statuses of an item."""
        return self.done | ({self.failed, self.deferred} - {""})


ANY = Conventions()
"""Those of an unknown workflow."""
