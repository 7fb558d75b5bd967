"""Rows of tone/ as tests need them."""

from datetime import date

from stockflow_functions.domain.calls.call_rows import CallRow

_ROW = {
    "symbol": "AAPL",
    "call_date": date(2026, 10, 29),
    "label": "",
    "quarter": None,
    "date_known": True,
    "source": "given",
    "source_etag": '"etag"',
    "language": "en-US",
    "language_score": None,
    "seconds": 3725.0,
    "words": 10,
    "speakers": 2,
    "passages": 3,
    "unscored": 0,
    "engine_speech": None,
    "engine_tone": "VADER 3.3.2 (local lexicon)",
    "tone": 0.1,
    "tone_prepared": None,
    "tone_qa": None,
    "qa_found": True,
    "positive": 0.3,
    "negative": 0.2,
    "neutral": 0.5,
    "mixed": 0.0,
    "tone_change": None,
    "previous_call_date": None,
    "confidence_mean": None,
    "saved_at": "2026-10-30T08:00:00.000Z",
    "execution": "2026-10-30-calls",
}


def call_row(**changed):
    """A row of a call whose transcript was given, with these fields changed."""
    return CallRow(**{**_ROW, **changed})
