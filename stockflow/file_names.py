"""The names of a dataset's files, which are its keys."""

from pathlib import Path

from stockflow.errors import Unusable


def must_be_text(path: Path) -> None:
    """Refuses a file name that can't be a key.

    Raises:
        Unusable: the name is not UTF-8.
    """
    try:
        str(path).encode()
    except UnicodeEncodeError:
        name = ascii(str(path))
        raise Unusable(f"{name} has a name that is not UTF-8: rename it, or take it out of the folder.") from None
