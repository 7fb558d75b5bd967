"""Where a dataset is: a folder laid out as the bucket is, or the bucket."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from io import BufferedReader, FileIO
from pathlib import Path
from typing import BinaryIO, Protocol

from stockflow.dataset.errors import DatasetError
from stockflow.dataset.parts import PART_BYTES, ObjectInParts
from stockflow.file_names import must_be_text
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.domain.actions.together import Origin

_CONNECTIONS = 10
"""That botocore keeps open for a client, if it is not told otherwise (max_pool_connections)."""


class Place(Protocol):
    """Where a dataset is; each object is read whole, as it was at one moment."""

    @property
    def name(self) -> str:
        """What a person calls it."""

    @property
    def readers(self) -> int:
        """How many objects are best read at a time."""

    def keys(self, prefix: str) -> Iterator[str]:
        """All keys below the prefix."""

    def read(self, key: str) -> bytes | None:
        """The object under the key, or None if it is missing."""

    def in_parts(self, key: str) -> BinaryIO | None:
        """The object as a file of which only what is asked for is read; None if it is missing."""

    def read_at(self, key: str, moment_s: int) -> bytes | None:
        """The object as it was then, seconds since 1970; None if there was none, or that version is not kept.

        A folder keeps the newest alone, and knows by its time since when it is that.
        """

    def unchanged(self, prefix: str, origins: Mapping[str, Origin]) -> set[str]:
        """The keys, all below the prefix, whose objects are still those that were read, as far as that is sure.

        Told without opening one: of a file by size and time, in S3 by the ETags of a list.
        """


class Folder:
    """A dataset in a folder. Runs replace its files by renaming, so that none is ever half of two."""

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        self.readers = min(os.cpu_count() or 1, 8)

    def keys(self, prefix: str) -> Iterator[str]:
        found = []
        for folder, _, files in os.walk(f"{self.name}/{prefix}"):
            below = f"{Path(folder).relative_to(self.name).as_posix()}/".removeprefix("./")
            found += [f"{below}{file}" for file in files]
        for key in sorted(found):
            if not key.isascii():
                must_be_text(Path(self.name) / key)
            yield key

    def read(self, key: str) -> bytes | None:
        return self._read(key, None)

    def _read(self, key: str, moment_s: int | None) -> bytes | None:
        """The file, unless it was written after the moment."""
        try:
            with FileIO(f"{self.name}/{key}") as file:  # half the time of a Path's own way, which counts for hundreds
                late = moment_s is not None and int(os.fstat(file.fileno()).st_mtime) > moment_s
                return None if late else file.readall()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None

    def unchanged(self, prefix: str, origins: Mapping[str, Origin]) -> set[str]:  # noqa: ARG002 # nothing is listed
        return {key for key, origin in origins.items() if self._written(key) == (origin.bytes, origin.written_ms)}

    def _written(self, key: str) -> tuple[int, int] | None:
        """The size of a file in bytes, and when it was written, in ms since 1970, cut to seconds."""
        try:
            found = os.stat(f"{self.name}/{key}")  # noqa: PTH116 # as above
        except (OSError, ValueError):
            return None
        return found.st_size, found.st_mtime_ns // 10**9 * 1000

    def in_parts(self, key: str) -> BinaryIO | None:
        try:
            return (Path(self.name) / key).open("rb")
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None

    def read_at(self, key: str, moment_s: int) -> bytes | None:
        return self._read(key, moment_s)


class Lake:
    """A dataset in S3, perhaps below a prefix."""

    def __init__(self, bucket: Bucket, prefix: str) -> None:
        prefix = prefix.strip("/")
        self._bucket = bucket.below(f"{prefix}/") if prefix else bucket
        self.name = f"s3://{bucket.name}{prefix and '/'}{prefix}"
        self.readers = _CONNECTIONS

    def keys(self, prefix: str) -> Iterator[str]:
        return self._bucket.keys(prefix)

    def read(self, key: str) -> bytes | None:
        found = self._bucket.get(key)
        return None if found is None else found.body

    def in_parts(self, key: str) -> BinaryIO | None:
        facts = self._bucket.facts(key)
        return None if facts is None else BufferedReader(ObjectInParts(self._bucket, key, facts), PART_BYTES)

    def unchanged(self, prefix: str, origins: Mapping[str, Origin]) -> set[str]:
        etags = {key: facts.etag.strip('"') for key, facts in self._bucket.listed(prefix)}
        return {key for key, origin in origins.items() if etags.get(key) == origin.etag}

    def read_at(self, key: str, moment_s: int) -> bytes | None:
        found = self._bucket.version_at(key, moment_s * 1000)
        return None if found is None else found.body


def place_of(text: str) -> Place:
    """The dataset that a person names.

    Raises:
        DatasetError: it can't be one, or there is no such folder.
        InvalidInput: a variable can't be used.
    """
    if "://" not in text:
        if not Path(text).is_dir():
            raise DatasetError(f"There is no folder {text}: name one that a run has written, or s3://BUCKET/PREFIX.")
        return Folder(Path(text))
    scheme, _, rest = text.partition("://")
    bucket, _, prefix = rest.partition("/")  # no URL: ? and # may be in a key
    if scheme.lower() != "s3" or not bucket:
        raise DatasetError(f"{text} can't be a dataset: write a folder, or s3://BUCKET/PREFIX.")
    return Lake(_bucket(bucket), prefix)


def _bucket(name: str) -> Bucket:
    # boto3 takes a quarter of the import, for which nobody who reads a folder should wait.
    from stockflow_functions.runtime.services import Services  # noqa: PLC0415
    from stockflow_functions.runtime.settings import Settings  # noqa: PLC0415

    return Services(replace(Settings.from_environment(os.environ), bucket=name)).bucket


def is_hidden(key: str) -> bool:
    """Whether the name hides the object from query engines."""
    return key.rpartition("/")[2][:1] in {"", ".", "_"}
