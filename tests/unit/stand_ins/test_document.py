"""The transcript that is written, in the shape of Amazon Transcribe's."""

import pytest

from stockflow.stand_ins.document import Document
from stockflow.stand_ins.engines import Word


@pytest.fixture
def results():
    """The results of two segments."""
    document = Document("en")
    document.add([Word("Thank", 0.5, 0.75, 0.987), Word("you,", 0.8, 1.0, 1.0)])
    document.add([Word("Operator.", 2.0, 2.5, 0.5)])
    return document.whole("job", "123456789012")["results"]


def test_a_word_has_times_and_a_confidence_as_texts(results):
    """Numbers are strings, as AWS writes them."""
    assert results["items"][0] == {
        "id": 0,
        "type": "pronunciation",
        "alternatives": [{"confidence": "0.987", "content": "Thank"}],
        "start_time": "0.500",
        "end_time": "0.750",
    }


def test_punctuation_has_no_times(results):
    """A comma is an item of its own, without a time."""
    assert results["items"][2] == {
        "id": 2,
        "type": "punctuation",
        "alternatives": [{"confidence": "0.0", "content": ","}],
    }


def test_a_segment_names_its_items(results):
    """Each audio segment has its text, its times and the numbers of its items."""
    assert results["audio_segments"][1] == {
        "id": 1,
        "transcript": "Operator.",
        "start_time": "2.000",
        "end_time": "2.500",
        "items": [3, 4],
    }


def test_a_language_that_was_found_out_is_named_with_its_score():
    """As it is where Transcribe identifies it; one that the caller named is not in the file."""
    found = {"LanguageCode": "ja-JP", "IdentifiedLanguageScore": 0.75}
    results = Document("ja").whole("job", "123456789012", found)["results"]

    assert results["language_code"] == "ja-JP"
    assert results["language_identification"] == [{"score": "0.7500", "code": "ja-JP"}]


def test_several_languages_are_named_with_their_seconds():
    """As texts, like all its numbers."""
    found = {"LanguageCodes": [{"LanguageCode": "en-US", "DurationInSeconds": 12.5}]}
    results = Document("en").whole("job", "123456789012", found)["results"]

    assert results["language_codes"] == [{"language_code": "en-US", "duration_in_seconds": "12.5"}]
    assert "language_code" not in results


def test_nobody_is_named(results):
    """There is no speaker in it, since no engine can tell."""
    assert "speaker" not in str(results)


@pytest.mark.parametrize(
    ("language", "words", "text"),
    [
        ("en", ["Up", "12.5%,", "really?!"], "Up 12.5%, really?"),
        ("en", ["He", "said", "--", "no..."], "He said no."),
        ("ja", ["増収", "増益", "です。"], "増収増益です。"),
        ("en", ["..."], "."),
    ],
)
def test_the_text_is_made_of_the_items(language, words, text):
    """Words stand apart where the language has blanks; of several signs the first is kept, a dash is no word."""
    document = Document(language)
    document.add([Word(word, 0.0, 1.0, 1.0) for word in words])

    assert document.whole("job", "1")["results"]["transcripts"] == [{"transcript": text}]
