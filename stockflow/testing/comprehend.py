"""Sentiment from memory, behind the part of boto3's Comprehend client that this project uses."""

from collections.abc import Callable, Sequence
from typing import Any

from stockflow.testing.faults import Faults, client_error

Answer = dict[str, Any]
"""What Comprehend answers, in boto3's shape."""
Four = tuple[float, float, float, float]
"""How likely a text is positive, negative, neutral and mixed."""

NEUTRAL: Four = (0.0, 0.0, 1.0, 0.0)
_MOST_DOCUMENTS, _MOST_BYTES = 25, 5000
_LANGUAGES = frozenset({"en", "es", "fr", "de", "it", "pt", "ar", "hi", "ja", "ko", "zh", "zh-TW"})
_NAMES = ("Positive", "Negative", "Neutral", "Mixed")


class FakeComprehend(Faults):
    """Judges nothing: a test says what each text scores. It has Comprehend's limits and languages.

    >>> comprehend = FakeComprehend()
    >>> comprehend.score = lambda text: (0.9, 0.0, 0.1, 0.0) if "record" in text else NEUTRAL
    >>> comprehend.detect_sentiment(Text="A record quarter.", LanguageCode="en")["SentimentScore"]["Positive"]
    0.9
    >>> comprehend.refused_in_batches.add("Hello.")
    >>> answer = comprehend.batch_detect_sentiment(TextList=["Hello.", "Thank you."], LanguageCode="en")
    >>> [item["Index"] for item in answer["ResultList"]], [item["Index"] for item in answer["ErrorList"]]
    ([1], [0])

    Attributes:
        score: what a text scores; everything is neutral until a test says otherwise.
        refused: the texts that are refused alone and in batches.
        refused_in_batches: those that are refused in batches only.
        batches: the texts of each batch that was taken, in order.
        alone: the texts that were judged alone.
    """

    def __init__(self) -> None:
        super().__init__()
        self.score: Callable[[str], Four] = lambda _text: NEUTRAL
        self.refused: set[str] = set()
        self.refused_in_batches: set[str] = set()
        self.batches: list[list[str]] = []
        self.alone: list[str] = []

    def batch_detect_sentiment(self, TextList: Sequence[str], LanguageCode: str) -> Answer:
        self._called("batch_detect_sentiment")
        if len(TextList) > _MOST_DOCUMENTS:
            raise client_error("BatchSizeLimitExceededException", "BatchDetectSentiment")
        _check_language(LanguageCode, "BatchDetectSentiment")
        self.batches.append(list(TextList))
        answer: Answer = {"ResultList": [], "ErrorList": []}
        for index, text in enumerate(TextList):
            if _is_too_long(text):
                answer["ErrorList"].append({"Index": index, "ErrorCode": "TEXT_SIZE_LIMIT_EXCEEDED"})
            elif text in self.refused | self.refused_in_batches:
                answer["ErrorList"].append({"Index": index, "ErrorCode": "INTERNAL_SERVER_ERROR"})
            else:
                answer["ResultList"].append({"Index": index, **self._judged(text)})
        return answer

    def detect_sentiment(self, Text: str, LanguageCode: str) -> Answer:
        self._called("detect_sentiment")
        _check_language(LanguageCode, "DetectSentiment")
        if _is_too_long(Text):
            raise client_error("TextSizeLimitExceededException", "DetectSentiment")
        if Text in self.refused:
            raise client_error("InvalidRequestException", "DetectSentiment")
        self.alone.append(Text)
        return self._judged(Text)

    def _judged(self, text: str) -> Answer:
        scores = dict(zip(_NAMES, self.score(text), strict=True))
        return {"Sentiment": max(scores, key=scores.__getitem__).upper(), "SentimentScore": scores}


def _is_too_long(text: str) -> bool:
    return len(text.encode()) > _MOST_BYTES


def _check_language(code: str, operation: str) -> None:
    if code not in _LANGUAGES:
        raise client_error("UnsupportedLanguageException", operation)
