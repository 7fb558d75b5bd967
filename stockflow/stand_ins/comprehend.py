"""In place of Amazon Comprehend: the two calls that score the tone of texts, with its limits."""

from collections.abc import Callable, Mapping
from typing import Any

from stockflow.stand_ins.answers import Refused
from stockflow.stand_ins.constraints import broken_constraints
from stockflow.stand_ins.engines import ToneEngine

MOST_DOCUMENTS = 25
MOST_BYTES = 5000
"""UTF-8 bytes a document (docs.aws.amazon.com/comprehend, "Guidelines and quotas")."""


class Comprehend:
    """DetectSentiment and BatchDetectSentiment over a local engine; thread-safe if the engine is.

    Args:
        engine: scores each text.
        input_shape: botocore's shape of an operation's input.
    """

    def __init__(self, engine: ToneEngine, input_shape: Callable[[str], Any]) -> None:
        self._engine = engine
        self._input_shape = input_shape

    def detect_sentiment(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The label and the scores of one text.

        Raises:
            Refused: the text is empty or too long, or the engine does not know its language.
        """
        self._check("DetectSentiment", request)
        text = request["Text"]
        if problem := _too_long(text):
            raise Refused("TextSizeLimitExceededException", problem)
        return self._judged(text, request["LanguageCode"])

    def batch_detect_sentiment(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The label and the scores of each text; one that is too long is an item of ``ErrorList``.

        Raises:
            Refused: a text is empty, there are more than 25, or the engine does not know their language.
        """
        texts = request["TextList"]
        if len(texts) > MOST_DOCUMENTS:
            raise Refused(
                "BatchSizeLimitExceededException",
                f"The number of documents in the request exceeds the limit of {MOST_DOCUMENTS}. "
                "Try your request again with fewer documents.",
            )
        self._check("BatchDetectSentiment", request)
        problems = {index: problem for index, text in enumerate(texts) if (problem := _too_long(text))}
        return {
            "ResultList": [
                {"Index": index, **self._judged(text, request["LanguageCode"])}
                for index, text in enumerate(texts)
                if index not in problems
            ],
            "ErrorList": [
                {"Index": index, "ErrorCode": "TEXT_SIZE_LIMIT_EXCEEDED", "ErrorMessage": problem}
                for index, problem in problems.items()
            ],
        }

    def _check(self, operation: str, request: Mapping[str, Any]) -> None:
        if problem := broken_constraints(self._input_shape(operation), request):
            raise Refused("ValidationException", problem)
        if not all(text.strip() for text in request.get("TextList", [request.get("Text", "")])):
            raise Refused("InvalidRequestException", "A document of the request has no text.")
        if not self._engine.scores(request["LanguageCode"]):
            raise Refused(
                "UnsupportedLanguageException",
                f"{self._engine.name} has no tone for the language {request['LanguageCode']!r}.",
            )

    def _judged(self, text: str, language: str) -> dict[str, Any]:
        scores = vars(self._engine.score(text, language))
        prevailing = max(scores, key=scores.__getitem__)
        return {
            "Sentiment": prevailing.upper(),
            "SentimentScore": {name.title(): score for name, score in scores.items()},
        }


def _too_long(text: str) -> str:
    size = len(text.encode())
    if size <= MOST_BYTES:
        return ""
    return (
        f"Input text size exceeds limit. Max length of request text allowed is {MOST_BYTES} bytes "
        f"while in this request the text size is {size} bytes"
    )
