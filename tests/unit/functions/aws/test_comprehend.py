"""The judge of tone: what is asked of Comprehend, and its refusals under the workflow's names."""

import pytest
from botocore.exceptions import ReadTimeoutError

from stockflow.testing import FakeComprehend
from stockflow_functions.aws.comprehend import MOST_DOCUMENTS, Scores, ToneJudge, UnsupportedLanguageError
from stockflow_functions.domain.errors import StorageDenied, ToneUnavailable

GOOD, BAD = (0.8, 0.1, 0.1, 0.0), (0.0, 0.9, 0.05, 0.05)


@pytest.fixture
def comprehend():
    comprehend = FakeComprehend()
    comprehend.score = lambda text: BAD if "loss" in text else GOOD
    return comprehend


@pytest.fixture
def judge(comprehend):
    return ToneJudge(comprehend, "en")


def test_each_text_has_its_scores(judge):
    """In the texts' order."""
    assert judge.judge(["A loss.", "A record."]) == [Scores(*BAD), Scores(*GOOD)]


def test_texts_are_judged_in_batches(judge, comprehend):
    """Of as many as Comprehend takes, and none is asked about twice."""
    texts = [f"Passage {number}." for number in range(MOST_DOCUMENTS + 1)]

    assert len(judge.judge(texts)) == len(texts)
    assert comprehend.batches == [texts[:MOST_DOCUMENTS], texts[MOST_DOCUMENTS:]]
    assert comprehend.alone == []


def test_nothing_is_asked_of_no_texts(judge, comprehend):
    """A batch needs a text."""
    assert (judge.judge([]), comprehend.calls) == ([], {})


def test_a_text_that_a_batch_refuses_is_asked_about_alone(judge, comprehend):
    """A batch succeeds in part, and each score stands at its own text."""
    comprehend.refused_in_batches.add("A loss.")

    assert judge.judge(["A record.", "A loss.", "A record."]) == [Scores(*GOOD), Scores(*BAD), Scores(*GOOD)]
    assert comprehend.alone == ["A loss."]


def test_a_text_that_is_refused_alone_too_has_no_scores(judge, comprehend):
    """The others have theirs."""
    comprehend.refused.add("A loss.")

    assert judge.judge(["A loss.", "A record."]) == [None, Scores(*GOOD)]


def test_a_text_that_is_too_long_has_no_scores(judge):
    """By Comprehend's own count, in bytes."""
    assert judge.judge(["損失" * 1000, "A record."]) == [None, Scores(*GOOD)]


def test_a_batch_that_is_refused_whole_is_judged_text_by_text(judge, comprehend):
    """One text may spoil a batch."""
    comprehend.fail("InvalidRequestException", "batch_detect_sentiment")

    assert judge.judge(["A loss.", "A record."]) == [Scores(*BAD), Scores(*GOOD)]
    assert comprehend.alone == ["A loss.", "A record."]


def test_a_language_that_comprehend_lacks_is_told(comprehend):
    """The caller keeps the transcript without a tone."""
    with pytest.raises(UnsupportedLanguageError):
        ToneJudge(comprehend, "sv").judge(["Rekord."])


@pytest.mark.parametrize("operation", ["batch_detect_sentiment", "detect_sentiment"])
@pytest.mark.parametrize(
    "error",
    ["ThrottlingException", "TooManyRequestsException", "InternalServerException", ReadTimeoutError(endpoint_url="c")],
    ids=str,
)
def test_a_judge_that_is_busy_or_down_is_worth_waiting_for(operation, error, judge, comprehend):
    """In a batch, and alone."""
    comprehend.refused_in_batches.add("A record.")
    comprehend.fail(error, operation)

    with pytest.raises(ToneUnavailable):
        judge.judge(["A record."])


@pytest.mark.parametrize("operation", ["batch_detect_sentiment", "detect_sentiment"])
def test_a_missing_permission_is_named(operation, judge, comprehend):
    """In a batch, and alone."""
    comprehend.refused_in_batches.add("A record.")
    comprehend.fail("AccessDeniedException", operation)

    with pytest.raises(StorageDenied, match="grant it"):
        judge.judge(["A record."])
