"""A message as plain text: Slack's fallback, and the whole of what SNS sends."""

from stockflow_functions.domain.messages.message import Link, Message, Part, Piece, Untrusted
from stockflow_functions.domain.words import on_one_line

LONGEST_SUBJECT = 99
"""SNS: fewer than 100 ASCII characters, no line end (https://docs.aws.amazon.com/sns/latest/api/API_Publish.html)."""


def subject(message: Message) -> str:
    """One line of ASCII for an e-mail's subject."""
    line = on_one_line(f"stockflow {message.kind}: {message.title}")
    return line.encode("ascii", "replace").decode()[:LONGEST_SUBJECT]


def as_text(message: Message) -> str:
    """The whole message, line by line."""
    lines = [message.title]
    for part in message.parts:
        lines += ["", *_paragraph(part)]
    if message.footnote:
        lines += ["", _line(message.footnote)]
    return "\n".join(lines)


def _paragraph(part: Part) -> list[str]:
    titled = [part.title] if part.title else []
    return [*titled, *(_line(line) for line in part.lines), *(f"    {_shown(text)}" for text in part.quoted)]


def _line(pieces: tuple[Piece, ...]) -> str:
    return "".join(_piece(piece) for piece in pieces)


def _piece(piece: Piece) -> str:
    if isinstance(piece, Untrusted):
        return _shown(piece)
    if isinstance(piece, Link):
        return f"{piece.label}: {piece.url}"
    return piece


def _shown(foreign: Untrusted) -> str:
    text = on_one_line(foreign.text) or "?"
    return text if len(text) <= foreign.most else text[: foreign.most - 1] + "\N{HORIZONTAL ELLIPSIS}"
