"""The progress of a run in shards, from the events of all its shards as they happen."""

from collections.abc import Iterator
from queue import Empty, SimpleQueue

from stockflow.cli.progress import RunProgress, SymbolEnd
from stockflow.history.json_values import list_in, object_in, parsed, text_in
from stockflow.history.model import ENDS
from stockflow.history.saved_run import HistoryEvent
from stockflow.history.visits import details_of
from stockflow_functions.domain.outcome import DEFERRED, FAILED
from stockflow_functions.runtime.workflow import Workflow


class ShardsHeard:
    """Tells which symbols have ended in the shards of a run of this workflow.

    Events may be heard in any thread; they are read when somebody asks for news.
    """

    def __init__(self, workflow: Workflow) -> None:
        self._workflow = workflow
        self._heard: SimpleQueue[tuple[str, HistoryEvent]] = SimpleQueue()
        self._shards: dict[str, _Shard] = {}

    def hear(self, execution_arn: str, event: HistoryEvent) -> None:
        """Takes an event of a shard."""
        self._heard.put((execution_arn, event))

    def news(self) -> list[SymbolEnd]:
        """The symbols that have ended since."""
        ends: list[SymbolEnd] = []
        while True:
            try:
                execution_arn, event = self._heard.get_nowait()
            except Empty:
                return ends
            shard = self._shards.setdefault(execution_arn, _Shard(self._workflow))
            ends += shard.take(event)
            if event["type"] in ENDS:
                del self._shards[execution_arn]


class _Shard:
    def __init__(self, workflow: Workflow) -> None:
        self._progress = RunProgress(workflow)
        self._left: dict[str, None] = {}

    def take(self, event: HistoryEvent) -> Iterator[SymbolEnd]:
        if event["type"] == "ExecutionStarted":
            given = object_in(parsed(details_of(event).get("input")))
            self._left = {text_in(name): None for name in list_in(given.get("symbols"))}
        for end in self._progress.feed([event]):
            self._left.pop(end.symbol, None)
            yield end
        if event["type"] in ENDS:
            yield from self._never_begun(event)

    def _never_begun(self, event: HistoryEvent) -> Iterator[SymbolEnd]:
        """The symbols that the shard deferred when it began, or that it broke off before."""
        went_well = ENDS[event["type"]] == "SUCCEEDED"
        error = "" if went_well else text_in(details_of(event).get("error")) or ENDS[event["type"]].lower()
        for symbol in self._left:
            yield SymbolEnd(symbol, DEFERRED if went_well else FAILED, error)
