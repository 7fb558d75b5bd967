"""The JSON protocol of AWS: how a stand-in answers a request, and how it refuses one."""

import json
from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

Response = tuple[int, dict[str, str], str | bytes]
"""Status, headers and body."""

_OK, _BAD_REQUEST = 200, 400


class Refused(Exception):
    """A request that the service refuses.

    Attributes:
        code: the error's name, such as ``ConflictException``.
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


def answered(effect: Callable[[], Mapping[str, Any]]) -> Response:
    """The effect's answer, or its refusal, as boto3 reads it."""
    try:
        return _response(_OK, effect())
    except Refused as refused:
        # With 400, as AWS answered; the model declares 409 and 429 for two of them.
        return _response(_BAD_REQUEST, {"__type": refused.code, "Message": str(refused)})


def _response(status: int, document: Mapping[str, Any]) -> Response:
    # moto's interpreter ends an execution with KeyError('RequestId') where an answer has no such id.
    headers = {"Content-Type": "application/x-amz-json-1.1", "x-amzn-RequestId": str(uuid4())}
    return status, headers, json.dumps(document)
