"""The names of a dataset's files, which are those of its keys."""

from pathlib import Path

from stockflow.errors import Unusable


def must_be_text(path: Path) -> None:
    """Holds a file's name to what a key can have.

    Raises:
        Unusable: the name is no UTF-8.
    """
    try:
        str(path).encode()
    except UnicodeEncodeError:
        told = ascii(str(path))
        raise Unusable(f"{told} has a name that is no UTF-8: rename it, or take it out of the folder.") from None
