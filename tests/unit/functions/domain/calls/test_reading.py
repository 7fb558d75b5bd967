"""Transcripts out of bytes: every shape, and what is refused with a sentence."""

import json
import re

import pytest

from stockflow_functions.domain.calls.reading import MOST_BYTES, MOST_CHARACTERS, MOST_PARTS, read_transcript
from stockflow_functions.domain.errors import BadTranscript, NoSpeech, NotPublishedYet
from tests.helpers.written_calls import (
    CALL,
    LABELS,
    PLAIN,
    SHAPES,
    alpha_vantage_body,
    transcribe_body,
    transcribe_output,
)


def said(transcript):
    return [(turn.speaker, turn.text) for turn in transcript.turns]


def body_of(*items, **results):
    return json.dumps({"results": {"transcripts": [], "items": list(items), **results}}).encode()


def word(content, **more):
    return {"type": "pronunciation", "alternatives": [{"content": content}], **more}


def mark(content):
    return {"type": "punctuation", "alternatives": [{"content": content}]}


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if shape != PLAIN])
def test_turns_are_the_same_whatever_the_year_of_the_output(shape):
    """Labels in items, in segments of either kind, or by channel: who said what comes out alike."""
    assert said(read_transcript(transcribe_body(shape=shape))) == list(CALL)


def test_without_labels_a_sentence_is_a_turn():
    """Nobody is named, and no word is lost."""
    transcript = read_transcript(transcribe_body(shape=PLAIN))

    assert transcript.speakers == 0
    assert [turn.text for turn in transcript.turns][:2] == [
        "Good afternoon.",
        "A question and answer session will follow the formal presentation.",
    ]
    assert " ".join(turn.text for turn in transcript.turns) == " ".join(text for _, text in CALL)


def test_without_labels_and_punctuation_a_long_pause_ends_a_turn():
    """What is said without a full stop is not one endless turn."""
    transcript = read_transcript(transcribe_body((("a", "so it goes"), ("b", "and so on")), PLAIN))

    assert [turn.text for turn in transcript.turns] == ["so it goes", "and so on"]


def test_times_and_confidences_are_read_from_texts():
    """As Transcribe writes them; the call is as long as its last word."""
    transcript = read_transcript(transcribe_body((("spk_0", "One two."), ("spk_1", "Three."))))

    first, second = transcript.turns
    assert (first.start_seconds, first.end_seconds) == (0.5, 1.2)
    assert (second.start_seconds, transcript.seconds) == (3.8, 4.1)
    assert transcript.confidence_mean == pytest.approx(0.9)


def test_words_keep_their_times():
    """Each time stands at its word's place in the text."""
    (turn,) = read_transcript(transcribe_body((("spk_0", "One, two."),))).turns

    assert [(turn.text[time.at :], time.start_seconds) for time in turn.word_times] == [
        ("One, two.", 0.5),
        ("two.", 0.9),
    ]


def test_words_and_speakers_are_counted():
    """Punctuation is no word."""
    transcript = read_transcript(transcribe_body())

    assert transcript.words == sum(len(text.split()) for _, text in CALL)
    assert transcript.speakers == 4


def test_thirty_speakers_are_thirty():
    """The most that Transcribe tells apart."""
    crowd = [(f"spk_{number}", "Thank you.") for number in range(30)]

    assert read_transcript(transcribe_body(crowd)).speakers == 30


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["売上", "高", "は", "12", "パーセント"], "売上高は12パーセント"),
        (["今期", "の", "Cloud", "Pak", "は"], "今期のCloud Pakは"),
        (["营业", "收入", "增长"], "营业收入增长"),
        (["รายได้", "เพิ่ม", "ขึ้น"], "รายได้เพิ่มขึ้น"),
        (["매출", "증가"], "매출 증가"),
        (["Umsatz", "wächst"], "Umsatz wächst"),
    ],
)
def test_words_are_joined_as_their_script_does(words, text):
    """No blank in Japanese, Chinese and Thai, but one between two English words inside them."""
    (turn,) = read_transcript(body_of(*map(word, words))).turns

    assert turn.text == text


def test_japanese_sentences_end_at_their_own_full_stop():
    """Nothing follows it but the next sentence."""
    items = [word("増収"), word("です"), mark("。"), word("以上"), mark("。")]

    assert [turn.text for turn in read_transcript(body_of(*items)).turns] == ["増収です。", "以上。"]


def test_an_opening_mark_goes_with_the_word_behind_it():
    """As Spanish has them."""
    items = [word("bien"), mark("."), mark("¿"), word("Y"), word("ahora"), mark("?")]

    assert [turn.text for turn in read_transcript(body_of(*items)).turns] == ["bien.", "¿Y ahora?"]


def test_marks_before_and_behind_all_words_are_kept():
    """A mark is never dropped."""
    assert [turn.text for turn in read_transcript(body_of(mark("."), word("so"), mark("("))).turns] == [".so("]


