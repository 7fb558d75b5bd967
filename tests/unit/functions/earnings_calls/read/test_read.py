"""The handler of ReadTranscript."""

import gzip
import json
import tracemalloc

import pytest

from stockflow_functions.aws import keys
from stockflow_functions.domain.calls.reading import MOST_BYTES
from stockflow_functions.domain.errors import BadTranscript, CallReplaced, NoSpeech, StorageUnavailable
from stockflow_functions.earnings_calls.plan.objects import LARGEST_TRANSCRIPT_BYTES
from stockflow_functions.earnings_calls.read.app import read
from stockflow_functions.earnings_calls.staged import staged
from tests.helpers.call_line import NOW, CallLine
from tests.helpers.transcripts import CALL, REMARKS, published, written_down

GIVEN, AUDIO, VENDORS = "IBM/2024-04-24.json", "IBM/2024-04-24.wav", "IBM/2024Q1"
WRITTEN, ANSWER = "transcriptions/job.json", "raw/calls/IBM/2024Q1/one.json.gz"


@pytest.fixture
def line():
    return CallLine()


def given(line, body=None, **about):
    line.drop(GIVEN, written_down() if body is None else body)
    return line.read(GIVEN, **about)


def transcribed(line, body, **found):
    line.drop(AUDIO, b"\0recording")
    line.s3.place(WRITTEN, body)
    return line.read(AUDIO, key=WRITTEN, found=found)


def fetched(line, body, **about):
    line.s3.place(ANSWER, gzip.compress(body))
    return line.read(VENDORS, key=ANSWER, **about)


def test_passages_are_staged_and_the_state_carries_what_is_known(line):
    """A pointer and counts, however long the call is."""
    told = given(line, written_down(confidence=0.9))

    passages = staged(line.services.bucket, told["key"])
    assert [passage.section for passage in passages] == ["prepared"] * 3 + ["qa"] * 3
    assert told == {
        "key": "staged/one/IBM%2F2024-04-24.json.passages.json.gz",
        "fetched_at": NOW,
        "attempts": 0,
        "looks": 0,
        "jobs": 0,
        "date": "2024-04-24",
        "date_known": True,
        "source": "given",
        "source_etag": line.services.bucket.facts("calls/IBM/2024-04-24.json").etag,
        "language": None,
        "language_score": None,
        "seconds": 55.0,
        "words": 110,
        "speakers": 4,
        "passages": 6,
        "qa_found": True,
        "confidence_mean": pytest.approx(0.9),
        "warnings": [
            "The transcript does not say which language it is in: it is judged as English; name another by language."
        ],
    }


def test_transcript_is_kept_as_it_came(line):
    """Byte for byte, gzipped, the same again as the same bytes."""
    body = written_down()
    given(line, body)
    raw = line.s3.objects["raw/calls/IBM/2024-04-24/one.json.gz"]
    given(line, body)

    assert gzip.decompress(raw) == body
    assert line.s3.objects["raw/calls/IBM/2024-04-24/one.json.gz"] == raw


def test_calls_of_one_day_are_kept_apart(line):
    """In one run, by their labels."""
    for name, words in (("IBM/2024-04-24.json", "First call."), ("IBM/2024-04-24-investor-day.json", "Second call.")):
        line.drop(name, published([("Ann Example", words)]))
        line.read(name)

    kept = [gzip.decompress(body) for key, body in line.s3.objects.items() if key.startswith("raw/calls/IBM/")]
    assert [b"First" in body for body in kept] == [True, False]


def test_transcribes_output_is_of_the_recording(line):
    """Looks and jobs are those of its transcription."""
    told = transcribed(line, written_down(language_code="ja-JP"), looks=5, jobs=1)

    assert (told["source"], told["looks"], told["jobs"], told["language"]) == ("transcribe", 5, 1, "ja-JP")
    assert told["source_etag"] == line.services.bucket.facts("calls/IBM/2024-04-24.wav").etag


def test_vendors_call_without_a_date_stands_at_its_quarters_end(line):
    """And says so; a request was made for it, whose answer is in raw/ already."""
    told = fetched(line, published(), found={"attempts": 2})

    assert (told["date"], told["date_known"], told["attempts"], told["source"]) == (
        "2024-03-31",
        False,
        2,
        "alpha-vantage",
    )
    assert told["warnings"] == ["The vendor does not date the call: it stands at the end of 2024Q1; add @YYYY-MM-DD."]
    assert [key for key in line.s3.puts if key.startswith("raw/")] == []


def test_same_answer_of_the_vendors_has_the_same_mark(line):
    """A hash of it: an answer has no ETag that would last."""
    assert fetched(line, published())["source_etag"] == fetched(line, published())["source_etag"]
    assert fetched(line, published())["source_etag"] != fetched(line, published(REMARKS))["source_etag"]


@pytest.mark.parametrize(("asked", "language"), [("", None), ("ja-JP", "ja-JP")])
def test_language_of_the_input_counts_where_the_transcript_says_nothing(line, asked, language):
    """Nobody guesses."""
    assert given(line, language=asked)["language"] == language


def test_vendors_transcripts_are_in_english(line):
    """Whatever language the run's recordings are in."""
    assert fetched(line, published(), language="ja-JP")["language"] == "en-US"


