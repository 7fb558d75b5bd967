"""Transcripts of calls that nobody held, in every shape that Amazon Transcribe has written, and in Alpha Vantage's."""

import json
import re

from tests.helpers.transcripts import vendor_turns

CALL = (
    ("spk_0", "Good afternoon. A question and answer session will follow the formal presentation."),
    (
        "spk_1",
        "Thank you. Revenue grew by 4.2 percent. Sales of pumps declined, and we are disappointed with that result.",
    ),
    (
        "spk_2",
        (
            "Here are the figures. Gross margin was 41 percent, three points more than a year ago. Costs were in line "
            "with our expectations. We bought back shares for 20 million, and paid the same dividend as last year. "
            "Operator, we are now ready for questions."
        ),
    ),
    ("spk_0", "Our first question comes from the line of Mr. Quill. Please go ahead."),
    ("spk_3", "Do you expect further losses?"),
    ("spk_1", "We see continued pressure on prices. We do not expect a recovery before next year."),
)
"""Who says what; the questions begin with the fourth turn."""
PLAIN, CHANNELS, LABELS, SEGMENTS, ITEMS = "plain", "channel-labels", "speaker-labels", "audio-segments", "item-labels"
SHAPES = (PLAIN, CHANNELS, LABELS, SEGMENTS, ITEMS)
WORD_SECONDS, TURN_PAUSE_SECONDS = 0.4, 2.5
_PARTS = re.compile(r"\w+(?:['.]\w+)*|[^\w\s]")


def transcribe_output(said=CALL, shape=ITEMS, **more):
    """The document as a dict; ``more`` goes into its results."""
    items, spans, now = [], [], 0.5
    for label, text in said:
        start = len(items)
        for part in _PARTS.findall(text):
            word = part[0].isalnum()
            items.append(_item(part, now if word else None))
            now += WORD_SECONDS if word else 0
        spans.append((label, text, items[start:]))
        now += TURN_PAUSE_SECONDS
    results = {"transcripts": [{"transcript": " ".join(text for _, text in said)}], "items": items}
    labelled = {CHANNELS: _by_channel, LABELS: _by_label, SEGMENTS: _by_segment, ITEMS: _by_item}.get(shape)
    results |= labelled(spans) if labelled else {}
    return {"jobName": "a-call", "accountId": "123456789012", "status": "COMPLETED", "results": results | more}


def transcribe_body(said=CALL, shape=ITEMS, **more):
    """The same as bytes."""
    return json.dumps(transcribe_output(said, shape, **more)).encode()


def alpha_vantage_body(said=CALL, title="CEO", **more):
    """An answer to EARNINGS_CALL_TRANSCRIPT."""
    return json.dumps({"symbol": "ACME", "quarter": "2024Q1", "transcript": vendor_turns(said, title), **more}).encode()


def _item(part, start):
    if start is None:
        return {"type": "punctuation", "alternatives": [{"confidence": "0.0", "content": part}]}
    return {
        "type": "pronunciation",
        "alternatives": [{"confidence": "0.9", "content": part}],
        "start_time": f"{start:.2f}",
        "end_time": f"{start + 0.3:.2f}",
    }


def _words(items):
    return [item for item in items if "start_time" in item]


def _span(items):
    return {"start_time": _words(items)[0]["start_time"], "end_time": _words(items)[-1]["end_time"]}


def _by_channel(spans):
    names = sorted({label for label, *_ in spans})
    channels = [
        {"channel_label": name, "items": [dict(item) for label, _, items in spans if label == name for item in items]}
        for name in names
    ]
    return {"channel_labels": {"channels": channels, "number_of_channels": len(names)}}


def _by_label(spans):
    segments = [
        {
            **_span(items),
            "speaker_label": label,
            "items": [{**_span([word]), "speaker_label": label} for word in _words(items)],
        }
        for label, _, items in spans
    ]
    return {"speaker_labels": {"speakers": len({label for label, *_ in spans}), "segments": segments}}


def _by_segment(spans):
    """The ids of items are all that ties them to a speaker."""
    segments, number = [], 0
    for label, text, items in spans:
        for item in items:
            item["id"] = number
            number += 1
        ids = [item["id"] for item in items]
        segments.append({"id": len(segments), "transcript": text, **_span(items), "speaker_label": label, "items": ids})
    return {"audio_segments": segments}


def _by_item(spans):
    for label, _, items in spans:
        for item in items:
            item["speaker_label"] = label
    return _by_segment(spans) | _by_label(spans)
