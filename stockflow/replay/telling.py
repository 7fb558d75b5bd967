"""The report on a replay: the difference to then, the traceback, and what would have been written."""

import difflib
import json
from collections.abc import Iterator

from stockflow.history.visits import event_name
from stockflow.page.as_words import clock_time
from stockflow.replay.call import Called, trace_of
from stockflow.replay.equipment import Equipment
from stockflow.replay.visit import CalledState


def heading(call: CalledState) -> str:
    """``Transform of NFLX, called at 2026-11-20 22:30:00 UTC in <execution>, attempt 1 (event 80)``."""
    whose = f" of {call.symbol}" if call.symbol else ""
    when = clock_time(call.scheduled_ms)
    event = event_name(call.attempt.scheduled, call.visit.scope)
    return (
        f"{call.visit.name}{whose}, called at {when} in {call.execution}, attempt {call.attempt.number} (event {event})"
    )


def outcome(call: CalledState, called: Called) -> Iterator[str]:
    """How the call went now, compared with then."""
    if called.error is None:
        yield from _answered(call, called.answer)
        return
    name, message = type(called.error).__name__, str(called.error)
    yield trace_of(call, called.error).rstrip() if failed(call, called) else f"{name}: {message}"
    if call.failure is None:
        yield from _then_answered(call)
    elif call.failure.error != name:
        yield f"Then it failed with {call.failure.error}: {call.failure.message}"
    elif call.failure.message != message:
        yield f"The same error as then, with another message: {call.failure.message}"
    else:
        yield "The same error as then."


def failed(call: CalledState, called: Called) -> bool:
    """Whether the handler failed; an error after which the item waits again is not a failure."""
    return called.error is not None and type(called.error).__name__ not in call.workflow.moved


def effects(equipment: Equipment) -> Iterator[str]:
    """What stayed in memory, what was logged, and what around the call was not as it was then."""
    if equipment.s3.writes:
        yield "Would have written:"
        yield from (f"  {write.key}  {write.size_bytes:,} bytes, {write.beside}" for write in equipment.s3.writes)
    if equipment.table.writes:
        names = ", ".join(dict.fromkeys(equipment.table.writes))
        yield f"Would have written to the table: {names}. Here the table was empty: slots and budget may differ."
    for message in equipment.slack.messages:
        yield f"Would have notified people ({message.channel}):"
        yield from (f"  {line}" for line in message.text.splitlines())
    yield from (f"Warned: {sentence}" for sentence in equipment.warnings)
    if equipment.s3.changed_since:
        yield f"Changed since that call, so not as it was found then: {', '.join(equipment.s3.changed_since)}."


def difference(then: object, now: object) -> list[str]:
    """The lines of both as JSON that differ, marked ``-`` for then and ``+`` for now, with two lines around them."""
    lines = difflib.unified_diff(_lines(then), _lines(now), "then", "now", lineterm="", n=2)
    return list(lines)


def _answered(call: CalledState, answer: object) -> Iterator[str]:
    if call.failure is not None:
        yield f"Then it failed with {call.failure.error}: {call.failure.message}"
        yield from ("Now it returns:", *_lines(answer))
    elif call.answer is None:
        yield from ("Then it did not finish. Now it returns:", *_lines(answer))
    elif found := difference(call.answer, answer):
        yield from ("The output differs from then:", *found)
    else:
        yield "The same output as then."


def _then_answered(call: CalledState) -> Iterator[str]:
    if call.answer is None:
        yield "Then it did not finish."
    else:
        yield from ("Then it returned:", *_lines(call.answer))


def _lines(value: object) -> list[str]:
    return json.dumps(value, indent=2, ensure_ascii=False).splitlines()
