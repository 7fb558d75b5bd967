"""The progress of a run, from its history events in order: the same for a laptop run and for one on AWS."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from textwrap import shorten
from typing import Any

from stockflow.history.visits import Failure, parsed
from stockflow_functions.runtime.workflow import Workflow

_LONGEST_REASON = 240


@dataclass(frozen=True)
class SymbolEnd:
    """One symbol has ended: its status (saved, unchanged, failed, deferred) and what is to say about it."""

    symbol: str
    status: str
    detail: str


class RunProgress:
    """What is known so far of a run of this workflow.

    Attributes:
        sentence: what the planner said of the run, once it has.
        total: how many symbols the run is about, once the planner has said so.
        counts: how many symbols ended in which status.
    """

    def __init__(self, workflow: Workflow) -> None:
        self._workflow = workflow
        self.sentence = ""
        self.total: int | None = None
        self.counts: Counter[str] = Counter()
        self._answers: dict[int, dict[str, Any]] = {}

    @property
    def done(self) -> int:
        """How many symbols have ended."""
        return self.counts.total()

    def feed(self, events: Iterable[dict[str, Any]]) -> list[SymbolEnd]:
        """Takes the next events, in GetExecutionHistory's shape, and gives the symbols that ended in them."""
        ends = []
        for event in events:
            end = self._take(event)
            if end is not None:
                self.counts[end.status] += 1
                ends.append(end)
        return ends

    def _take(self, event: dict[str, Any]) -> SymbolEnd | None:
        kind = str(event["type"])
        if kind == "TaskSucceeded":
            self._answers[event["id"]] = _payload(event["taskSucceededEventDetails"].get("output"))
        elif kind == "TaskStateExited":
            return self._exited(
                event["stateExitedEventDetails"]["name"], self._answers.pop(event["previousEventId"], {})
            )
        elif kind == "PassStateEntered":
            return _ended_badly(event["stateEnteredEventDetails"], self._workflow.ended_by)
        return None

    def _exited(self, state: str, answer: dict[str, Any]) -> SymbolEnd | None:
        if state == self._workflow.planner:
            work = answer.get("work")
            self.total = len(work) if isinstance(work, list) else 0
            self.sentence = str(answer.get("sentence", ""))
        if state == self._workflow.steps[-1] and "symbol" in answer:
            return SymbolEnd(str(answer["symbol"]), str(answer.get("status")), self._workflow.summary(answer))
        return None


def _payload(output: str | None) -> dict[str, Any]:
    return _object(_object(parsed(output)).get("Payload"))


def _ended_badly(entered: dict[str, Any], ended_by: Mapping[str, str]) -> SymbolEnd | None:
    """Without its input, which may be cut off, it is still a symbol that ended."""
    status = ended_by.get(entered["name"])
    if status is None:
        return None
    item = _object(parsed(entered.get("input")))
    caught, progress = _object(item.get("failure")), _object(item.get("progress"))
    failure = Failure(str(caught.get("Error") or "unknown error"), str(caught.get("Cause") or ""))
    parts = (str(progress.get("state") or ""), failure.error, failure.message)
    detail = shorten(": ".join(part for part in parts if part), _LONGEST_REASON, placeholder=" …")
    return SymbolEnd(str(item.get("symbol") or "?"), status, detail)


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
