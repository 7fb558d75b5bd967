"""Transcripts of calls as they come: Amazon Transcribe's output, and Alpha Vantage's answer."""

import json

REMARKS = (
    ("Operator", "Good day, and welcome to the call."),
    ("Ann Example", "We had a record quarter. " * 8),
    ("Bob Example", "Costs were as expected. " * 8),
)
QUESTIONS = (
    ("Operator", "We will now begin the question and answer session."),
    ("Cay Example", "Why did losses grow?"),
    ("Ann Example", "Losses were terrible in one segment. " * 3),
)
CALL = (*REMARKS, *QUESTIONS)
"""A call of six turns, with a handover to questions."""


def vendor_turns(turns=CALL, title=""):
    """These ``(speaker, text)`` as the vendor has them."""
    return [{"speaker": who, "title": title, "content": text, "sentiment": "0.5"} for who, text in turns]


def published(turns=CALL, symbol="IBM", quarter="2024Q1"):
    """The vendor's answer for these ``(speaker, text)``."""
    return json.dumps({"symbol": symbol, "quarter": quarter, "transcript": vendor_turns(turns)}).encode()


def written_down(turns=CALL, *, confidence=0.95, seconds_a_word=0.5, status="COMPLETED", **results):
    """Transcribe's output for these, each word with times and a label for its speaker."""
    items, start = [], 0.0
    for who, text in turns:
        for word in text.split():
            times = {"start_time": f"{start:.3f}", "end_time": f"{start + seconds_a_word:.3f}", "speaker_label": who}
            bare = word.rstrip(".?,")
            items.append({**times, **_item("pronunciation", bare, confidence)})
            if bare != word:
                items.append(_item("punctuation", word[len(bare) :], 0.0))
            start += seconds_a_word
    whole = " ".join(text.strip() for _, text in turns)
    body = {"status": status, "results": {"transcripts": [{"transcript": whole}], "items": items, **results}}
    return json.dumps(body).encode()


def _item(kind, content, confidence):
    return {"type": kind, "alternatives": [{"confidence": str(confidence), "content": content}]}
