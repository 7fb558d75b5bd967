"""Objects of moto's bucket whose bytes are in a file alone: a universe of them is not in memory."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.s3.models import FakeKey, s3_backends


class _InFile:
    """What moto asks of the buffer that an object's bytes are in, as far as it only reads them."""

    def __init__(self, path: Path, *, is_read_back: bool) -> None:
        self.is_read_back = is_read_back
        self._path = path
        self._at = 0

    def seek(self, at: int) -> None:
        """The next read begins there."""
        self._at = at

    def read(self, most_bytes: int = -1) -> bytes:
        """The bytes from here on, all or so many; none at the end."""
        with self._path.open("rb") as file:
            file.seek(self._at)
            found = file.read(most_bytes)
        self._at += len(found)
        return found

    def close(self) -> None:
        """Nothing is open between reads."""


def objects_of(bucket: str) -> Any:
    """The objects of a bucket of moto's, by key; each has its versions."""
    return s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets[bucket].keys


def keep_in_file(stored: FakeKey, path: Path, *, is_read_back: bool = False) -> None:
    """The object's bytes are those of the file from now on, and are read when somebody asks for them.

    It was written when the file was, so that whoever reads the folder can tell whether it is still the same object.
    """
    stored._value_buffer.close()  # noqa: SLF001 # the only place where moto has the bytes
    vars(stored)["_value_buffer"] = _InFile(path, is_read_back=is_read_back)
    facts = path.stat()
    stored.contentsize = facts.st_size
    seconds, nanoseconds = divmod(facts.st_mtime_ns, 10**9)
    written = datetime.fromtimestamp(seconds, UTC).replace(microsecond=nanoseconds // 1000)
    stored.last_modified = written.replace(tzinfo=None)  # moto's are in UTC without saying so


def add_from_file(bucket: str, key: str, path: Path) -> None:
    """Puts an object into the bucket without reading its bytes; its ETag is reckoned when somebody asks for it."""
    made = s3_backends[DEFAULT_ACCOUNT_ID]["aws"].put_object(bucket, key, b"")
    keep_in_file(made, path, is_read_back=True)


def keep_in_memory(versions: list[Any]) -> None:
    """Before their file changes: versions that were written since the start keep their bytes. Few objects have any."""
    for version in versions:
        buffer = vars(version).get("_value_buffer")
        if isinstance(buffer, _InFile) and not buffer.is_read_back:
            vars(version)["_value_buffer"] = BytesIO(version.value)


def without_bytes(version: Any) -> bool:
    """Whether the version's bytes were in the file that has changed since: it was read back, and is no more."""
    return isinstance(vars(version).get("_value_buffer"), _InFile)
