"""The secret with the API key and the webhooks."""

import json
from collections.abc import Callable
from typing import Any

from stockflow_functions.aws.errors import AWS_ERRORS, DENIED, code_of
from stockflow_functions.domain.clock import Clock
from stockflow_functions.domain.errors import StorageDenied, StorageUnavailable
from stockflow_functions.domain.redaction import Redactor

MAX_AGE_SECONDS = 300


class Secret:
    """One secret of Secrets Manager, a JSON object of texts, read again every five minutes.

    Args:
        client: makes the Secrets Manager client, when the secret is first read.
        names: the values to use.
        redactor: learns each of them.
    """

    def __init__(
        self, client: Callable[[], Any], secret_id: str, names: tuple[str, ...], clock: Clock, redactor: Redactor
    ) -> None:
        self._client = client
        self._id = secret_id
        self._names = names
        self._clock = clock
        self._redactor = redactor
        self._values: dict[str, str] = {}
        self._read_ms: int | None = None

    def value(self, name: str) -> str:
        """One value, or "" where it is not set.

        Raises:
            StorageDenied: there is no such secret, or this role may not read it.
            StorageUnavailable: Secrets Manager does not answer.
        """
        now_ms = self._clock.now_ms()
        if self._read_ms is None or now_ms - self._read_ms > MAX_AGE_SECONDS * 1000:
            self._values = self._read()
            self._redactor.learn(*self._values.values())
            self._read_ms = now_ms
        return self._values.get(name, "")

    def _read(self) -> dict[str, str]:
        try:
            text = self._client().get_secret_value(SecretId=self._id).get("SecretString")
        except AWS_ERRORS as error:
            code = code_of(error)
            if code in DENIED or code == "ResourceNotFoundException":
                raise StorageDenied(
                    f"The secret {self._id} can't be read ({code}): create it, or grant it to this role."
                ) from None
            raise StorageUnavailable(f"Secrets Manager did not return {self._id} ({code}).") from None
        try:
            values = json.loads(text)
        except (TypeError, ValueError):
            values = None
        if not isinstance(values, dict):
            raise StorageDenied(f"The secret {self._id} is not a JSON object of strings.")
        return {name: str(value).strip() for name, value in values.items() if name in self._names}
