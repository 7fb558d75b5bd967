"""The rows of a symbol's calls: which of them are one call, and what a call is compared with."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date

AMAZON = "Amazon "
"""What the names of Amazon's engines begin with; tone of another kind is never put beside theirs."""


@dataclass(frozen=True)
class CallRow:
    """What is kept of a call. Numbers of tone are as in :class:`~stockflow_functions.domain.calls.tone.CallTone`.

    Attributes:
        symbol: as it was asked for.
        call_date: the day of the call; if it is not known, the last day of the quarter that it is about.
        label: tells calls of one day apart; ``""`` for most.
        quarter: such as ``2024Q1``; None where nobody said.
        date_known: whether ``call_date`` is the day of the call.
        source: ``transcribe``, ``alpha-vantage`` or ``given``.
        source_etag: of the object that the transcript was made of.
        language: as Transcribe names it.
        language_score: 0 to 1; None where the language was not identified.
        seconds: where the last word ends; None where the source has no times.
        words, speakers, passages, unscored: how many.
        engine_speech: what wrote the call down; None where people did, or nobody knows.
        engine_tone: what judged it; None if nothing did.
        qa_found: whether the call's questions were told from its remarks.
        tone_change: the tone less that of the call of ``previous_call_date``.
        previous_call_date: of the last earlier call with a tone from the same engines, language and source.
        confidence_mean: of the recogniser in its words, 0 to 1.
        saved_at: ISO 8601, UTC.
        execution: the run that saved the row.
    """

    symbol: str
    call_date: date
    label: str
    quarter: str | None
    date_known: bool
    source: str
    source_etag: str | None
    language: str | None
    language_score: float | None
    seconds: float | None
    words: int
    speakers: int
    passages: int
    unscored: int
    engine_speech: str | None
    engine_tone: str | None
    tone: float | None
    tone_prepared: float | None
    tone_qa: float | None
    qa_found: bool
    positive: float | None
    negative: float | None
    neutral: float | None
    mixed: float | None
    tone_change: float | None
    previous_call_date: date | None
    confidence_mean: float | None
    saved_at: str
    execution: str

    @property
    def key(self) -> tuple[date, str, str]:
        """No two rows of a symbol share it."""
        return self.call_date, self.label, self.source


@dataclass(frozen=True)
class Merged:
    """The rows to store, sorted by their keys; whether they changed; and the call's own row among them."""

    rows: tuple[CallRow, ...]
    changed: bool
    row: CallRow


_OF_THE_RUN = {"saved_at", "execution", "tone_change", "previous_call_date"}
_OF_THE_CALL = [field.name for field in fields(CallRow) if field.name not in _OF_THE_RUN]


def when_of(row: CallRow) -> str:
    """The name of a row's transcript: its date, with its label if it has one."""
    return f"{row.call_date}-{row.label}" if row.label else str(row.call_date)


def owners(rows: Sequence[CallRow]) -> list[CallRow]:
    """The rows whose transcript is stored: of several sources of one call that of the latest."""
    found: dict[str, CallRow] = {}
    for row in sorted(rows, key=lambda row: row.saved_at):
        found[when_of(row)] = row
    return list(found.values())


def with_row(rows: Sequence[CallRow], row: CallRow) -> Merged:
    """The rows with this one among them; what each is compared with is set anew, as the new one may lie between two.

    A row with the same key is replaced, unless it says the same of the call: then nothing changes. A quarter's row
    without a known date gives way to one of the same quarter, label and source; a new one without a known date takes
    over the date that is known.
    """
    row = replace(row, call_date=known, date_known=True) if (known := _known_date(rows, row)) else row
    kept = [each for each in rows if each.key != row.key and not _is_undated_twin(each, row)]
    same = [each for each in rows if all(getattr(each, name) == getattr(row, name) for name in _OF_THE_CALL)]
    if same and len(kept) == len(rows) - 1:
        return Merged(tuple(rows), changed=False, row=same[0])
    merged = tuple(compared(each, [*kept, row]) for each in sorted([*kept, row], key=lambda each: each.key))
    return Merged(merged, changed=True, row=next(each for each in merged if each.key == row.key))


def _known_date(rows: Sequence[CallRow], row: CallRow) -> date | None:
    dates = [each.call_date for each in rows if each.date_known and _same_quarter(each, row)]
    return None if row.date_known else max(dates, default=None)


def _is_undated_twin(old: CallRow, new: CallRow) -> bool:
    return not old.date_known and _same_quarter(old, new)


def _same_quarter(one: CallRow, other: CallRow) -> bool:
    return one.quarter is not None and _call(one) == _call(other)


def _call(row: CallRow) -> tuple[str | None, str, str]:
    return row.quarter, row.label, row.source


def _instrument(row: CallRow) -> tuple[str | None, ...]:
    return row.engine_tone, row.engine_speech, row.language, row.source


def compared(row: CallRow, rows: Sequence[CallRow]) -> CallRow:
    """The row with what it is compared with among these, and its change against that."""
    earlier = [
        (each.key, each.tone)
        for each in rows
        if each.call_date < row.call_date and each.tone is not None and _instrument(each) == _instrument(row)
    ]
    if row.tone is None or not earlier:
        return replace(row, tone_change=None, previous_call_date=None)
    (previous, *_), tone = max(earlier)
    return replace(row, tone_change=row.tone - tone, previous_call_date=previous)