def test_redacted_and_masked_words_are_words():
    """Their marks stay in the text; a redacted one has no confidence of its own."""
    redacted = {
        "type": "pronunciation",
        "start_time": "1.0",
        "end_time": "1.5",
        "alternatives": [{"content": "[PII]", "redactions": [{"confidence": "0.99"}]}],
    }
    transcript = read_transcript(body_of(word("call"), redacted, word("***")))

    assert [turn.text for turn in transcript.turns] == ["call [PII] ***"]
    assert (transcript.words, transcript.confidence_mean) == (3, None)


def test_of_several_readings_the_first_counts():
    """Transcribe gives the likeliest first."""
    item = {"type": "pronunciation", "alternatives": [{"content": "pumps"}, {"content": "bumps"}]}

    assert said(read_transcript(body_of(item))) == [(None, "pumps")]


def test_an_output_with_nothing_but_segments_is_read():
    """Their texts and times are enough."""
    segments = [{"transcript": "We grew.", "start_time": "0.5", "end_time": "2.0", "speaker_label": "spk_0"}]
    transcript = read_transcript(json.dumps({"results": {"audio_segments": segments}}).encode())

    assert (said(transcript), transcript.seconds, transcript.words) == ([("spk_0", "We grew.")], 2.0, 2)


def test_an_output_with_nothing_but_its_text_is_read():
    """Without speakers and times."""
    body = json.dumps({"results": {"transcripts": [{"transcript": "We grew. We shrank."}]}}).encode()
    transcript = read_transcript(body)

    assert (said(transcript), transcript.seconds) == ([(None, "We grew."), (None, "We shrank.")], None)


@pytest.mark.parametrize("time", ["", "NaN", "-1", "Infinity", "soon", None, True, [], "1e99"])
def test_a_time_that_is_none_is_none(time):
    """The word stays, without a time."""
    (turn,) = read_transcript(body_of(word("so", start_time=time, end_time="2.0"))).turns

    assert (turn.start_seconds, turn.word_times) == (None, ())


@pytest.mark.parametrize(
    ("results", "given", "language", "score"),
    [
        ({}, None, None, None),
        ({}, "ja-JP", "ja-JP", None),
        ({"language_code": "en-GB"}, "ja-JP", "en-GB", None),
        ({"language_code": "<script>"}, None, None, None),
        (
            {"language_code": "en-US", "language_identification": [{"code": "en-US", "score": "0.98"}]},
            None,
            "en-US",
            0.98,
        ),
        (
            {
                "language_codes": [
                    {"language_code": "en-US", "duration_in_seconds": 3.5},
                    {"language_code": "ja-JP", "duration_in_seconds": 80.0},
                ]
            },
            None,
            "ja-JP",
            None,
        ),
    ],
)
def test_the_language_is_what_the_output_says_else_what_the_caller_knows(results, given, language, score):
    """Of several languages the one that was spoken longest."""
    transcript = read_transcript(transcribe_body(shape=LABELS, **results), given)

    assert (transcript.language, transcript.language_score) == (language, score)


def test_alpha_vantage_has_names_and_titles_and_no_times():
    """Each entry is a turn; its sentiment is another judge's."""
    transcript = read_transcript(alpha_vantage_body((("Ann Vane", "We grew."), ("", "And you?")), title="CFO"))

    assert [(turn.speaker, turn.title, turn.start_seconds) for turn in transcript.turns] == [
        ("Ann Vane", "CFO", None),
        (None, "CFO", None),
    ]
    assert (transcript.source_shape, transcript.language, transcript.words, transcript.seconds) == (
        "alpha-vantage",
        "en-US",
        4,
        None,
    )


def test_an_empty_list_of_alpha_vantage_is_not_yet_published():
    """No data is not an empty call."""
    with pytest.raises(NotPublishedYet, match="may come a day or two after"):
        read_transcript(b'{"symbol": "TSM", "quarter": "2025Q1", "transcript": []}')


@pytest.mark.parametrize(
    "body",
    [
        transcribe_body(()),
        b'{"results": {}}',
        body_of(mark(".")),
        body_of(word("[Music]"), word("♪")),
        body_of(word("")),
        alpha_vantage_body((("Operator", ""),)),
        alpha_vantage_body((("Operator", "[Operator Instructions]"),)),
    ],
)
def test_a_call_without_a_word_is_no_speech(body):
    """Silence, music, and notes about what was not said."""
    with pytest.raises(NoSpeech, match=r"^No word was heard in the call: "):
        read_transcript(body)


