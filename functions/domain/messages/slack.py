"""A message as Slack takes it: Block Kit blocks, and a plain text fallback.

Untrusted text stands only in code: there Slack knows no formatting, mention or link but what ``<...>`` says, and
``&``, ``<``, ``>`` are escaped (https://docs.slack.dev/messaging/formatting-message-text). ``verbatim`` keeps Slack
from making links and mentions out of plain words.
"""

from collections.abc import Mapping
from typing import TypeAlias

from stockflow_functions.domain.messages.message import (
    ERROR,
    INFO,
    WARNING,
    Link,
    Message,
    Part,
    Piece,
    Untrusted,
)
from stockflow_functions.domain.messages.plain import as_text
from stockflow_functions.domain.words import on_one_line

Payload: TypeAlias = Mapping[str, object]
"""JSON of Slack's."""

MOST_BLOCKS = 50
LONGEST_HEADER = 150
LONGEST_SECTION = 3_000
LONGEST_FALLBACK = 3_000
"""Slack's limits (https://docs.slack.dev/reference/block-kit/blocks); the fallback's is ours, Slack cuts at 40,000."""

EMOJI = {INFO: ":white_check_mark:", WARNING: ":warning:", ERROR: ":rotating_light:"}
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_CUT = "\N{HORIZONTAL ELLIPSIS}"


def payload(message: Message) -> Payload:
    """The JSON for a webhook."""
    blocks: list[Payload] = [_header(message), *(_section(part) for part in message.parts)][: MOST_BLOCKS - 1]
    if message.footnote:
        blocks.append({"type": "context", "elements": [_markup(_line(message.footnote))]})
    return {
        "text": escaped(as_text(message), LONGEST_FALLBACK),
        "blocks": blocks,
        "parse": "none",
        "link_names": False,
        "unfurl_links": False,
        "unfurl_media": False,
    }


def escaped(text: str, most: int) -> str:
    """The text with Slack's three characters escaped, cut so that the result has at most ``most`` UTF-16 units."""
    taken: list[str] = []
    room = most
    for char in text:
        taken.append(_ENTITIES.get(char, char))
        room -= _units(taken[-1])
        if room < 0:
            while room < 1:
                room += _units(taken.pop())
            return "".join(taken) + _CUT
    return "".join(taken)


def _units(text: str) -> int:
    return len(text) + sum(char > "\uffff" for char in text)


def code(foreign: Untrusted) -> str:
    """Untrusted text as inline code."""
    return f"`{_inside_code(foreign)}`"


def _inside_code(foreign: Untrusted) -> str:
    text = on_one_line(foreign.text).replace("`", "'")
    return escaped(text or "?", foreign.most)


def _header(message: Message) -> Payload:
    title = escaped(f"{EMOJI[message.kind]} {message.title}", LONGEST_HEADER)
    return {"type": "header", "text": {"type": "plain_text", "text": title, "emoji": True}}


def _section(part: Part) -> Payload:
    lines = [f"*{part.title}*"] if part.title else []
    lines += [_line(line) for line in part.lines]
    lines += [f"```{_inside_code(quoted)}```" for quoted in part.quoted]
    return {"type": "section", "text": _markup("\n".join(lines))}


def _line(pieces: tuple[Piece, ...]) -> str:
    return "".join(_piece(piece) for piece in pieces)


def _piece(piece: Piece) -> str:
    if isinstance(piece, Untrusted):
        return code(piece)
    if isinstance(piece, Link):
        return f"<{piece.url}|{piece.label}>"
    return escaped(piece, LONGEST_SECTION)


def _markup(text: str) -> Payload:
    return {"type": "mrkdwn", "text": text, "verbatim": True}
