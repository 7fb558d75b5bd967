"""Checks the two tables of calls against each other and against the rules by which they were stored."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from stockflow_functions.domain.calls.call_rows import AMAZON, CallRow, compared, owners, when_of
from stockflow_functions.domain.calls.passages import MOST_CHARACTERS, Passage
from stockflow_functions.domain.calls.sections import PREPARED, QA
from stockflow_functions.domain.calls.tables import decode_passages, decode_rows
from stockflow_functions.domain.calls.tone import CallTone, is_scored, tone_of
from stockflow_functions.domain.parquet import NewerTableError, NotATableError
from stockflow_functions.domain.verdict import Verdict, as_sentence
from stockflow_functions.domain.words import counted, named_few

_CLOSE = 1e-9
_AGAIN = "Run its calls again with force."


@dataclass(frozen=True)
class Transcript:
    """The passages of a stored transcript; None where it can't be read."""

    passages: list[Passage] | None
    verdict: Verdict


@dataclass(frozen=True)
class _Call:
    """A row, and what it should be.

    Attributes:
        due: the row with what it should be compared with.
        has_transcript: whether the stored transcript should be its own.
        tone: that of the transcript's passages; None without them.
        sections: those of the passages.
    """

    row: CallRow
    due: CallRow
    has_transcript: bool
    tone: CallTone | None
    sections: frozenset[str | None]


def verify_transcript(body: bytes, when: str) -> Transcript:
    """Checks the passages of one call; ``when`` is its date, with its label if it has one."""
    try:
        passages = decode_passages(body)
    except (NotATableError, NewerTableError) as error:
        return Transcript(None, Verdict(breaches=[f"{as_sentence(error)} {_AGAIN}"]))
    if not passages:
        return Transcript(None, Verdict(breaches=["It has no passages."]))
    breaches = [] if [each.n for each in passages] == list(range(1, len(passages) + 1)) else ["not-in-order: " + _AGAIN]
    for name, fails in _OF_PASSAGES.items():
        found = [each.n for each in passages if fails(each)]
        if found:
            breaches.append(f"{name}, {counted(len(found), 'passage')}: {named_few(found)}.")
    return Transcript(passages, Verdict(len(passages), when[:10], when[:10], breaches))


def verify_rows(body: bytes, symbol: str, transcripts: Mapping[str, list[Passage] | None]) -> Verdict:
    """Checks the rows of one symbol's calls; ``transcripts`` are its calls' passages, by date and label.

    Sentences name dates, the newest first.
    """
    try:
        decoded = decode_rows(body, symbol)
    except NewerTableError as error:
        return Verdict(breaches=[as_sentence(error)])
    except NotATableError as error:
        return Verdict(breaches=[f"{as_sentence(error)} {_AGAIN}"])
    rows = decoded.rows
    if not rows:
        return Verdict(breaches=["It has no rows."])
    breaches = [f"It is not of the present schema or order: the next run of a call of {symbol} migrates it."]
    owning = owners(rows)
    calls = [_call(row, rows, transcripts.get(when_of(row)), has_transcript=row in owning) for row in rows]
    broken = _broken(calls)
    remarks = _remarks([row for row in rows if row not in owning]) + _orphans(rows, transcripts)
    first, last = str(rows[0].call_date), str(rows[-1].call_date)
    return Verdict(len(rows), first, last, (breaches if decoded.migrated else []) + broken + _mixed(rows), remarks)


def kinds_of(rows: Sequence[CallRow]) -> dict[bool, str]:
    """An engine of each kind that judged these rows: under True one of Amazon's, under False a local one."""
    return {row.engine_tone.startswith(AMAZON): row.engine_tone for row in rows if row.engine_tone}


def _call(row: CallRow, rows: Sequence[CallRow], passages: list[Passage] | None, *, has_transcript: bool) -> _Call:
    tone = tone_of(passages) if passages and has_transcript else None
    return _Call(row, compared(row, rows), has_transcript, tone, frozenset(each.section for each in passages or ()))


def _broken(calls: Sequence[_Call]) -> list[str]:
    sentences = []
    for name, fails in _OF_CALLS.items():
        found = sorted((when_of(call.row) for call in calls if fails(call)), reverse=True)
        if found:
            sentences.append(f"{name}, {counted(len(found), 'call')}: {named_few(found)}.")
    return sentences


def _mixed(rows: Sequence[CallRow]) -> list[str]:
    kinds = kinds_of(rows)
    return [f"mixed-engines: it holds tone by {kinds[True]} and by {kinds[False]}."] if len(kinds) > 1 else []


def _remarks(left: Sequence[CallRow]) -> list[str]:
    found = [f"{when_of(row)} ({row.source})" for row in left]
    return [f"Not compared, for another source's transcript took the place: {named_few(found)}."] if found else []


def _orphans(rows: Sequence[CallRow], transcripts: Mapping[str, object]) -> list[str]:
    found = sorted(transcripts.keys() - {when_of(row) for row in rows}, reverse=True)
    return [f"No row is about {counted(len(found), 'transcript')}: {named_few(found)}."] if found else []


def _is_odd_score(passage: Passage) -> bool:
    scores = [passage.positive, passage.negative, passage.neutral, passage.mixed]
    given = [score for score in scores if score is not None]
    return bool(given) and not (is_scored(passage) and all(0 <= score <= 1 for score in given))


def _differ(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is not other
    return not math.isclose(one, other, rel_tol=0, abs_tol=_CLOSE)


def _is_other_tone(call: _Call) -> bool:
    names = ("tone", "tone_prepared", "tone_qa", "positive", "negative", "neutral", "mixed")
    return call.tone is not None and any(_differ(getattr(call.row, name), getattr(call.tone, name)) for name in names)


_OF_PASSAGES: Mapping[str, Callable[[Passage], bool]] = {
    "no-text": lambda passage: not passage.text.strip(),
    "too-long": lambda passage: len(passage.text) > MOST_CHARACTERS,
    "odd-score": _is_odd_score,
    "unknown-section": lambda passage: passage.section not in {None, PREPARED, QA},
}
_OF_CALLS: Mapping[str, Callable[[_Call], bool]] = {
    "no-transcript": lambda call: call.has_transcript and call.tone is None,
    "other-passages": lambda call: (
        call.tone is not None and (call.row.passages, call.row.unscored) != (call.tone.passages, call.tone.unscored)
    ),
    "other-tone": _is_other_tone,
    "other-sections": lambda call: call.tone is not None and call.row.qa_found != (QA in call.sections),
    "other-change": lambda call: (
        call.row.previous_call_date != call.due.previous_call_date
        or _differ(call.row.tone_change, call.due.tone_change)
    ),
    "no-judge": lambda call: (call.row.engine_tone is None) != (call.row.tone is None),
}
"""By its name, what makes a passage or a row one that no run stores; docs/calls.md describes each."""
