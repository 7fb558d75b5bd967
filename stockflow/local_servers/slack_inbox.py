"""A stand-in for Slack's incoming webhooks on a laptop: takes messages over HTTP, and enforces Slack's rules.

It answers as Slack does: ``ok``, or a status and a word such as ``invalid_blocks`` (https://docs.slack.dev/messaging/
sending-messages-using-incoming-webhooks, and 2016's list of the statuses). It can be made to fail.
"""

import json
from collections import deque
from dataclasses import dataclass
from threading import Lock
from typing import Any

from stockflow.local_servers.server import LocalHandler, LocalServer
from stockflow_functions.domain.clock import Clock, SystemClock, to_iso

CHANNELS = ("info", "warning", "error")
_PREFIX = "/services/"

MOST_BLOCKS = 50
MOST_FIELDS = 10
MOST_ELEMENTS = 10
LONGEST_TEXT = 40_000
LONGEST_TEXT_OF = {"header": 150, "section": 3_000, "field": 2_000, "context": 3_000}
"""Characters. Slack does not say of what kind; UTF-16 units are counted here, the strictest reading."""


class PayloadError(ValueError):
    """Slack would not take this payload; the text is the word that it answers with, and the reason."""


@dataclass(frozen=True)
class InboxMessage:
    """A message as it came: the channel of its webhook, when (UTC), and the whole payload."""

    channel: str
    received_at: str
    payload: dict[str, Any]

    @property
    def text(self) -> str:
        """The plain text fallback, with Slack's three entities unescaped."""
        return str(self.payload["text"]).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


@dataclass(frozen=True)
class SlackReply:
    """The reply to a request that is not accepted."""

    status: int
    body: str = ""
    retry_after_seconds: int | None = None
    hang_seconds: float = 0.0
    location: str = ""


class SlackInbox(LocalServer):
    """Three webhooks on 127.0.0.1, open as a context manager: ``with SlackInbox() as inbox: inbox.url("error")``.

    Its messages stay readable after its end.
    """

    def __init__(self, clock: Clock | None = None) -> None:
        super().__init__(_Handler)
        self._clock = clock or SystemClock()
        self._lock = Lock()
        self._messages: list[InboxMessage] = []
        self._script: deque[SlackReply] = deque()
        self._always: SlackReply | None = None
        self._requests = 0

    def url(self, channel: str) -> str:
        """The webhook of ``info``, ``warning`` or ``error``."""
        if channel not in CHANNELS:
            raise ValueError(f"there is no channel {channel!r}: use one of {', '.join(CHANNELS)}")
        return f"{self.base_url}{_PREFIX}{channel}"

    @property
    def messages(self) -> list[InboxMessage]:
        """The messages accepted so far, oldest first."""
        with self._lock:
            return list(self._messages)

    @property
    def requests(self) -> int:
        """How many requests came, accepted or not."""
        with self._lock:
            return self._requests

    def answer_next(self, *answers: SlackReply) -> None:
        """Answers the next requests with these, in this order, and accepts none of them."""
        with self._lock:
            self._script.extend(answers)

    def answer_always(self, answer: SlackReply | None) -> None:
        """Answers every request like this from now on, after the scripted ones; None: accepts messages again."""
        with self._lock:
            self._always = answer

    def answer_to(self, path: str, body: bytes) -> SlackReply:
        """The answer to a request; accepts its message if no other answer is due and Slack would accept it."""
        with self._lock:
            self._requests += 1
            scripted = self._script.popleft() if self._script else self._always
        return scripted or self._taken(path.removeprefix(_PREFIX), body)

    def _taken(self, channel: str, body: bytes) -> SlackReply:
        if channel not in CHANNELS:
            return SlackReply(404, "no_service")
        try:
            payload = json.loads(body)
            check_payload(payload)
        except PayloadError as refused:
            return SlackReply(400, str(refused))
        except ValueError:
            return SlackReply(400, "invalid_payload")
        with self._lock:
            self._messages.append(InboxMessage(channel, to_iso(self._clock.now_ms()), payload))
        return SlackReply(200, "ok")


class _Handler(LocalHandler):
    server: SlackInbox

    def do_POST(self) -> None:  # noqa: N802 # http.server's own name
        answer = self.server.answer_to(self.path, self.body())
        if answer.hang_seconds:
            self.server.closing.wait(answer.hang_seconds)
        after = answer.retry_after_seconds
        headers = {
            "Content-Type": "text/plain; charset=utf-8",
            "Retry-After": "" if after is None else str(after),
            "Location": answer.location,
        }
        self.answer(answer.status, answer.body.encode(), headers)


def check_payload(payload: Any) -> None:
    """Checks a webhook's payload against Slack's rules (https://docs.slack.dev/reference/block-kit/blocks).

    Raises:
        PayloadError: a rule is broken.
    """
    if not isinstance(payload, dict):
        raise PayloadError("invalid_payload: a message is a JSON object")
    if not isinstance(payload.get("text"), str) or not payload["text"].strip():
        raise PayloadError("no_text: a message needs text, the fallback of its blocks")
    if characters(payload["text"]) > LONGEST_TEXT:
        raise PayloadError("msg_too_long: text")
    blocks = payload.get("blocks", [])
    if not isinstance(blocks, list) or len(blocks) > MOST_BLOCKS:
        raise PayloadError(f"invalid_blocks: blocks is a list of at most {MOST_BLOCKS}")
    for number, block in enumerate(blocks):
        try:
            _check_block(block)
        except (PayloadError, KeyError, TypeError, AttributeError) as error:
            raise PayloadError(f"invalid_blocks: block {number}: {error}") from None


def characters(text: str) -> int:
    """The text's length in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _check_block(block: dict[str, Any]) -> None:
    kind = block["type"]
    if kind == "divider":
        return
    if kind == "header":
        _check_text(block["text"], LONGEST_TEXT_OF["header"], ("plain_text",))
    elif kind == "section":
        _check_section(block)
    elif kind == "context":
        elements = block["elements"]
        if not 1 <= len(elements) <= MOST_ELEMENTS:
            raise PayloadError(f"a context has 1 to {MOST_ELEMENTS} elements")
        for element in elements:
            _check_text(element, LONGEST_TEXT_OF["context"])
    else:
        raise PayloadError(f"unknown type {kind!r}")


def _check_section(block: dict[str, Any]) -> None:
    fields = block.get("fields", [])
    if "text" not in block and not fields:
        raise PayloadError("a section needs text or fields")
    if "text" in block:
        _check_text(block["text"], LONGEST_TEXT_OF["section"])
    if len(fields) > MOST_FIELDS:
        raise PayloadError(f"a section has at most {MOST_FIELDS} fields")
    for item in fields:
        _check_text(item, LONGEST_TEXT_OF["field"])


def _check_text(text: dict[str, Any], most: int, kinds: tuple[str, ...] = ("plain_text", "mrkdwn")) -> None:
    if text["type"] not in kinds:
        raise PayloadError(f"text of type {text['type']!r} where {' or '.join(kinds)} is due")
    if not 1 <= characters(text["text"]) <= most:
        raise PayloadError(f"text of {characters(text['text'])} characters where 1 to {most} may stand")
