"""The progress of a run, from its history events in order: the same for a laptop run and for one on AWS."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from textwrap import shorten

from stockflow.history.json_values import JsonObject, count_in, list_in, object_in, parsed, text_in
from stockflow.history.saved_run import HistoryEvent
from stockflow.history.visits import ErrorDetails, details_of
from stockflow_functions.domain.outcome import DEFERRED, FAILED
from stockflow_functions.runtime.workflow import Workflow

_LONGEST_REASON = 240


def counts_of(statuses: Iterable[str]) -> str:
    """``2 saved, 1 unchanged, 1 failed``: failed and deferred ones come last."""
    counts = Counter(statuses)
    words = [*sorted(counts.keys() - {FAILED, DEFERRED}), FAILED, DEFERRED]
    return ", ".join(f"{counts[word]:,} {word}" for word in words if counts[word])


@dataclass(frozen=True)
class SymbolEnd:
    """One symbol that has ended: its status (saved, unchanged, failed, deferred) and a few words about it."""

    symbol: str
    status: str
    detail: str


class RunProgress:
    """What is known so far of a run of this workflow.

    Attributes:
        sentence: what the planner says about the run, once it has.
        total: how many symbols the run asks for, once that is known.
        in_shards: whether they are in shards, with histories of their own.
        counts: how many symbols ended with which status.
    """

    def __init__(self, workflow: Workflow) -> None:
        self._workflow = workflow
        self.sentence = ""
        self.total: int | None = None
        self.in_shards = False
        self.counts: Counter[str] = Counter()
        self._answers: dict[int, JsonObject] = {}

    @property
    def done(self) -> int:
        """How many symbols have ended."""
        return self.counts.total()

    def feed(self, events: Iterable[HistoryEvent]) -> list[SymbolEnd]:
        """Takes the next events, in GetExecutionHistory's shape, and returns the symbols that ended in them."""
        ends = [end for end in map(self._take, events) if end is not None]
        self.count(ends)
        return ends

    def count(self, ends: Iterable[SymbolEnd]) -> None:
        """Counts symbols that have ended elsewhere, in a shard."""
        self.counts.update(end.status for end in ends)

    def _take(self, event: HistoryEvent) -> SymbolEnd | None:
        kind, details = event["type"], details_of(event)
        if kind == "TaskSucceeded":
            self._answers[event["id"]] = object_in(object_in(parsed(details.get("output"))).get("Payload"))
        elif kind == "TaskStateExited":
            return self._exited(text_in(details.get("name")), self._answers.pop(event.get("previousEventId", 0), {}))
        elif kind == "MapStateStarted" and not self._workflow.planner:
            self.total = count_in(details.get("length"))
        elif kind == "PassStateEntered":
            return _ended_badly(details, self._workflow.ended_by)
        return None

    def _exited(self, state: str, answer: JsonObject) -> SymbolEnd | None:
        if state == self._workflow.planner:
            shards = object_in(answer.get("shards"))
            self.in_shards = bool(shards)
            self.total = count_in(shards.get("symbols")) if shards else len(list_in(answer.get("work")))
            self.sentence = str(answer.get("sentence", ""))
        if state == self._workflow.steps[-1] and "symbol" in answer:
            return SymbolEnd(str(answer["symbol"]), str(answer.get("status")), self._workflow.summary(answer))
        return None


def _ended_badly(entered: JsonObject, ended_by: Mapping[str, str]) -> SymbolEnd | None:
    """A symbol that ended, even if its input was cut off."""
    status = ended_by.get(text_in(entered.get("name")))
    if status is None:
        return None
    item = object_in(parsed(entered.get("input")))
    caught, progress = object_in(item.get("failure")), object_in(item.get("progress"))
    failure = ErrorDetails(str(caught.get("Error") or "unknown error"), str(caught.get("Cause") or ""))
    parts = (str(progress.get("state") or ""), failure.error, failure.message)
    detail = shorten(": ".join(part for part in parts if part), _LONGEST_REASON, placeholder=" …")
    return SymbolEnd(str(item.get("symbol") or "?"), status, detail)
