"""Amazon Comprehend's sentiment, with its errors under the workflow's names."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from stockflow_functions.aws.errors import AWS_ERRORS, DENIED, AwsError, code_of
from stockflow_functions.domain.errors import StorageDenied, ToneUnavailable

MOST_DOCUMENTS = 25
"""In one batch (docs.aws.amazon.com/comprehend, BatchDetectSentiment)."""
_NOT_THIS_TEXT = frozenset({"InvalidRequestException", "TextSizeLimitExceededException", "ValidationException"})
_NOT_THIS_LANGUAGE = "UnsupportedLanguageException"


class UnsupportedLanguageError(Exception):
    """The judge does not know the language at all."""


@dataclass(frozen=True)
class Scores:
    """How likely a text is positive, negative, neutral or both positive and negative: each 0 to 1, together 1."""

    positive: float
    negative: float
    neutral: float
    mixed: float


class ToneJudge:
    """Judges texts of one language.

    Raises:
        UnsupportedLanguageError: it does not judge the language.
        ToneUnavailable: Comprehend is throttled or down.
        StorageDenied: this role may not ask it.
    """

    def __init__(self, client: Any, language: str) -> None:
        self._client = client
        self._language = language

    def judge(self, texts: Sequence[str]) -> list[Scores | None]:
        """The scores of each text; None for one that Comprehend refuses in the batch and alone."""
        found: list[Scores | None] = []
        for start in range(0, len(texts), MOST_DOCUMENTS):
            found += self._batch(list(texts[start : start + MOST_DOCUMENTS]))
        return found

    def _batch(self, texts: list[str]) -> list[Scores | None]:
        """A batch can succeed in part: what is missing from its answer is asked about alone."""
        scores: list[Scores | None] = [None] * len(texts)
        try:
            answer = self._client.batch_detect_sentiment(TextList=texts, LanguageCode=self._language)
        except AWS_ERRORS as error:
            if code_of(error) not in _NOT_THIS_TEXT:
                raise _named(error) from error
            answer = {"ResultList": []}
        for result in answer["ResultList"]:
            scores[result["Index"]] = _scores(result["SentimentScore"])
        return [score or self._alone(text) for score, text in zip(scores, texts, strict=True)]

    def _alone(self, text: str) -> Scores | None:
        try:
            answer = self._client.detect_sentiment(Text=text, LanguageCode=self._language)
        except AWS_ERRORS as error:
            if code_of(error) in _NOT_THIS_TEXT:
                return None
            raise _named(error) from error
        return _scores(answer["SentimentScore"])


def _scores(score: dict[str, float]) -> Scores:
    return Scores(score["Positive"], score["Negative"], score["Neutral"], score["Mixed"])


def _named(error: AwsError) -> Exception:
    code = code_of(error)
    if code == _NOT_THIS_LANGUAGE:
        return UnsupportedLanguageError()
    if code in DENIED:
        return StorageDenied(f"This role may not ask Amazon Comprehend ({code}): grant it in the role's policy.")
    return ToneUnavailable(f"Amazon Comprehend could not judge the passages ({code}).")
