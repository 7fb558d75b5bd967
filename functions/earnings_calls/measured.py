"""A judged call as a measured text, for whoever looks into its run."""

import gzip
import zlib
from collections.abc import Callable

from stockflow_functions.aws import keys
from stockflow_functions.domain.calls.passages import Passage, from_json
from stockflow_functions.domain.calls.sections import PREPARED, QA
from stockflow_functions.domain.calls.tone import score_of
from stockflow_functions.domain.words import signed
from stockflow_functions.earnings_calls.contracts import QuotedPassage
from stockflow_functions.earnings_calls.outcome import CallOutcome
from stockflow_functions.runtime.measured import MeasuredPassage, MeasuredText
from stockflow_functions.runtime.workflow import Payload

MEASURE = "tone"
_PARTS = {PREPARED: "Prepared remarks", QA: "Questions and answers"}
_DIGITS = 3


def measured(execution: str, record: Payload, stored: Callable[[str], bytes | None]) -> MeasuredText | None:
    """The call of a record in a manifest; None if it has no passages.

    Its passages are those that JudgeTone stored. Where they are gone, as they are after seven days, those that the
    record quotes have to do.

    Args:
        execution: the run's.
        record: a ``CallRecord`` of any release.
        stored: gives the bytes of an object of the run; None if it is gone.
    """
    call = CallOutcome.from_dict(record)
    if not call.passages:
        return None
    judged = _judged(stored(keys.judged_passages(execution, call.symbol)))
    quoted = {quote["n"]: quote for quote in (*call.most_negative, *call.most_positive)}
    found = [_passage(each) for each in judged] or [_quoted(quote) for _, quote in sorted(quoted.items())]
    return {
        "item": call.symbol,
        "title": ", ".join(part for part in (call.company, call.call_date) if part) or call.symbol,
        "measure": MEASURE,
        "summary": _summary(call),
        "facts": _facts(call),
        "passages": found,
        "count": max(call.passages, len(found)),
    }


def _judged(body: bytes | None) -> list[Passage]:
    try:
        return from_json(gzip.decompress(body)) if body else []
    except (OSError, EOFError, zlib.error, ValueError, TypeError):
        return []


def _passage(passage: Passage) -> MeasuredPassage:
    score = score_of(passage)
    return {
        "part": _PARTS.get(passage.section or "", ""),
        "who": passage.speaker or "",
        "at_seconds": passage.start_seconds,
        "value": None if score is None else round(score, _DIGITS),
        "text": passage.text,
    }


def _quoted(quote: QuotedPassage) -> MeasuredPassage:
    return {
        "part": _PARTS.get(quote["section"] or "", ""),
        "who": quote["speaker"] or "",
        "at_seconds": quote["start_seconds"],
        "value": round(quote["tone"], _DIGITS),
        "text": quote["text"],
    }


def _summary(call: CallOutcome) -> str:
    """``tone +0.18, -0.12 against 2026-07-30``."""
    if call.tone is None:
        return "no tone"
    change = "" if call.tone_change is None else f", {signed(call.tone_change)} against {call.previous_call_date}"
    return f"tone {signed(call.tone)}{change}"


def _facts(call: CallOutcome) -> list[list[str]]:
    facts = [
        ["Prepared remarks", "" if call.tone_prepared is None else signed(call.tone_prepared)],
        ["Questions and answers", "" if call.tone_qa is None else signed(call.tone_qa)],
        ["Length", "" if call.seconds is None else f"{call.seconds / 60:.0f} min"],
        ["Language", call.language or ""],
        ["Without a tone", f"{call.unscored:,} of {call.passages:,} passages" if call.unscored else ""],
        ["Written down by", call.engine_speech],
        ["Judged by", call.engine_tone],
    ]
    return [[word, value] for word, value in facts if value]
