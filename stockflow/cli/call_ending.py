"""What a laptop run of one call ends with: its tone, and the passages that weigh most. Out of the dataset."""

from collections.abc import Iterator
from pathlib import Path

from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.domain.calls.call_rows import CallRow
from stockflow_functions.domain.calls.passages import Passage
from stockflow_functions.domain.calls.tables import decode_passages, decode_rows
from stockflow_functions.domain.calls.tone import tone_of
from stockflow_functions.domain.parquet import NewerTableError, NotATableError
from stockflow_functions.domain.words import on_the_clock
from stockflow_functions.earnings_calls.names import CallName, day_of
from stockflow_functions.earnings_calls.outcome import SOURCES
from stockflow_functions.earnings_calls.save.quotes import quotes_of


def ending_of(call: CallName, bucket: Bucket, folder: Path) -> list[str]:
    """The lines about a call that is in the dataset; none if it is not."""
    try:
        return _ending(call, bucket, folder)
    except (NotATableError, NewerTableError) as error:
        return [f"The tables of {call.symbol}'s calls can't be shown: {error}."]


def _ending(call: CallName, bucket: Bucket, folder: Path) -> list[str]:
    stored = bucket.get(keys.tone(call.symbol))
    rows = decode_rows(stored.body, call.symbol).rows if stored else ()
    row = next((each for each in rows if _is_about(each, call)), None)
    if row is None:
        return []
    key = keys.transcript(row.symbol, day_of(str(row.call_date), row.label))
    found = bucket.get(key)
    passages = decode_passages(found.body) if found else []
    places = (folder / keys.tone(call.symbol), folder / key)
    return [_tone(row), *_weightiest(passages), f"Its row and its passages: {places[0]}, {places[1]}"]


def _is_about(row: CallRow, call: CallName) -> bool:
    if row.source != SOURCES[call.door]:
        return False
    if call.date is None:
        return row.quarter == call.quarter
    return (str(row.call_date), row.label) == (call.date, call.label)


def _tone(row: CallRow) -> str:
    """``Tone of AAPL on 2026-10-29: +0.12 (remarks +0.20, questions -0.05), by …``."""
    what = f"Tone of {row.symbol}, {row.label or 'call'} of {row.call_date}"
    if row.tone is None:
        return f"{what}: none, for nothing here judges {row.language}."
    sections = [
        f"{name} {tone:+.2f}"
        for name, tone in (("prepared remarks", row.tone_prepared), ("questions", row.tone_qa))
        if tone is not None
    ]
    if row.tone_change is not None:
        sections.append(f"{row.tone_change:+.2f} against {row.previous_call_date}")
    aside = f" ({', '.join(sections)})" if sections else ""
    return f"{what}: {row.tone:+.2f}{aside}, from -1 to 1, by {row.engine_tone}."


def _weightiest(passages: list[Passage]) -> Iterator[str]:
    tone = tone_of(passages)
    for name, found in (("negative", tone.most_negative), ("positive", tone.most_positive)):
        for quote in quotes_of(found[:1]):
            parts = [f"{quote['tone']:+.2f}", _time(quote["start_seconds"], quote["end_seconds"]), quote["speaker"]]
            where = ", ".join(part for part in parts if part)
            yield f"Most {name} ({where}): {quote['text']}"


def _time(start_seconds: float | None, end_seconds: float | None) -> str:
    """``0:41 to 0:55``; "" without times."""
    if start_seconds is None or end_seconds is None:
        return ""
    return f"{on_the_clock(start_seconds)} to {on_the_clock(end_seconds)}"
