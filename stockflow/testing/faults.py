"""Faults of a service, on demand."""

import threading
from collections import Counter

from botocore.exceptions import ClientError


def client_error(code: str, operation: str = "AnyOperation", message: str = "", status: int = 400) -> ClientError:
    """What boto3 raises where AWS refuses; ``operation`` is the API's name of it, such as ``GetObject``.

    >>> client_error("AccessDenied", "GetObject").response["Error"]["Code"]
    'AccessDenied'
    """
    error = {"Code": code, "Message": message or code}
    return ClientError({"Error": error, "ResponseMetadata": {"HTTPStatusCode": status}}, operation)


class Faults:
    """A client whose operations can be made to fail. Every fake client is one.

    >>> from stockflow.testing import FakeSns
    >>> topic = FakeSns()
    >>> topic.fail("Throttling", "publish")
    >>> topic.publish(Message="Hello")
    Traceback (most recent call last):
    botocore.exceptions.ClientError: An error occurred (Throttling) when calling the Publish operation: Throttling
    >>> topic.heal()
    >>> topic.publish(Message="Hello")["MessageId"], topic.calls["publish"]
    ('1', 2)

    Attributes:
        calls: how often each operation was called, by boto3's name of it.
    """

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self._faults: dict[str, str | Exception] = {}
        self._fault_of_all: str | Exception | None = None
        self._lock = threading.RLock()

    def fail(self, error: str | Exception, *operations: str) -> None:
        """From now on these operations (``get_object``), or all where none is named, fail: with a code or an error."""
        if operations:
            self._faults.update(dict.fromkeys(operations, error))
        else:
            self._fault_of_all = error

    def heal(self) -> None:
        """Nothing fails any more."""
        self._faults.clear()
        self._fault_of_all = None

    def _called(self, operation: str) -> None:
        """Counts a call, and fails where it is to."""
        with self._lock:
            self.calls[operation] += 1
        error = self._faults.get(operation, self._fault_of_all)
        if isinstance(error, str):
            raise client_error(error, "".join(word.capitalize() for word in operation.split("_")))
        if error:
            raise error
