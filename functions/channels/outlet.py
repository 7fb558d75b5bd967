"""Where a stack's messages go: to its webhooks, whose URLs are secrets, and to its topic."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import requests
from aws_lambda_powertools import Logger

from stockflow_functions.channels.delivery import Channels, Delivery
from stockflow_functions.domain.clock import Clock
from stockflow_functions.domain.errors import StockflowError
from stockflow_functions.domain.messages.message import KINDS, Message


class Outlet:
    """Sends messages to the channels that are set up when a message is sent.

    Args:
        secret: returns a value of the secret by its name, "" if it is not set.
        sns: a boto3 client; None if there is no topic.
        topic_arn: "" for none.
        slack: whether Slack is sent anything; if not, no webhook is read.
    """

    def __init__(
        self,
        secret: Callable[[str], str],
        sns: Any,
        topic_arn: str,
        clock: Clock,
        logger: Logger,
        *,
        slack: bool = True,
    ) -> None:
        self._secret = secret
        self._sns = sns
        self._topic_arn = topic_arn
        self._clock = clock
        self._logger = logger
        self._slack = slack

    def send(self, message: Message, *, to_topic: bool = True) -> list[str]:
        """Sends the message and names the channels that took it.

        Raises:
            NotificationFailed: channels are set up, and none of them took it.
            StorageUnavailable, StorageDenied: no webhook can be read, and there is no topic either.
        """
        webhooks = self._webhooks() if self._slack else None
        channels = Channels(webhooks, self._topic_arn if to_topic else "")
        taken = Delivery(channels, session(), self._sns, self._clock, self._logger).send(message)
        self._logger.info("people were notified", extra={"channels": taken})
        return taken

    def _webhooks(self) -> dict[str, str]:
        try:
            return {kind: self._secret(f"SLACK_WEBHOOK_URL_{kind.upper()}") for kind in KINDS}
        except StockflowError as error:
            if not self._topic_arn:
                raise
            self._logger.warning("no webhook can be read, only the topic is used", extra={"reason": str(error)})
            return {}


@lru_cache(maxsize=1)
def session() -> requests.Session:
    """One session per function instance, so that its connection serves the next run too."""
    made = requests.Session()
    made.headers["User-Agent"] = "stockflow"
    return made
