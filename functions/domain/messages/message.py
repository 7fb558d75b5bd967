"""A message before it is Slack's or SNS's: our own words are ``str``, text from elsewhere is ``Untrusted``.

The two renderers (``slack``, ``plain``) let no untrusted text format anything: a symbol, an error's sentence, a file
name.
"""

from dataclasses import dataclass, field

INFO, WARNING, ERROR = "info", "warning", "error"
KINDS = (INFO, WARNING, ERROR)


@dataclass(frozen=True)
class Untrusted:
    """Text written by somebody else, shown on one line in at most ``most`` characters."""

    text: str
    most: int = 60


@dataclass(frozen=True)
class Link:
    """A link of our own making."""

    url: str
    label: str


Piece = str | Untrusted | Link


@dataclass(frozen=True)
class Part:
    """A paragraph: a title (may be empty), lines, then commands or sentences that stand on lines of their own."""

    title: str = ""
    lines: tuple[tuple[Piece, ...], ...] = ()
    quoted: tuple[Untrusted, ...] = ()


@dataclass(frozen=True)
class Message:
    """A message: ``title`` is one line of our own words, ``footnote`` is small print."""

    kind: str
    title: str
    parts: tuple[Part, ...] = ()
    footnote: tuple[Piece, ...] = field(default=())
