"""What a reader of histories needs to know of their workflow."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from stockflow.history.json_values import JsonObject


def _nothing(_answer: Mapping[str, object]) -> Mapping[str, JsonObject]:
    return {}


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
        left_out: the items that, according to that answer, are in no Map: deferred to a later run, or in no need of a
            step. By name, each with a record of its ``status``.
    """

    states: frozenset[str] = frozenset()
    caught: Mapping[str, str] = field(default_factory=dict)
    done: frozenset[str] = frozenset()
    failed: str = ""
    deferred: str = ""
    item_key: str = "symbol"
    sharding: str = ""
    planner: str = ""
    left_out: Callable[[Mapping[str, object]], Mapping[str, JsonObject]] = _nothing

    @property
    def outcomes(self) -> frozenset[str]:
        """All statuses of an item."""
        return self.done | ({self.failed, self.deferred} - {""})


ANY = Conventions()
"""Those of an unknown workflow."""
