"""Whatever a transcript holds, it is read or refused with a sentence, and no word of it is lost; the laws of rows."""

import json
import math
import re
from dataclasses import replace

from hypothesis import example, given, settings
from hypothesis import strategies as st

from stockflow_functions.domain.calls.call_rows import with_row
from stockflow_functions.domain.calls.passages import MOST_CHARACTERS, from_json, passages_of, to_json
from stockflow_functions.domain.calls.reading import read_transcript
from stockflow_functions.domain.calls.tables import decode_passages, decode_rows, encode_passages, encode_rows
from stockflow_functions.domain.calls.tone import tone_of
from stockflow_functions.domain.calls.transcript import TRANSCRIBE, Transcript, Turn
from stockflow_functions.domain.errors import BadTranscript, NoSpeech, NotPublishedYet
from tests.conftest import SHARED
from tests.helpers.call_rows import call_row
from tests.helpers.examples import examples
from tests.helpers.hostile import HOSTILE
from tests.helpers.written_calls import SHAPES, alpha_vantage_body, transcribe_body

RECORDED = [file.read_bytes() for file in sorted((SHARED / "calls").glob("[at]*/*.json"))]
WRITTEN = [*(transcribe_body(shape=shape) for shape in SHAPES), alpha_vantage_body()]
MOST_BYTES = 5000  # what Comprehend takes

junk = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.sampled_from([*HOSTILE, "", "1e999", "NaN", "-1", "0.5", "9" * 5000]),
    st.text(max_size=20),
    st.lists(st.none() | st.text(max_size=3), max_size=3),
    st.dictionaries(st.sampled_from(["items", "content", "results", "transcript"]), st.text(max_size=3), max_size=2),
)
letters = st.sampled_from("abc  ..,。、?!¿(売上増\u0301\u200d👍🏽👩é\u0e01क्")
texts = st.one_of(st.text(letters, max_size=1500), st.text(max_size=60), st.integers(0, 1500).map(lambda n: "x" * n))
scores = st.floats(0, 1) | st.none() | st.just(math.nan)


@st.composite
def mangled(draw):
    """A written document with junk in a few places, or something missing there."""
    value = json.loads(draw(st.sampled_from(WRITTEN)))
    for _ in range(draw(st.integers(1, 3))):
        holder = value
        while True:
            places = list(holder) if isinstance(holder, dict) else range(len(holder))
            if not places:
                break
            place = draw(st.sampled_from(places))
            if isinstance(holder[place], dict | list) and draw(st.integers(0, 4)):
                holder = holder[place]
                continue
            if draw(st.booleans()):
                holder[place] = draw(junk)
            else:
                del holder[place]
            break
    return json.dumps(value).encode()