REFUSED = {
    b"": "0 bytes are not JSON",
    b"ID3\x04\x00\xff\xfb": "7 bytes are not JSON",
    transcribe_body()[:1000]: "1,000 bytes are not JSON",
    b"\xff\xfe\x00": "3 bytes are not JSON",
    b"[" * 100_000: "100,000 bytes are not JSON",
    b"9" * 5000: "5,000 bytes are not JSON",
    b"[]": "not a JSON object",
    b"{}": "neither",
    b'{"results": []}': "neither",
    b'{"results": {"items": {}}}': "items is not a list of objects",
    b'{"results": {"items": [1]}}': "items is not a list of objects",
    b'{"results": {"items": [{"type": "pronunciation"}]}}': "without alternatives",
    b'{"results": {"items": [{"alternatives": [{"content": 7}]}]}}': "content that is not a text",
    b'{"results": {"audio_segments": "all"}}': "audio_segments is not a list",
    b'{"status": "FAILED", "results": {}}': "of a job that is FAILED",
    b'{"transcript": "We grew."}': "transcript is not a list",
    b'{"transcript": [{"content": ["We grew."]}]}': "content that is not a text",
    b'{"JobStatus": "COMPLETED", "Transcript": []}': "Call Analytics",
    b" " * (MOST_BYTES + 1): "no more than 25,000,000",
    b"[]," * (MOST_PARTS + 1): "more than 2,000,000 objects",
}  # fmt: skip


@pytest.mark.parametrize("body", REFUSED, ids=REFUSED.values())
def test_what_is_no_transcript_is_refused_with_one_sentence(body):
    """It says what is wrong, and what to give instead where there is a choice."""
    with pytest.raises(BadTranscript) as refusal:
        read_transcript(body)

    assert REFUSED[body] in str(refusal.value)
    assert re.fullmatch(r"The [^\n]{20,190}\.", str(refusal.value))


def test_half_characters_and_control_marks_are_blanks():
    """What can't be written to a file or a message does not come so far; joiners that spell a word stay."""
    (turn,) = read_transcript(body_of(word("a\ud800b\x00c\u202ed"), word("क्\u200dष"))).turns

    assert turn.text == "a b c d क्\u200dष"
    turn.text.encode()


def test_an_endless_name_is_cut():
    """A speaker has a name, not a text."""
    (turn,) = read_transcript(alpha_vantage_body((("x" * 5000, "So."),))).turns

    assert len(turn.speaker) == 100


def test_twenty_megabytes_are_read_whole():
    """No word of a call is lost, however much else there is in its file."""
    body = alpha_vantage_body((("Ann Vane", "prices. " * 120_000),), more="x" * 20_000_000)

    assert read_transcript(body).words == 120_000


def test_each_part_of_a_written_output_is_as_recorded(request):
    """What is written here for tests has the fields of the recordings."""
    folder = request.getfixturevalue("shared") / "calls" / "transcribe"
    for name, shape in (("plain", PLAIN), ("channels", "channel-labels"), ("speakers", LABELS)):
        recorded, written = json.loads((folder / f"{name}.json").read_bytes()), transcribe_output(shape=shape)
        assert set(recorded) == set(written)
        assert set(recorded["results"]) == set(written["results"])
        assert {frozenset(item) for item in recorded["results"]["items"]} == {
            frozenset(item) for item in written["results"]["items"]
        }


@pytest.mark.parametrize(
    ("name", "turns", "speakers"),
    [("plain", 15, 0), ("channels", 7, 2), ("speakers", 7, 3), ("redacted", 15, 0), ("vocab-mask", 15, 0)],
)
def test_a_recorded_output_is_read_word_for_word(name, turns, speakers, request):
    """The turns are the text that Transcribe itself made of the items."""
    body = (request.getfixturevalue("shared") / "calls" / "transcribe" / f"{name}.json").read_bytes()
    transcript = read_transcript(body)

    whole = json.loads(body)["results"]["transcripts"][0]["transcript"]
    assert " ".join(turn.text for turn in transcript.turns) == whole
    assert (len(transcript.turns), transcript.speakers) == (turns, speakers)
    assert transcript.seconds == 141.54


def test_a_recorded_call_analytics_output_is_refused(request):
    """Another product's shape."""
    body = (request.getfixturevalue("shared") / "calls" / "transcribe" / "call-analytics.json").read_bytes()

    with pytest.raises(BadTranscript, match="Call Analytics"):
        read_transcript(body)


def test_a_recorded_answer_of_alpha_vantage_is_read(request):
    """The first three turns of a call, shortened."""
    folder = request.getfixturevalue("shared") / "calls" / "alphavantage"
    transcript = read_transcript((folder / "IBM_2024Q1_first3_shortened.json").read_bytes())

    assert [turn.title for turn in transcript.turns] == ["Global Head of Investor Relations", "CEO", "CFO"]
    with pytest.raises(NotPublishedYet):
        read_transcript((folder / "no_coverage_empty_list.json").read_bytes())


def test_more_words_than_any_call_has_are_refused_before_they_are_paid_for():
    """Comprehend would charge for each of them."""
    with pytest.raises(BadTranscript, match=r"1,000,\d+ characters: no call has more than 1,000,000"):
        read_transcript(alpha_vantage_body([("Ann", "so " * (MOST_CHARACTERS // 3) + "on")]))
