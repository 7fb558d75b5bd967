"""Files that are replaced in one step."""

import os
from pathlib import Path

BESIDE = ".*.tmp"
"""The names of half-written files, which can be removed if a killed process left them."""


def write_by_rename(path: Path, body: bytes, *, durable: bool = True) -> None:
    """Writes the file so that a reader sees the old bytes or the new ones, never a mixture, whenever the process ends.

    Args:
        path: its folder is created if needed.
        body: the whole content.
        durable: also guarantee this if the machine loses power; costs milliseconds.

    Raises:
        OSError: the disk is full, or the folder can't be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with beside.open("wb") as file:
            file.write(body)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
