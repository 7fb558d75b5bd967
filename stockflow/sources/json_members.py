"""Some members of a large JSON object in a file, without reading what comes after them."""

import json
import re
from pathlib import Path
from typing import TextIO

_FIRST_CHARACTERS = 65_536
_SPACE = re.compile(r"\s*")
_decode = json.JSONDecoder().raw_decode


def member_of(path: Path, name: str) -> object:
    """The value of the member of this name.

    Raises:
        OSError: the file can't be read.
        ValueError: it does not hold a JSON object, or the object lacks this member.
    """
    return members_of(path, name)[name]


def members_of(path: Path, *names: str) -> dict[str, object]:
    """The values of the members of these names; nothing is read after the last of them.

    Raises:
        OSError: the file can't be read.
        ValueError: it does not hold a JSON object, or the object lacks one of these members.
    """
    found: dict[str, object] = {}
    with path.open(encoding="utf-8") as file:
        members = _Members(file)
        while len(found) < len(names) and (member := members.next()) is not None:
            if member[0] in names:
                found[member[0]] = member[1]
    for name in names:
        if name not in found:
            raise ValueError(f"{path} has no member {name!r}")
    return found


class _Members:
    """The members of an object, read one after the other; when the text does not suffice, twice as much is read."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._text = file.read(_FIRST_CHARACTERS)
        self._at = self._after("{", 0)

    def next(self) -> tuple[str, object] | None:
        """Name and value; None after the last one."""
        while True:
            try:
                return self._member()
            except (ValueError, IndexError):
                more = self._file.read(len(self._text))
                if not more:
                    raise ValueError("this is not a JSON object") from None
                self._text += more

    def _member(self) -> tuple[str, object] | None:
        at = self._passed(self._at)
        if self._text[at] == "}":
            return None
        name, at = _decode(self._text, at)
        value, at = _decode(self._text, self._passed(self._after(":", at)))
        at = self._passed(at)
        if self._text[at] not in ",}":
            raise ValueError("between two members is a comma")
        self._at = at + (self._text[at] == ",")
        return str(name), value

    def _passed(self, at: int) -> int:
        """The position of the next character that is not a space."""
        found = _SPACE.match(self._text, at)
        return found.end() if found else at

    def _after(self, sign: str, at: int) -> int:
        at = self._passed(at)
        if self._text[at : at + 1] != sign:
            raise ValueError(f"there is no {sign}")
        return at + 1
