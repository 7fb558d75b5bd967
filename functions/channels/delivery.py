"""Delivers a message to a Slack webhook, and to an SNS topic as well if there is one.

Which webhook: a message goes to the one of its kind. If that one is not set up or does not take it, an error goes
to the warning webhook and then to the info one; a warning to the info webhook and then to the error one, as a failed
symbol must be reported somewhere; an info goes nowhere else, as good news must not fill a channel meant for trouble.

A webhook's URL is a secret: no log line and no exception here has it, and requests' own exceptions, which have,
are never passed on.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import requests
from aws_lambda_powertools import Logger
from requests.exceptions import ChunkedEncodingError

from stockflow_functions.aws.errors import AWS_ERRORS, code_of
from stockflow_functions.domain.clock import Clock
from stockflow_functions.domain.errors import NotificationFailed
from stockflow_functions.domain.messages import plain, slack
from stockflow_functions.domain.messages.message import ERROR, INFO, WARNING, Message

TIME_OUTS_SECONDS = (3.05, 10.0)
"""To connect, to read."""
MOST_ATTEMPTS = 3
"""At one webhook; if it stays down this long, its fallbacks, which Slack serves too, get one attempt each."""
PATIENCE_SECONDS = 40.0
"""No wait may end later than this after the first attempt. Webhooks that ask for patience and then hang cost 79
seconds at worst; the Task has 115 for everything Notify does."""
WAIT_SECONDS = 0.5
"""After a 5xx or a broken connection; doubled each time."""

FALLBACKS = {INFO: (INFO,), WARNING: (WARNING, INFO, ERROR), ERROR: (ERROR, WARNING, INFO)}

_SLACKS_WORD = re.compile(r"[a-z_]{1,60}")
"""Slack refuses in one word, such as ``no_service`` (https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks).
Other servers repeat the URL's secret path, in forms of their own: they are not quoted."""


@dataclass(frozen=True)
class Channels:
    """Where messages can go: webhook URLs by kind ("" where not set up; None where Slack is muted), and an SNS topic
    ("" for none).
    """

    webhooks: Mapping[str, str] | None
    topic_arn: str = ""


class Refusal(Exception):
    """A channel did not take the message; the text says why, without its URL. ``passing``: it may do so later."""

    def __init__(self, reason: str, *, passing: bool = False) -> None:
        super().__init__(reason)
        self.passing = passing


class Delivery:
    """Sends messages; everything it needs is handed in. ``sns`` is a boto3 client, or None without a topic."""

    def __init__(self, channels: Channels, session: requests.Session, sns: Any, clock: Clock, logger: Logger) -> None:
        self._channels = channels
        self._session = session
        self._sns = sns
        self._clock = clock
        self._logger = logger

    def send(self, message: Message) -> list[str]:
        """Sends the message and names the channels that took it; an empty list where none is set up.

        Raises:
            NotificationFailed: channels are set up, and none of them took it.
        """
        taken, refusals = self._to_slack(message)
        if self._channels.topic_arn:
            try:
                self._publish(message)
                taken.append("sns")
            except Refusal as refusal:
                refusals.append(str(refusal))
        for reason in refusals:
            self._logger.warning("a channel did not take the message", extra={"reason": reason})
        if refusals and not taken:
            raise NotificationFailed(f"No channel took the message: {'; '.join(refusals)}.")
        return taken

    def _to_slack(self, message: Message) -> tuple[list[str], list[str]]:
        webhooks = self._channels.webhooks
        if webhooks is None:
            return [], []
        kinds = [kind for kind in FALLBACKS[message.kind] if webhooks.get(kind)]
        if not webhooks.get(message.kind):
            instead = f"the {kinds[0]} webhook" if kinds else "no webhook"
            self._logger.warning("SLACK_WEBHOOK_URL_%s is not set up: %s is used", message.kind.upper(), instead)
        urls = {webhooks[kind]: kind for kind in reversed(kinds)}
        refusals: list[str] = []
        body = slack.payload(message)
        give_up_ms = self._clock.now_ms() + round(PATIENCE_SECONDS * 1000)
        most_attempts = MOST_ATTEMPTS
        for url, kind in reversed(urls.items()):
            try:
                self._post(url, body, give_up_ms, most_attempts)
            except Refusal as refusal:
                refusals.append(f"the {kind} webhook {refusal}")
                most_attempts = 1 if refusal.passing else most_attempts
            else:
                return [f"slack {kind}"], refusals
        return [], refusals

    def _post(self, url: str, body: slack.Payload, give_up_ms: int, most_attempts: int) -> None:
        wait_seconds = WAIT_SECONDS
        for attempt in range(1, most_attempts + 1):
            asked_seconds, reason = self._post_once(url, body)
            if not reason:
                return
            pause_seconds = wait_seconds if asked_seconds is None else asked_seconds
            late = self._clock.now_ms() + pause_seconds * 1000 > give_up_ms
            if late or attempt == most_attempts:
                raise Refusal(f"{reason}, {attempt} times" if attempt > 1 else reason, passing=True)
            self._clock.sleep(pause_seconds)
            wait_seconds *= 2

    def _post_once(self, url: str, body: slack.Payload) -> tuple[float | None, str]:
        """Posts; returns the seconds that Slack asks to wait (None if it does not say), and why it failed ("" if not).

        Raises:
            Refusal: another attempt would end the same way.
        """
        try:
            answer = self._session.post(url, json=body, timeout=TIME_OUTS_SECONDS, allow_redirects=False)
        except (requests.ConnectionError, requests.Timeout, ChunkedEncodingError) as error:
            return None, f"could not be reached ({type(error).__name__})"
        except (requests.RequestException, ValueError) as error:
            raise Refusal(f"can't be posted to ({type(error).__name__}): check its URL") from None
        if answer.status_code == HTTPStatus.OK:
            return None, ""
        word = _SLACKS_WORD.fullmatch(answer.text.strip())
        said = f"answered {answer.status_code} {word[0] if word else ''}".rstrip()
        if answer.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            return _retry_after_seconds(answer), said
        if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return None, said
        raise Refusal(said)

    def _publish(self, message: Message) -> None:
        try:
            self._sns.publish(
                TopicArn=self._channels.topic_arn,
                Subject=plain.subject(message),
                Message=plain.as_text(message),
                MessageAttributes={"kind": {"DataType": "String", "StringValue": message.kind}},
            )
        except AWS_ERRORS as error:
            raise Refusal(f"the SNS topic refused ({code_of(error)})") from None


def _retry_after_seconds(answer: requests.Response) -> float | None:
    """The header in seconds; Slack never sends the other form, a date."""
    try:
        return max(0.0, float(answer.headers["Retry-After"]))
    except (KeyError, ValueError):
        return None