@st.composite
def damaged(draw):
    """A document, recorded if there are recordings, that is cut off or has another byte or two."""
    body = bytearray(draw(st.sampled_from(RECORDED or WRITTEN)))
    for _ in range(draw(st.integers(0, 2))):
        body[draw(st.integers(0, len(body) - 1))] = draw(st.integers(0, 255))
    return bytes(body[: draw(st.sampled_from([len(body), len(body) // 2, draw(st.integers(0, len(body)))]))])


def squeezed(parts):
    return "".join("".join(part.split()) for part in parts)


def assert_whole(transcript):
    """Each word is in exactly one passage, each passage is short, and all of it goes into a file and comes back."""
    passages = passages_of(transcript)
    assert squeezed(each.text for each in passages) == squeezed(turn.text for turn in transcript.turns)
    assert [each.n for each in passages] == list(range(1, len(passages) + 1))
    assert all(each.text.strip() and len(each.text) <= MOST_CHARACTERS for each in passages)
    assert all(len(each.text.encode()) <= MOST_BYTES for each in passages)
    assert {each.section for each in passages} in ({None}, {"prepared", "qa"})
    times = [(each.start_seconds, each.end_seconds) for each in passages]
    assert all((start is None and end is None) or 0 <= start <= end for start, end in times)
    assert from_json(to_json(passages)) == passages
    assert tone_of(passages).unscored == len(passages)
    return passages


def assert_read_or_refused(body):
    try:
        transcript = read_transcript(body)
    except (BadTranscript, NoSpeech, NotPublishedYet) as error:
        said = str(error)
    else:
        assert transcript.words > 0
        assert_whole(transcript)
        return
    assert re.fullmatch(r"[A-Z][^\n]{20,250}\.", said)


@settings(max_examples=examples(200), deadline=None)
@given(mangled())
def test_a_mangled_document_is_read_or_refused(body):
    """Never another exception."""
    assert_read_or_refused(body)


@settings(max_examples=examples(100), deadline=None)
@given(damaged() | st.binary(max_size=40))
@example(b'{"results": {"items": ' + b'{"items": [' * 50_000)
@example(b'{"transcript": [{"content": "' + b"\\ud800" * 3000 + b' so"}]}')
def test_damaged_bytes_are_read_or_refused(body):
    """Cut in half, with a byte changed, or nothing of the kind."""
    assert_read_or_refused(body)


@settings(max_examples=examples(150), deadline=None)
@given(st.lists(st.tuples(texts, st.sampled_from([None, "spk_0", "spk_1"])), min_size=1, max_size=6))
def test_no_word_of_any_turns_is_lost(said):
    """However long, in whatever script, whoever speaks."""
    turns = [Turn(line, speaker, None, 1.0, 9.0) for text, speaker in said if (line := squeezed_blanks(text))]
    if turns:
        passages = assert_whole(Transcript(tuple(turns), TRANSCRIBE, None, None, None, 1, None))
        assert {each.speaker for each in passages} == {turn.speaker for turn in turns}


def squeezed_blanks(text):
    return " ".join(text.encode("utf-8", "ignore").decode().split())


@settings(max_examples=examples(150), deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["pronunciation", "punctuation"]), st.text(letters, max_size=4)), max_size=30)
)
def test_no_item_of_transcribe_is_lost(items):
    """Words and marks come out in the order in which they came."""
    listed = [{"type": kind, "alternatives": [{"content": content}]} for kind, content in items]
    body = json.dumps({"results": {"items": listed}}).encode()
    try:
        transcript = read_transcript(body)
    except NoSpeech:
        return
    assert squeezed(each.text for each in passages_of(transcript)) == squeezed(content for _, content in items)


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(st.tuples(scores, scores, scores, scores), min_size=1, max_size=8))
def test_no_score_makes_a_tone_that_is_no_number(given_scores):
    """Every mean is a number in its range or none, and what is stored has no NaN."""
    names = ("positive", "negative", "neutral", "mixed")
    passages = passages_of(Transcript(tuple(Turn("So.", f"{n}", None, None, None) for n, _ in enumerate(given_scores)),
                                      TRANSCRIBE, None, None, None, 1, None))  # fmt: skip
    passages = [
        replace(each, **dict(zip(names, four, strict=True))) for each, four in zip(passages, given_scores, strict=True)
    ]
    tone = tone_of(passages)

    assert all(value is None or -1 <= value <= 1 for value in (tone.tone, tone.positive, tone.neutral, tone.mixed))
    assert (tone.tone is None) == (tone.unscored == tone.passages)
    stored = [getattr(each, name) for each in decode_passages(encode_passages(passages)) for name in names]
    assert not any(value is not None and math.isnan(value) for value in stored)


rows = st.builds(
    call_row,
    st.sampled_from(["2026-01-29", "2026-04-30", "2026-07-30", "2026-10-29"]),
    label=st.sampled_from(["", "investor-day"]),
    source=st.sampled_from(["transcribe", "alpha-vantage"]),
    quarter=st.sampled_from([None, "2026Q1"]),
    date_known=st.booleans(),
    tone=st.none() | st.floats(-1, 1),
    engine_tone=st.sampled_from(["a", "b"]),
)


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(rows, max_size=6), rows)
def test_a_row_twice_changes_nothing(before, row):
    """Once it is there, the same call again is the same table to the byte."""
    stored = ()
    for each in before:
        stored = with_row(stored, each).rows
    once = with_row(stored, row)
    twice = with_row(once.rows, row)

    assert (twice.changed, twice.rows) == (False, once.rows)
    assert len({each.key for each in once.rows}) == len(once.rows)
    assert decode_rows(encode_rows(once.rows), "ACME").rows == once.rows


@settings(max_examples=examples(60), deadline=None)
@given(
    st.lists(rows.map(lambda row: replace(row, date_known=True)), max_size=6, unique_by=lambda row: row.key),
    st.randoms(),
)
def test_the_order_in_which_calls_come_is_of_no_matter(calls, random):
    """Each is compared with the same one in the end."""
    tables = []
    for _ in range(2):
        stored = ()
        for each in calls:
            stored = with_row(stored, each).rows
        tables.append(stored)
        random.shuffle(calls)

    assert tables[0] == tables[1]
