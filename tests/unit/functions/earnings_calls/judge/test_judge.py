"""The handler of JudgeTone."""

import pytest

from stockflow_functions.domain.calls.tone import units
from stockflow_functions.domain.errors import (
    BadTranscript,
    StorageDenied,
    StorageUnavailable,
    ToneIncomplete,
    ToneUnavailable,
)
from stockflow_functions.earnings_calls.judge.app import MOST_UNSCORED
from stockflow_functions.earnings_calls.staged import staged
from tests.helpers.call_line import CallLine
from tests.helpers.transcripts import published

NAME = "IBM/2024-04-24.json"


@pytest.fixture
def line():
    return CallLine()


def spoken(line, *texts):
    """What ReadTranscript tells of a call with these turns."""
    line.drop(NAME, published([(f"spk_{number}", text) for number, text in enumerate(texts)]))
    return line.read(NAME)


def scores(line, judged):
    return [(each.positive, each.negative) for each in staged(line.services.bucket, judged["key"])]


def test_every_passage_has_its_scores(line):
    """In the file of the next state; the state itself carries counts."""
    told = spoken(line, "A record quarter.", "Thank you.", "A terrible one.")
    judged = line.judge(NAME, told)

    assert scores(line, judged) == [(0.8, 0.1), (0.0, 0.0), (0.1, 0.8)]
    assert judged == {
        **told,
        "key": "staged/one/IBM%2F2024-04-24.json.judged.json.gz",
        "unscored": 0,
        "units": 9,
    }


def test_passages_go_in_batches_of_twenty_five(line):
    """In their order, none twice."""
    texts = [f"Sentence {number}." for number in range(60)]
    judged = line.judge(NAME, spoken(line, *texts))

    assert [len(batch) for batch in line.aws.comprehend.batches] == [25, 25, 10]
    assert [text for batch in line.aws.comprehend.batches for text in batch] == texts
    assert judged["units"] == units(staged(line.services.bucket, judged["key"])) == 180


def test_passage_that_is_refused_in_its_batch_is_asked_about_alone(line):
    """A batch can succeed in part."""
    line.aws.comprehend.refused_in_batches.add("A record quarter.")
    judged = line.judge(NAME, spoken(line, "A record quarter.", "Thank you."))

    assert scores(line, judged) == [(0.8, 0.1), (0.0, 0.0)]
    assert line.aws.comprehend.alone == ["A record quarter."]


def test_passage_that_is_refused_alone_too_is_counted_and_told(line):
    """It is in no mean."""
    texts = [f"Sentence {number}." for number in range(20)]
    line.aws.comprehend.refused |= set(texts[:2])
    judged = line.judge(NAME, spoken(line, *texts))

    assert judged["unscored"] == 2
    assert judged["warnings"][-1] == "2 of 20 passages could not be judged: they are in no mean."
    assert scores(line, judged)[:3] == [(None, None), (None, None), (0.0, 0.0)]


def test_too_many_unscored_passages_are_no_tone(line):
    """More than a tenth: the call's tone would be a guess."""
    texts = [f"Sentence {number}." for number in range(20)]
    line.aws.comprehend.refused |= set(texts[: int(20 * MOST_UNSCORED) + 1])

    with pytest.raises(ToneIncomplete, match=f"3 of 20 passages of {NAME}"):
        line.judge(NAME, spoken(line, *texts))
    assert line.record(NAME)["passages"] == 20


def test_language_without_tone_is_kept_without_one(line):
    """Nothing is asked, nothing is paid for."""
    judged = line.judge(NAME, {**spoken(line, "Tack så mycket."), "language": "sv-SE"})

    assert (judged["unscored"], judged["units"], line.aws.comprehend.batches) == (1, 0, [])
    assert scores(line, judged) == [(None, None)]


def test_language_that_the_engine_in_use_does_not_know_is_told(line):
    """On a laptop that may be any but English; the engine is named."""
    line.aws.comprehend.fail("UnsupportedLanguageException", "batch_detect_sentiment")
    judged = line.judge(NAME, {**spoken(line, "Danke."), "language": "de-DE"})

    assert (
        judged["warnings"][0] == "The call is in de, which Amazon Comprehend does not judge: it is kept without a tone."
    )
    assert (judged["unscored"], judged["units"]) == (1, 0)


def test_language_that_nobody_knows_is_judged_as_english(line):
    """ReadTranscript's warning says so."""
    judged = line.judge(NAME, {**spoken(line, "A record quarter."), "language": None})

    assert scores(line, judged) == [(0.8, 0.1)]


@pytest.mark.parametrize("operation", ["batch_detect_sentiment", "detect_sentiment"])
@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("ThrottlingException", ToneUnavailable),
        ("InternalServerException", ToneUnavailable),
        ("AccessDeniedException", StorageDenied),
    ],
)
def test_refusal_has_a_name_that_the_workflow_knows(line, code, error, operation):
    """Of a batch or of a passage alone; no half of a call is passed on."""
    told = spoken(line, "A record quarter.")
    line.aws.comprehend.refused_in_batches.add("A record quarter.")
    line.aws.comprehend.fail(code, operation)

    with pytest.raises(error):
        line.judge(NAME, told)
    assert not [key for key in line.s3.objects if "judged" in key]


@pytest.mark.parametrize("body", [None, b"no gzip", b""])
def test_staged_passages_that_are_gone_or_damaged_fail_the_call(line, body):
    """With the sentence that helps."""
    told = spoken(line, "Thank you.")
    del line.s3.objects[told["key"]]
    if body is not None:
        line.s3.place(told["key"], body)

    with pytest.raises(BadTranscript, match=r"run the call again\.$"):
        line.judge(NAME, told)


def test_staged_passages_that_came_cut_are_read_again_not_believed(line):
    """A truncated read is S3's trouble, for the workflow's Retry."""
    told, cut = spoken(line, "Thank you."), [True]
    line.s3.on_get = lambda key, whole: whole[:-7] if "passages" in key and cut and cut.pop() else whole

    with pytest.raises(StorageUnavailable, match="two different bodies"):
        line.judge(NAME, told)
    assert line.judge(NAME, told)["unscored"] == 0
