"""The tone of texts as boto3 sees it."""

import pytest
from botocore.exceptions import ClientError

from stockflow.embedded.faults import AwsFault
from stockflow.embedded.shared_moto import MOTO


def refusal_of(ask, **request):
    """The code and the sentence with which this is refused."""
    with pytest.raises(ClientError) as refused:
        ask(**request)
    error = refused.value.response["Error"]
    return error["Code"], error["Message"]


@pytest.mark.parametrize(
    ("text", "label"), [("a record quarter", "POSITIVE"), ("a loss", "NEGATIVE"), ("a quarter", "NEUTRAL")]
)
def test_the_label_is_the_score_that_prevails(stage, text, label):
    """One text gets the label of its largest score."""
    assert stage.comprehend.detect_sentiment(Text=text, LanguageCode="en")["Sentiment"] == label


def test_the_scores_sum_to_one(stage):
    """The four scores are shares."""
    scores = stage.comprehend.detect_sentiment(Text="a record", LanguageCode="en")["SentimentScore"]

    assert scores == {"Positive": 0.75, "Negative": 0.0, "Neutral": 0.25, "Mixed": 0.0}


def test_a_batch_keeps_the_order(stage):
    """Each result names the number of its text."""
    answer = stage.comprehend.batch_detect_sentiment(TextList=["a loss", "a record"], LanguageCode="en")

    assert [(item["Index"], item["Sentiment"]) for item in answer["ResultList"]] == [(0, "NEGATIVE"), (1, "POSITIVE")]


def test_a_batch_can_succeed_in_part(stage):
    """A text of more than 5,000 bytes is an error of its own beside the results of the others."""
    answer = stage.comprehend.batch_detect_sentiment(TextList=["a loss", "増" * 1667], LanguageCode="en")

    assert [item["Index"] for item in answer["ResultList"]] == [0]
    assert answer["ErrorList"] == [
        {
            "Index": 1,
            "ErrorCode": "TEXT_SIZE_LIMIT_EXCEEDED",
            "ErrorMessage": "Input text size exceeds limit. Max length of request text allowed is 5000 bytes "
            "while in this request the text size is 5001 bytes",
        }
    ]


def test_a_long_text_is_refused_by_its_bytes(stage):
    """1,667 Japanese characters are one byte too many, 1,666 are not."""
    code, message = refusal_of(stage.comprehend.detect_sentiment, Text="増" * 1667, LanguageCode="en")
    taken = stage.comprehend.detect_sentiment(Text="増" * 1666, LanguageCode="en")["Sentiment"]

    assert (code, "the text size is 5001 bytes" in message, taken) == (
        "TextSizeLimitExceededException",
        True,
        "NEUTRAL",
    )


def test_more_than_25_texts_are_refused(stage):
    """A batch has 25 places."""
    code, _ = refusal_of(stage.comprehend.batch_detect_sentiment, TextList=["a"] * 26, LanguageCode="en")

    assert code == "BatchSizeLimitExceededException"


@pytest.mark.parametrize(("language", "code"), [("ja", "UnsupportedLanguageException"), ("xx", "ValidationException")])
def test_a_language_without_tone_is_refused(stage, language, code):
    """A language of Comprehend's that the engine lacks is told apart from one that there is not."""
    refused, message = refusal_of(stage.comprehend.batch_detect_sentiment, TextList=["a"], LanguageCode=language)

    assert (refused, f"'{language}'" in message) == (code, True)


def test_a_text_of_blanks_is_refused(stage):
    """A text without any character is no document."""
    code, _ = refusal_of(stage.comprehend.detect_sentiment, Text=" \n", LanguageCode="en")

    assert code == "InvalidRequestException"


def test_other_operations_are_refused_by_name(stage):
    """What the stand-in lacks, it says."""
    code, message = refusal_of(stage.comprehend.detect_entities, Text="a", LanguageCode="en")

    assert (code, "DetectEntities" in message) == ("UnknownOperationException", True)


def test_faults_meet_the_service(stage):
    """A fault of Comprehend's gives its code, and can be aimed at a text."""
    MOTO.faults.add(AwsFault("comprehend", "ThrottlingException", key_contains="record"))

    code, _ = refusal_of(stage.comprehend.detect_sentiment, Text="a record", LanguageCode="en")

    assert code == "ThrottlingException"
    assert stage.comprehend.detect_sentiment(Text="a loss", LanguageCode="en")["Sentiment"] == "NEGATIVE"
