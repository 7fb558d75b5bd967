"""Makes the texts of a run safe for a terminal: those of vendors, people and histories may hold anything."""

import re
import sys
from io import TextIOWrapper

import click

# Control characters move the cursor or rename the window, marks of direction show a text as another one, and half a
# surrogate pair can't be written at all.
_UNFIT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_SIGN = "\ufffd"


def printable(text: str) -> str:
    """The text with a replacement for each character that is unsafe to show; line breaks stay."""
    return _UNFIT.sub(_SIGN, text)


def on_one_line(text: str) -> str:
    """The same on one line, so that no text can pass for a line of ours."""
    return printable(text).replace("\n", _SIGN)


def say(text: str, *, err: bool = False) -> None:
    """Prints one line."""
    click.echo(on_one_line(text), err=err)


def in_unicode() -> bool:
    """Whether standard output takes every character, as UTF-8 does."""
    return (sys.stdout.encoding or "").lower().startswith("utf")


def never_refused() -> None:
    """Has standard output write a character that its encoding lacks as Python does, in place of an error."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
