"""Rows of calls as tests want them."""

from datetime import date

from stockflow_functions.domain.calls.call_rows import CallRow


def call_row(day="2026-10-29", **values):
    """A call of ACME's written down by Transcribe and judged by Comprehend."""
    numbers = {
        "language_score": 0.98, "seconds": 3044.2, "words": 7485, "speakers": 8, "passages": 120, "unscored": 0,
        "tone": 0.25, "tone_prepared": 0.4, "tone_qa": 0.1, "positive": 0.35, "negative": 0.1, "neutral": 0.5,
        "mixed": 0.05, "tone_change": None, "previous_call_date": None, "confidence_mean": 0.97,
    }  # fmt: skip
    texts = {
        "symbol": "ACME", "label": "", "quarter": None, "source": "transcribe", "source_etag": "e1",
        "language": "en-US", "engine_speech": "Amazon Transcribe", "engine_tone": "Amazon Comprehend",
        "saved_at": "2026-10-30T01:00:00.000Z", "execution": "run-1",
    }  # fmt: skip
    return CallRow(
        **{**numbers, **texts, "call_date": date.fromisoformat(day), "date_known": True, "qa_found": True, **values}
    )


def quarter_row(day, *, known=True, **values):
    """A call of ACME's first quarter of 2024 that the vendor wrote down."""
    of_vendor = {"source": "alpha-vantage", "quarter": "2024Q1", "engine_speech": None, "seconds": None}
    return call_row(day, **{**of_vendor, "date_known": known, **values})
