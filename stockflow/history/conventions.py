"""What a reader of histories has to be told of the workflow that they are of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


def _nothing(_answer: Mapping[str, object]) -> list[str]:
    return []


@dataclass(frozen=True)
class Conventions:
    """What is special to one workflow; as it is by default, a history of any workflow can be read.

    Attributes:
        states: the names of states by which its runs are known; none where it is not known.
        caught: errors that are no failures once a Catch took them, each with the status of the visit.
        done: words for an item, in its last state's output, that say that nothing is left to do.
        failed: the word that says that it failed; ``deferred`` the one that says that it is left to a later run.
        item_key: where an item that is an object has its name.
        planner: the state whose answer says what the run will do.
        left_out: the names of the items that, by that answer, are left to a later run, and are in no Map.
    """

    states: frozenset[str] = frozenset()
    caught: Mapping[str, str] = field(default_factory=dict)
    done: frozenset[str] = frozenset()
    failed: str = ""
    deferred: str = ""
    item_key: str = "symbol"
    planner: str = ""
    left_out: Callable[[Mapping[str, object]], list[str]] = _nothing

    @property
    def outcomes(self) -> frozenset[str]:
        """All words for an item."""
        return self.done | ({self.failed, self.deferred} - {""})


ANY = Conventions()
"""Those of a workflow that is not known."""