def test_call_without_a_handover_says_that_its_sections_are_not_told_apart(line):
    """Nothing is guessed."""
    told = fetched(line, published(REMARKS))

    assert not told["qa_found"]
    assert "No handover to questions was found in the call: its sections are not told apart." in told["warnings"]
    assert {passage.section for passage in staged(line.services.bucket, told["key"])} == {None}


def test_call_that_was_hard_to_hear_is_kept_with_a_warning(line):
    """With the number."""
    assert any(
        "confidence of its words is 0.50 of 1" in text for text in given(line, written_down(confidence=0.5))["warnings"]
    )


def test_language_that_nothing_judges_is_told(line):
    """Swedish, say: its transcript is worth keeping."""
    told = transcribed(line, written_down(language_code="sv-SE"))

    assert (
        told["warnings"][0]
        == "The call is in sv-SE, whose tone nothing here judges: its transcript is kept without one."
    )


def test_as_many_speakers_as_transcribe_tells_apart_may_be_more(line):
    """It folds further voices into one of them."""
    turns = [(f"spk_{number}", "Thank you very much.") for number in range(30)]

    assert any("has 30 speakers or more" in text for text in transcribed(line, written_down(turns))["warnings"])
    assert not any("speakers" in text for text in given(line, published(turns))["warnings"])


@pytest.mark.parametrize("body", [written_down([]), published([("Operator", "")]), written_down([("spk_0", "...")])])
def test_silence_and_music_are_no_call(line, body):
    """Never one with a tone of 0."""
    with pytest.raises(NoSpeech):
        given(line, body)
    assert not [key for key in line.s3.objects if key.startswith("staged/")]


@pytest.mark.parametrize(
    "body",
    [
        written_down()[:-200],
        b"[]",
        b"{}",
        b"\xff\xfe",
        written_down(status="FAILED"),
        b'{"transcript": []}',
        b'{"results": {"items": 7}}',
    ],
)
def test_what_is_no_transcript_is_not_taken_for_one(line, body):
    """Cut in half, another document, an empty list: in one sentence."""
    with pytest.raises(BadTranscript) as caught:
        given(line, body)
    assert str(caught.value).endswith(".")


def test_what_the_plan_lets_through_is_read(line):
    """The two know one limit."""
    assert LARGEST_TRANSCRIPT_BYTES == MOST_BYTES


def test_transcript_that_is_too_large_is_not_read_on(line):
    """However much it unpacks to."""
    bomb = gzip.compress(b" " * (MOST_BYTES + 1))
    line.s3.place(ANSWER, bomb)

    tracemalloc.start()
    with pytest.raises(BadTranscript, match="no more than 25,000,000"):
        line.read(VENDORS, key=ANSWER)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 4 * MOST_BYTES


@pytest.mark.parametrize("stored", [b"no gzip", gzip.compress(published())[:-20], None])
def test_answer_that_is_gone_or_damaged_is_told(line, stored):
    """The sentence says what to do."""
    if stored is not None:
        line.s3.place(ANSWER, stored)

    with pytest.raises(BadTranscript, match=r"again\.$"):
        line.read(VENDORS, key=ANSWER)


@pytest.mark.parametrize(("body", "said"), [(published(), "was replaced"), (None, "is gone")])
def test_transcript_that_was_replaced_meanwhile_is_not_read(line, body, said):
    """A run of the newer one judges that."""
    line.drop(GIVEN, written_down())
    event = line.event(GIVEN, transcript=line.found(keys.call_object(GIVEN)))
    del line.s3.objects[keys.call_object(GIVEN)]
    if body:
        line.drop(GIVEN, body)

    with pytest.raises(CallReplaced, match=said):
        read(event, line.services)


def test_transcript_of_a_recording_that_was_replaced_is_not_read(line):
    """Nobody knows which of the two it is of."""
    line.drop(AUDIO, b"\0recording")
    line.s3.place(WRITTEN, written_down())
    event = line.event(AUDIO, transcript=line.found(WRITTEN))
    line.drop(AUDIO, b"\0another")

    with pytest.raises(CallReplaced, match="was replaced"):
        read(event, line.services)


def test_bucket_that_is_down_is_tried_again(line):
    """The workflow's Retry does."""
    line.drop(GIVEN, written_down())
    event = line.event(GIVEN, transcript=line.found(keys.call_object(GIVEN)))
    line.s3.fail("SlowDown")

    with pytest.raises(StorageUnavailable):
        read(event, line.services)


def test_record_of_music_says_what_was_paid_for_it(line):
    """The job was made; how long the recording is, nobody knows, so the least is counted."""
    with pytest.raises(NoSpeech):
        transcribed(line, written_down([]), looks=3, jobs=1)

    record = line.record(AUDIO)
    assert (record["status"], record["looks"], record["transcribed_seconds"]) == ("failed", 3, 15.0)


def test_state_does_not_grow_with_the_call(line):
    """Ten times the words give the same few hundred bytes."""
    told = fetched(line, published(CALL * 50))

    assert told["passages"] == 6 * 50
    assert len(json.dumps(told)) < 1500
