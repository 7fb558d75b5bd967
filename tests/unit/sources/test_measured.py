"""The texts that a run measured: found beside it, bounded, masked."""

import json

import pytest

from stockflow.history.masking import masked
from stockflow.sources import SavedRun, save_run
from stockflow.sources.measured import bounded, measured_texts, texts_in_folder
from stockflow.testing import FakeS3
from stockflow_functions.daily_prices.workflow import DAILY_PRICES
from stockflow_functions.domain.calls.passages import Passage
from stockflow_functions.earnings_calls.staged import stage
from stockflow_functions.earnings_calls.workflow import EARNINGS_CALLS
from tests.helpers.measured import measured_text

NAME = "AAPL/2026-10-29.json"
JUDGED = f"staged/run-1/{NAME.replace('/', '%2F')}.judged.json.gz"
QUOTE = {"n": 2, "section": "qa", "speaker": "spk_1", "start_seconds": 9.0, "end_seconds": 12.0, "tone": -0.7512}
RECORD = {
    "symbol": NAME,
    "status": "saved",
    "company": "AAPL",
    "call_date": "2026-10-29",
    "passages": 3,
    "tone": 0.1812,
    "tone_change": -0.1204,
    "previous_call_date": "2026-07-30",
    "seconds": 3720.0,
    "engine_tone": "Amazon Comprehend",
    "most_negative": [{**QUOTE, "text": "Sales fell."}],
    "most_positive": [],
}
PASSAGES = [
    Passage(1, "prepared", "spk_0", 0.5, 8.0, "Thank you.", 0.1, 0.0, 0.9, 0.0),
    Passage(2, "qa", "spk_1", 9.0, 12.0, "Sales fell.", 0.0489, 0.8001, 0.1, 0.051),
    Passage(3, "qa", "spk_1", 12.0, 13.0, "(inaudible)"),
]


@pytest.fixture
def judged():
    s3 = FakeS3()
    stage(s3.bucket, JUDGED, PASSAGES)
    return s3.objects


def texts(objects, record=RECORD):
    return measured_texts("run-1", {"symbols": [record]}, EARNINGS_CALLS, objects.get)


def test_a_call_is_a_measured_text(judged):
    """With each passage's heading, speaker, time, value and words, and what is known of the whole."""
    (text,) = texts(judged)
    assert (text["item"], text["title"], text["count"]) == (NAME, "AAPL, 2026-10-29", 3)
    assert text["summary"] == "tone +0.18, -0.12 against 2026-07-30"
    assert text["facts"] == [["Length", "62 min"], ["Judged by", "Amazon Comprehend"]]
    assert text["passages"][1:] == [
        {"part": "Questions and answers", "who": "spk_1", "at_seconds": 9.0, "value": -0.751, "text": "Sales fell."},
        {"part": "Questions and answers", "who": "spk_1", "at_seconds": 12.0, "value": None, "text": "(inaudible)"},
    ]


@pytest.mark.parametrize("body", [None, b"damaged"])
def test_without_the_judged_passages_those_that_are_quoted_have_to_do(body):
    """They are kept for seven days; the manifest is kept for longer."""
    (text,) = texts({JUDGED: body} if body else {})
    assert [passage["text"] for passage in text["passages"]] == ["Sales fell."]
    assert text["count"] == 3


@pytest.mark.parametrize(
    ("manifest", "workflow"),
    [
        (None, EARNINGS_CALLS),
        ({"symbols": [RECORD]}, None),
        ({"symbols": [RECORD]}, DAILY_PRICES),
        ({"symbols": [{"symbol": NAME, "status": "failed"}, 7, {"passages": 1}]}, EARNINGS_CALLS),
    ],
)
def test_what_has_no_measured_text_has_none(judged, manifest, workflow):
    """No manifest, a workflow that measures nothing, a call that failed, a record that is none."""
    assert measured_texts("run-1", manifest, workflow, judged.get) == []


def test_a_few_texts_are_whole():
    """Four calls of an hour."""
    few = [measured_text(f"S{n}", 130, 500) for n in range(4)]
    assert bounded(few) == few


def test_of_many_texts_the_strongest_passages_are_kept():
    """Fifty calls of an hour: each has its share, and every passage its place, time and value."""
    many = [measured_text(f"S{n}", 130, 500) for n in range(50)]
    cut = bounded(many)
    lengths = [sum(len(passage["text"]) for passage in text["passages"]) for text in cut]
    assert 250_000 < sum(lengths) <= 300_000
    assert min(lengths) > 5_000
    kept = [abs(passage["value"] or 0) for passage in cut[0]["passages"] if passage["text"]]
    left = [abs(passage["value"] or 0) for passage in cut[0]["passages"] if not passage["text"]]
    assert min(kept) >= max(left)
    assert [passage["value"] for passage in cut[0]["passages"]] == [p["value"] for p in many[0]["passages"]]


def test_a_secret_that_was_read_out_is_masked():
    """In a text as anywhere else."""
    text = measured_text("AAPL", 1)
    text["passages"][0]["text"] = "Our key is apikey=ABCDEF0123456789 and so on."
    assert "ABCDEF0123456789" not in json.dumps(masked(SavedRun(texts=[text])).texts)


def test_a_run_folder_has_its_texts_beside_it(tmp_path, judged):
    """They go into the run's file, which outlives staged/."""
    folder = tmp_path / "runs" / "run-1"
    for key, body in {**judged, "runs/run-1/manifest.json": json.dumps({"symbols": [RECORD]}).encode()}.items():
        (tmp_path / key).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / key).write_bytes(body)
    run = SavedRun(description={"name": "run-1", "executionArn": "arn:aws:states:r:1:execution:earnings-calls:run-1"})
    saved = save_run(folder, run)
    assert (
        json.loads(saved.run.read_text())["texts"] == texts_in_folder(folder, "run-1", EARNINGS_CALLS) == texts(judged)
    )
