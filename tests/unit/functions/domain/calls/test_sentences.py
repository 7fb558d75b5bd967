"""Texts cut into pieces: at sentences where it can be, else where it hurts least."""

import pytest

from stockflow_functions.domain.calls.sentences import ends_sentence, pieces, sentences


def cut(text, most=500):
    return [text[start:end] for start, end in pieces(text, most)]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("We grew. We shrank!  Why? So", ["We grew.", "We shrank!", "Why?", "So"]),
        ("Up 4.2 percent. Mr. Quill of Acme Inc. said so.", ["Up 4.2 percent.", "Mr. Quill of Acme Inc. said so."]),
        ("J. P. Vane spoke. Then I. We left.", ["J. P. Vane spoke.", "Then I. We left."]),
        ('He said "no." They went.', ['He said "no."', "They went."]),
        ("増収です。減益でした！本当？はい", ["増収です。", "減益でした！", "本当？", "はい"]),
        ("「増収です。」と述べた。", ["「増収です。」", "と述べた。"]),
        ("", []),
        ("   ", []),
    ],
)
def test_sentences_end_at_their_marks(text, parts):
    """Not in a number, behind a title or an initial; a mark of Japanese needs no blank."""
    assert [text[start:end] for start, end in sentences(text)] == parts


@pytest.mark.parametrize(
    ("text", "over"),
    [("We grew.", True), ('"We grew."', True), ("增长。", True), ("Mr.", False), ("We", False), ("", False)],
)
def test_a_text_ends_a_sentence_or_does_not(text, over):
    """With a mark, but not with a title."""
    assert ends_sentence(text) is over


def test_as_many_sentences_as_fit_are_a_piece():
    """Neither one a sentence, nor longer than allowed."""
    assert cut("One two. Three four. Five six.", 20) == ["One two. Three four.", "Five six."]


def test_a_long_sentence_is_cut_behind_a_clause():
    """The last clause that fits."""
    assert cut("We sold pumps, and valves, and other things besides", 30) == [
        "We sold pumps, and valves,",
        "and other things besides",
    ]


def test_a_clause_in_the_first_half_is_passed_over_for_a_blank():
    """Pieces stay long."""
    assert cut("Yes, we have sold very many pumps", 25) == ["Yes, we have sold very", "many pumps"]


def test_a_long_sentence_of_japanese_is_cut_behind_its_comma():
    """There is no blank to cut at."""
    assert cut("売上高は増加し、営業利益は減少しました", 12) == ["売上高は増加し、", "営業利益は減少しました"]


def test_without_clauses_and_blanks_it_is_cut_between_characters():
    """Each is as long as it may be."""
    assert cut("x" * 12, 5) == ["xxxxx", "xxxxx", "xx"]


@pytest.mark.parametrize("whole", ["e\u0301", "👍🏽", "👩\u200d💻", "क्\u200dष"])
def test_what_is_written_as_one_character_is_not_cut(whole):
    """Accents, skin tones and joiners stay with what they belong to."""
    assert cut(f"xxxx{whole}", 5) == ["xxxx", whole]


def test_endless_accents_are_cut_all_the_same():
    """A piece is never longer than allowed, and never empty."""
    found = cut("e" + "\u0301" * 100, 30)

    assert all(0 < len(piece) <= 30 for piece in found)
    assert len("".join(found)) == 101
