"""What a run of earnings calls would take on AWS: minutes of audio, Comprehend's units, requests, dollars.

What is at hand is measured: a recording's length by its header, a transcript's passages by reading it. All else is
typical (``functions/earnings_calls/cost.py``).
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from stockflow.cli.estimate import (
    Basis,
    Estimate,
    Row,
    deferred_rows,
    quota_row,
    request_figures,
    reservation_of,
)
from stockflow.errors import Unusable
from stockflow.history.json_values import JsonObject
from stockflow.stand_ins.audio import duration_seconds
from stockflow_functions.aws import keys
from stockflow_functions.domain.budget.arithmetic import Reservation
from stockflow_functions.domain.calls.passages import passages_of
from stockflow_functions.domain.calls.reading import read_transcript
from stockflow_functions.domain.calls.tone import units
from stockflow_functions.domain.errors import BadTranscript, NoSpeech, NotPublishedYet
from stockflow_functions.domain.words import counted
from stockflow_functions.earnings_calls import cost
from stockflow_functions.earnings_calls.cost import CallWork
from stockflow_functions.earnings_calls.names import AUDIO, TRANSCRIPT, VENDOR, CallName
from stockflow_functions.earnings_calls.plan.output import sentence_of
from stockflow_functions.earnings_calls.plan.request import calls_in, request_of
from stockflow_functions.pacing.planning import NO_REQUESTS, requests_of
from stockflow_functions.runtime.workflow import Workflow
from stockflow_functions.vendors import vendor_named

FileOf = Callable[[CallName], Path | None]
"""The file of a call that was dropped; None where it is not at hand."""

_TRANSCRIBING = 1 / 6
"""Of a recording's length: Transcribe takes some ten minutes for an hour."""
_AT_ONCE = 5
"""Calls, as the definition's MaxConcurrency says."""
_WITHOUT_WAITING_SECONDS = sum(cost.SECONDS.values()) + cost.COLD_START_SECONDS * len(cost.SECONDS)
_MINUTE_SECONDS = 60


@dataclass(frozen=True)
class Measured:
    """What a call will take, and whether that was measured or is typical."""

    work: CallWork
    is_typical: bool


def estimate_of_input(
    _workflow: Workflow, workflow_input: Mapping[str, object], basis: Basis, folder: Path | None
) -> Estimate:
    """The estimate of a workflow input; files are looked for in the output folder.

    Raises:
        InvalidInput: the input can't be used, or the last slot would lie too far ahead.
        Unusable: a transcript in the folder is none.
    """
    calls = calls_in(request_of(workflow_input, basis.settings.call_language), _today(basis.now_ms))
    return estimate_of_calls(calls, lambda call: folder and folder / keys.call_object(call.name), basis)


def estimate_of_calls(calls: Sequence[CallName], file_of: FileOf, basis: Basis) -> Estimate:
    """The estimate of these calls.

    Raises:
        InvalidInput, Unusable: as :func:`estimate_of_input`.
    """
    asked = [call for call in calls if call.door == VENDOR]
    reservation = _reservation(asked, basis)
    deferred = [call.name for call in asked[reservation.slots.count :]] if reservation else []
    paid_for = [call for call in calls if call.name not in deferred]
    measured = [measured_work(call, file_of(call)) for call in paid_for]
    title = vendor_named(basis.settings.vendor).title
    sentence = sentence_of(paid_for, [], deferred, reservation, basis.now_ms, title)
    slots = _slot_rows(reservation, basis.now_ms) if reservation else []
    last_ms = reservation.slots.last_ms if reservation and reservation.slots.count else basis.now_ms
    minutes = _minutes(measured, (last_ms - basis.now_ms) / 1000)
    rows = [*_work_rows(measured, minutes), *slots, *deferred_rows(deferred, "call"), *_cost_rows(measured)]
    figures: JsonObject = {
        "sentence": sentence,
        "symbols": [call.name for call in paid_for],
        "deferred": deferred,
        **request_figures(requests_of(reservation, basis.now_ms) if reservation else NO_REQUESTS),
        "minutes": round(minutes, 3),
        **_cost_figures(measured),
    }
    return Estimate(sentence, rows, figures)


def measured_work(call: CallName, file: Path | None) -> Measured:
    """What the call will take.

    Raises:
        Unusable: its transcript is none.
    """
    if call.door == AUDIO:
        seconds = duration_seconds(file) if file else None
        return Measured(cost.typical(AUDIO, seconds or cost.TYPICAL_SECONDS), is_typical=seconds is None)
    if call.door == TRANSCRIPT and file and file.is_file():
        try:
            passages = passages_of(read_transcript(file.read_bytes()))
        except (OSError, BadTranscript, NoSpeech, NotPublishedYet) as error:
            raise Unusable(f"{file}: {error}") from None
        return Measured(CallWork(TRANSCRIPT, units=units(passages)), is_typical=False)
    return Measured(cost.typical(call.door), is_typical=True)


def _reservation(asked: Sequence[CallName], basis: Basis) -> Reservation | None:
    return reservation_of(len(asked), basis.account, basis.settings.terms, basis.now_ms) if asked else None


def _work_rows(measured: Sequence[Measured], minutes: float) -> list[Row]:
    works = [each.work for each in measured]
    audio = sum(work.transcribed_seconds for work in works) / _MINUTE_SECONDS
    typical = Counter(each.work.door for each in measured if each.is_typical)
    guessed = ", ".join(f"{counted(typical[door], word)}" for door, word in _WORDS.items() if typical[door])
    rows: list[Row] = [
        ("minutes of audio", f"{audio:.1f}"),
        ("Comprehend units", f"{sum(work.units for work in works):,}"),
        ("minutes", f"{minutes:.1f} (about{'; a recording takes a sixth of its length' if audio else ''})"),
    ]
    return [*rows, ("taken as an hour", guessed)] if guessed else rows


_WORDS = {AUDIO: "recording", TRANSCRIPT: "transcript", VENDOR: "vendor's transcript"}


def _minutes(measured: Sequence[Measured], until_last_request_seconds: float) -> float:
    """From the start to the end: the longest lane, if recordings are dealt out evenly."""
    jobs = [each.work.transcribed_seconds * _TRANSCRIBING for each in measured]
    longest = max([*jobs, sum(jobs) / _AT_ONCE, until_last_request_seconds])
    return (longest + _WITHOUT_WAITING_SECONDS) / _MINUTE_SECONDS


def _slot_rows(reservation: Reservation, now_ms: int) -> list[Row]:
    requests = requests_of(reservation, now_ms)
    return [
        ("requests", requests["planned"]),
        ("last slot", requests["last_slot_at"] or "none"),
        quota_row(requests),
    ]


def _cost_rows(measured: Sequence[Measured]) -> list[Row]:
    spent = cost.cost_of([each.work for each in measured])
    return [
        ("state transitions", spent.state_transitions),
        ("Lambda seconds", f"{spent.lambda_seconds:.1f}"),
        ("dollars", f"at most {spent.dollars:.4f}"),
    ]


def _cost_figures(measured: Sequence[Measured]) -> JsonObject:
    spent, works = cost.cost_of([each.work for each in measured]), [each.work for each in measured]
    return {
        "minutes_of_audio": round(sum(work.transcribed_seconds for work in works) / _MINUTE_SECONDS, 3),
        "comprehend_units": sum(work.units for work in works),
        "state_transitions": spent.state_transitions,
        "lambda_seconds": round(spent.lambda_seconds, 3),
        "dollars": round(spent.dollars, 6),
    }


def _today(now_ms: int) -> date:
    return datetime.fromtimestamp(now_ms / 1000, UTC).date()
