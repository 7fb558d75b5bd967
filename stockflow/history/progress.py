"""How a run gets on, from its history events in order: the same for a laptop run and for one on AWS."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from textwrap import shorten
from typing import Any

from stockflow.history.visits import Failure, parsed

_ENDS_BADLY = frozenset({"SymbolFailed", "SymbolDeferred"})
_LONGEST_REASON = 240


@dataclass(frozen=True)
class SymbolEnd:
    """One symbol has ended: its status (saved, unchanged, failed, deferred) and what is to say about it."""

    symbol: str
    status: str
    detail: str


class RunProgress:
    """What is known of a run so far.

    Attributes:
        sentence: what Plan said of the run, once it has.
        total: how many symbols the run fetches, once Plan has said so.
        counts: how many symbols ended in which status.
    """

    def __init__(self) -> None:
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
        elif kind == "PassStateEntered" and event["stateEnteredEventDetails"]["name"] in _ENDS_BADLY:
            return _ended_badly(event["stateEnteredEventDetails"])
        return None

    def _exited(self, state: str, answer: dict[str, Any]) -> SymbolEnd | None:
        if state == "Plan":
            work = answer.get("work")
            self.total = len(work) if isinstance(work, list) else 0
            self.sentence = str(answer.get("sentence", ""))
        if state == "Save" and "symbol" in answer:
            return SymbolEnd(str(answer["symbol"]), str(answer.get("status")), _rows(answer))
        return None


def _payload(output: str | None) -> dict[str, Any]:
    return _object(_object(parsed(output)).get("Payload"))


def _rows(answer: dict[str, Any]) -> str:
    parts = [f"+{answer['rows_added']} rows"] if answer.get("rows_added") else []
    if answer.get("rows_changed"):
        parts.append(f"{answer['rows_changed']} changed")
    if answer.get("last_date"):
        parts.append(f"to {answer['last_date']}")
    return ", ".join(parts)


def _ended_badly(entered: dict[str, Any]) -> SymbolEnd:
    """Without its input, which may be cut off, it is still a symbol that ended."""
    status = "deferred" if entered["name"] == "SymbolDeferred" else "failed"
    item = _object(parsed(entered.get("input")))
    caught, progress = _object(item.get("failure")), _object(item.get("progress"))
    failure = Failure(str(caught.get("Error") or "unknown error"), str(caught.get("Cause") or ""))
    parts = (str(progress.get("state") or ""), failure.error, failure.message)
    detail = shorten(": ".join(part for part in parts if part), _LONGEST_REASON, placeholder=" …")
    return SymbolEnd(str(item.get("symbol") or "?"), status, detail)


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
