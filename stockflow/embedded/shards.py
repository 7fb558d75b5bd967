"""Shards of the runs of one embedded AWS: each is settled as it ends, so that memory does not grow with a universe."""

from collections.abc import Callable
from threading import Event as Flag
from threading import Lock

from stockflow.history.saved_run import HistoryEvent
from stockflow_functions.aws import keys

_FIRST = 1
_LONGEST_SETTLING_SECONDS = 60


class Shards:
    """The shards under way; thread-safe.

    Args:
        is_own: whether an execution is of this AWS.
        settle: saves a shard that has ended, and frees what is kept of it; called in the shard's own thread.
    """

    def __init__(self, is_own: Callable[[str], bool], settle: Callable[[str], None]) -> None:
        self._is_own = is_own
        self._settle = settle
        self._lock = Lock()
        self._going: dict[str, Flag] = {}
        self._closed = False
        self.listeners: list[Callable[[str, HistoryEvent], None]] = []
        """Called with the ARN and each event of a shard as it happens, in its thread."""

    def witness(self, execution_arn: str, event: HistoryEvent) -> None:
        """Notes a shard when it begins, and passes its events on; an :data:`interpreter.Witness`."""
        if event["id"] == _FIRST and is_shard(execution_arn) and self._is_own(execution_arn):
            with self._lock:
                self._going[execution_arn] = Flag()
        if execution_arn in self._going:
            for listener in self.listeners:
                listener(execution_arn, event)

    def ended(self, execution_arn: str) -> None:
        """Settles the execution, if it is a shard and this AWS is still open."""
        settled = self._going.get(execution_arn)
        if settled is None or self._closed:
            return
        try:
            self._settle(execution_arn)
        finally:
            settled.set()
            with self._lock:
                self._going.pop(execution_arn, None)

    def under_way(self) -> list[str]:
        """The ARNs of shards that have begun and are not settled."""
        with self._lock:
            return list(self._going)

    def wait_for(self, execution_arn: str) -> None:
        """Returns when all shards of this run that had begun are settled; they end before it, or with it."""
        with self._lock:
            own = [flag for arn, flag in self._going.items() if is_shard_of(arn, execution_arn)]
        for flag in own:
            flag.wait(_LONGEST_SETTLING_SECONDS)

    def close(self) -> None:
        """From now on nothing is settled: shards still under way end unfinished."""
        self._closed = True


def is_shard(execution_arn: str) -> bool:
    """Whether the execution is a part of another one's run."""
    return _whole(execution_arn) != _name(execution_arn)


def is_shard_of(execution_arn: str, whole_arn: str) -> bool:
    """Whether the execution is a shard of that run."""
    return is_shard(execution_arn) and _whole(execution_arn) == _whole_as_in_shards(whole_arn)


def _name(execution_arn: str) -> str:
    return execution_arn.rpartition(":")[2]


def _whole(execution_arn: str) -> str:
    return keys.whole_run(_name(execution_arn))


def _whole_as_in_shards(execution_arn: str) -> str:
    return keys.whole_run(keys.shard_execution(_name(execution_arn), _FIRST))
