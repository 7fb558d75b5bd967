"""Writes events/calls/example_lamps.json from the text beside it: ``python -m tests.tools.example_call``.

The text is invented and nobody has spoken it. The JSON is what Amazon Transcribe would write of a recording of it: a
word takes as long as its letters do, and there is a pause between sentences and a longer one between speakers.
"""

import json
from pathlib import Path

from stockflow.stand_ins.document import Document
from stockflow.stand_ins.engines import Word

FOLDER = Path(__file__).resolve().parents[2] / "events" / "calls"
TEXT, TRANSCRIPT = FOLDER / "example_lamps.txt", FOLDER / "example_lamps.json"
_JOB, _ACCOUNT_ID = "example-lamps", "123456789012"
_SECONDS_A_LETTER, _LEAST_SECONDS = 0.06, 0.12
_PAUSE_SECONDS = {".": 0.5, "?": 0.5, ",": 0.2}
_NEXT_SPEAKER_SECONDS = 0.8


def example_call():
    """The transcript as a JSON object."""
    document, speakers, start = Document("en"), [], 0.5
    for line in TEXT.read_text(encoding="utf-8").splitlines():
        speaker, text = line.split(": ", 1)
        words = []
        for word in text.split():
            end = start + max(_LEAST_SECONDS, _SECONDS_A_LETTER * len(word))
            words.append(Word(word, start, end, 0.99))
            start = end + _PAUSE_SECONDS.get(word[-1], 0.05)
        start += _NEXT_SPEAKER_SECONDS
        document.add(words)
        speakers.append(speaker)
    return _with_speakers(document.whole(_JOB, _ACCOUNT_ID), speakers)


def _with_speakers(whole, speakers):
    """With the labels that Transcribe gives where it is asked to tell speakers apart: in segments and in items."""
    results = whole["results"]
    for segment, speaker in zip(results["audio_segments"], speakers, strict=True):
        segment["speaker_label"] = speaker
        for number in segment["items"]:
            results["items"][number]["speaker_label"] = speaker
    return {**whole, "results": {"language_code": "en-US", **results}}


def written():
    """The file's text."""
    return json.dumps(example_call(), separators=(",", ":")) + "\n"


if __name__ == "__main__":
    TRANSCRIPT.write_text(written(), encoding="utf-8")
