"""Passages: whole, short, with their times, and the same after a file."""

import pytest

from stockflow_functions.domain.calls.passages import MOST_CHARACTERS, Passage, from_json, passages_of, to_json
from stockflow_functions.domain.calls.reading import read_transcript
from stockflow_functions.domain.calls.transcript import TRANSCRIBE, Transcript, Turn, WordTime
from tests.helpers.written_calls import CALL, LABELS, PLAIN, alpha_vantage_body, transcribe_body

SENTENCE = "We sold more pumps than in any quarter before. "


def call(*turns):
    return Transcript(turns, TRANSCRIBE, "en-US", None, None, 1, None)


def test_each_turn_is_a_passage_with_its_speaker_and_section():
    """Short turns of speakers who are told apart are not put together."""
    passages = passages_of(read_transcript(transcribe_body()))

    assert [(each.n, each.speaker, each.text) for each in passages] == [
        (number, *turn) for number, turn in enumerate(CALL, 1)
    ]
    assert [each.section for each in passages] == ["prepared"] * 3 + ["qa"] * 3


def test_a_call_without_a_handover_has_no_sections():
    """Neither of the two: nobody knows."""
    assert {each.section for each in passages_of(call(Turn("So.", "a", None, None, None)))} == {None}


def test_a_long_turn_is_several_passages_that_end_with_sentences():
    """Each as long as fits into 500 characters."""
    passages = passages_of(call(Turn(SENTENCE * 25, "a", None, None, None)))

    assert [len(each.text) for each in passages] == [len(SENTENCE * 10) - 1] * 2 + [len(SENTENCE * 5) - 1]
    assert all(each.text.endswith("before.") for each in passages)


def test_neighbours_without_a_speaker_are_one_run_of_speech():
    """A sentence each would cost three units each; the handover still divides them."""
    passages = passages_of(read_transcript(transcribe_body(shape=PLAIN)))

    assert " ".join(each.text for each in passages) == " ".join(text for _, text in CALL)
    assert [each.section for each in passages] == ["prepared", "qa"]


def test_times_are_those_of_the_first_and_the_last_word():
    """To the hundredth, as Transcribe gives them."""
    transcript = read_transcript(transcribe_body((("a", SENTENCE * 20),), LABELS))
    first, second = passages_of(transcript)

    assert (first.start_seconds, first.end_seconds) == (0.5, 36.4)
    assert (second.start_seconds, second.end_seconds) == (36.5, 72.4)


def test_without_times_of_words_they_are_interpolated_by_characters():
    """Between the beginning and the end of the turn."""
    text = f"{'x' * 499}. {'y' * 498}."
    first, second = passages_of(call(Turn(text, "a", None, 100.0, 200.0)))

    assert (first.start_seconds, first.end_seconds) == (100.0, pytest.approx(150, abs=0.1))
    assert (second.start_seconds, second.end_seconds) == (pytest.approx(150, abs=0.1), 200.0)


def test_a_passage_inside_one_endless_word_has_its_share_of_the_turn():
    """No word begins in it."""
    turn = Turn("x" * 1000, "a", None, 100.0, 200.0, (WordTime(0, 100.0, 200.0),))

    assert [each.start_seconds for each in passages_of(call(turn))] == [100.0, 150.0]


def test_without_any_times_there_are_none():
    """Alpha Vantage has none."""
    passages = passages_of(read_transcript(alpha_vantage_body()))

    assert {(each.start_seconds, each.end_seconds) for each in passages} == {(None, None)}


def test_five_hundred_of_the_longest_characters_are_what_comprehend_takes():
    """2,000 bytes of the 5,000."""
    passages = passages_of(call(Turn("𠮷" * 1200, "a", None, None, None)))

    assert [len(each.text) for each in passages] == [MOST_CHARACTERS, MOST_CHARACTERS, 200]
    assert max(len(each.text.encode()) for each in passages) <= 5000


def test_passages_come_back_from_a_file():
    """With and without scores, in any language."""
    passages = [
        Passage(1, "qa", None, 0.1 + 0.2, None, "減損", 0.1, 0.7, 0.2, 0.0),
        Passage(2, None, "a", None, None, "So."),
    ]

    assert from_json(to_json(passages)) == passages


@pytest.mark.parametrize("body", [b"", b"[1]", b'[{"n": 1}]', b"{}x"])
def test_another_file_is_no_passages(body):
    """It is an error at once, and no passage that lacks something."""
    with pytest.raises((ValueError, TypeError)):
        from_json(body)
