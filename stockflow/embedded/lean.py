"""The short way from a function to this process's S3 and DynamoDB, past botocore and moto's HTTP.

Signing, parsing and routing a request cost two to three milliseconds of CPU, and reading or writing what it asks for a
tenth of that. The few operations that functions use for each symbol go straight to moto's stores, inside the same lock
and heard by the same listeners; all others go through boto3's client, and what is written either way is read by both.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from botocore.client import BaseClient
from botocore.exceptions import ClientError

from stockflow.embedded.function_host import end_if_ended
from stockflow.embedded.shared_moto import MOTO, disk_code

T = TypeVar("T")

_BOTOCORES_OWN = BaseClient._make_api_call  # noqa: SLF001 # what who watches or refuses calls replaces


class LeanClient:
    """boto3's client of one service, with a short way for some operations.

    The short way is left while a fault is in force, where somebody has replaced botocore's calls, and from when the
    client's ``meta`` was asked for, with which somebody may have hooked into its events: they see every call.
    """

    service = ""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._is_watched = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    @property
    def meta(self) -> Any:
        """boto3's own."""
        self._is_watched = True
        return self._client.meta

    def _may_be_short(self) -> bool:
        end_if_ended()
        is_replaced = BaseClient._make_api_call is not _BOTOCORES_OWN  # noqa: SLF001 # as above
        return not (self._is_watched or is_replaced or MOTO.faults.in_force)

    def _at_once(self, operation: str, what: tuple[str, str, str], effect: Callable[[], T]) -> T:
        """The effect, as one request; ``what`` is what listeners are told: operation, bucket and key.

        Raises:
            ClientError: the disk does not take it, or does not give it.
        """
        try:
            return MOTO.at_once((self.service, *what), effect)
        except OSError as error:
            raise refused(operation, disk_code(error), "told to fail", 400) from error


def refused(operation: str, code: str, message: str, status: int, **more: object) -> ClientError:
    """A service's refusal, as botocore raises it."""
    metadata = {"HTTPStatusCode": status, "HTTPHeaders": {}, "RetryAttempts": 0}
    return ClientError({"Error": {"Code": code, "Message": message}, "ResponseMetadata": metadata, **more}, operation)


class LeanSession:
    """boto3's session, whose clients have a short way where there is one.

    Args:
        clients: by service, what makes a client of boto3's one.
    """

    def __init__(self, session: Any, clients: Mapping[str, type[LeanClient]]) -> None:
        self._session = session
        self._clients = clients

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)

    def client(self, service: str, **given: Any) -> Any:
        """As boto3's."""
        client = self._session.client(service, **given)
        return self._clients[service](client) if service in self._clients else client
