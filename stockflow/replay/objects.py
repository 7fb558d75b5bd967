"""The objects that a run read and wrote: in the output folder, or in the bucket as it was at the time. Read only."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NotRequired, Protocol, TypedDict, TypeVar

from botocore.exceptions import ClientError

from stockflow.cloud.refusals import aws_errors_as_sentences
from stockflow_functions.aws.errors import NOT_ALLOWED, code_of

_ABSENT = frozenset({"NoSuchKey", "NoSuchVersion", "404"})

Found = TypeVar("Found")


@dataclass(frozen=True)
class FoundObject:
    """An object's bytes and metadata; ``changed_since`` if it has, or may have, changed since the state read it.

    ``etag`` is "" where the place keeps none: then it is that of the bytes.
    """

    body: bytes
    metadata: dict[str, str] = field(default_factory=dict)
    changed_since: bool = False
    etag: str = ""


@dataclass(frozen=True)
class FoundFacts:
    """What is known of an object without reading it, as of one that was read: a recording may have 2 GB."""

    etag: str
    size_bytes: int
    written: datetime
    metadata: dict[str, str] = field(default_factory=dict)
    changed_since: bool = False


class ListedVersion(TypedDict):
    """A version, or a delete marker, which has no ETag, as in ListObjectVersions."""

    Key: str
    VersionId: str
    LastModified: datetime
    ETag: NotRequired[str]


class Objects(Protocol):
    """Reads objects by key; ``place`` names the source for people."""

    place: str

    def get(self, key: str) -> FoundObject | None:
        """The object as the state read it, if that is still available; None if there was none."""

    def facts(self, key: str) -> FoundFacts | None:
        """What was known of it then; None if there was none."""

    def keys(self, prefix: str) -> Iterator[str]:
        """All keys below the prefix, in S3's order."""


class FolderObjects:
    """The output folder of laptop runs. It keeps no earlier versions, so a file may have changed since."""

    def __init__(self, folder: Path, as_of_ms: int, not_there_yet: frozenset[str] = frozenset()) -> None:
        self.place = str(folder)
        self._folder = folder
        self._as_of_ms = as_of_ms
        self._not_there_yet = not_there_yet

    def get(self, key: str) -> FoundObject | None:
        path = self._file(key)
        return FoundObject(path.read_bytes(), changed_since=self._has_changed(path)) if path else None

    def facts(self, key: str) -> FoundFacts | None:
        path = self._file(key)
        if path is None:
            return None
        with path.open("rb") as file:
            etag = etag_of(hashlib.file_digest(file, _md5).hexdigest())
        stat = path.stat()
        written = datetime.fromtimestamp(stat.st_mtime, UTC)
        return FoundFacts(etag, stat.st_size, written, changed_since=self._has_changed(path))

    def keys(self, prefix: str) -> Iterator[str]:
        above = prefix.rpartition("/")[0]
        start = self._path_of(above) if above else self._folder
        found = (path for path in start.rglob("*") if path.is_file()) if start else iter(())
        names = (path.relative_to(self._folder).as_posix() for path in found)
        yield from sorted(name for name in names if name.startswith(prefix))

    def _file(self, key: str) -> Path | None:
        path = self._path_of(key)
        return path if path and path.is_file() and key not in self._not_there_yet else None

    def _has_changed(self, path: Path) -> bool:
        return path.stat().st_mtime * 1000 > self._as_of_ms

    def _path_of(self, key: str) -> Path | None:
        """The file; None for a key that would lead out of the folder: a run from elsewhere may name any key."""
        parts = key.split("/")
        return self._folder.joinpath(*parts) if all(part.strip(".") for part in parts) else None


class S3Objects:
    """A bucket as it was at a moment; if its versions may not be listed, as it is.

    Args:
        s3: a boto3 client.
        as_of_ms: the moment, in milliseconds since 1970.
        execution: the run. S3 has times in whole seconds, so what Save wrote in the second of the moment is recognised
            as later by the execution that is noted on it.

    Raises (on reading):
        CommandFailed, Unusable: S3 refuses; not an error of the handler, though it is raised through it.
    """

    def __init__(self, s3: Any, bucket: str, as_of_ms: int, execution: str) -> None:
        self.place = f"s3://{bucket}"
        self._s3 = s3
        self._bucket = bucket
        self._as_of = datetime.fromtimestamp(as_of_ms / 1000, UTC)
        self._execution = execution

    def get(self, key: str) -> FoundObject | None:
        return self._find(key, self._read)

    def facts(self, key: str) -> FoundFacts | None:
        return self._find(key, self._look)

    def keys(self, prefix: str) -> Iterator[str]:
        with aws_errors_as_sentences(f"list {self.place}/{prefix}", "s3:ListBucket"):
            for page in self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix):
                for item in page.get("Contents", []):
                    yield item["Key"]

    def _find(self, key: str, read: Callable[[str, dict[str, str]], Found | None]) -> Found | None:
        with aws_errors_as_sentences(f"read {self.place}/{key}", "s3:GetObject and s3:GetObjectVersion"):
            version = self._version(key)
            return None if version is None else read(key, version)

    def _version(self, key: str) -> dict[str, str] | None:
        """The version that the call found, as a request names it; None if there was none."""
        try:
            versions = self._versions(key)
        except ClientError as error:
            if code_of(error) not in NOT_ALLOWED:
                raise
            return {}
        since = [number for number, version in enumerate(versions) if self._is_own(key, version)]
        left = versions[since[-1] + 1 :] if since else versions
        return {"VersionId": left[0]["VersionId"]} if left and "ETag" in left[0] else None

    def _versions(self, key: str) -> list[ListedVersion]:
        """This key's versions up to then, newest first, including delete markers, which have no ETag."""
        pages = self._s3.get_paginator("list_object_versions").paginate(Bucket=self._bucket, Prefix=key)
        listed = [item for page in pages for kind in ("Versions", "DeleteMarkers") for item in page.get(kind, [])]
        then = [item for item in listed if item["Key"] == key and item["LastModified"] <= self._as_of]
        return sorted(then, key=lambda item: item["LastModified"], reverse=True)

    def _is_own(self, key: str, version: ListedVersion) -> bool:
        """Whether the call itself, or a later one of its run, wrote this version in the second of the call."""
        if "ETag" not in version or self._as_of - version["LastModified"] >= timedelta(seconds=1):
            return False
        found = self._look(key, {"VersionId": version["VersionId"]})
        return found is not None and found.metadata.get("execution") == self._execution

    def _read(self, key: str, version: dict[str, str]) -> FoundObject | None:
        answer = self._ask(self._s3.get_object, key, version)
        if answer is None:
            return None
        return FoundObject(
            answer["Body"].read(), answer.get("Metadata", {}), self._has_changed(answer, version), answer["ETag"]
        )

    def _look(self, key: str, version: dict[str, str]) -> FoundFacts | None:
        answer = self._ask(self._s3.head_object, key, version)
        if answer is None:
            return None
        changed, metadata = self._has_changed(answer, version), answer.get("Metadata", {})
        return FoundFacts(answer["ETag"], answer["ContentLength"], answer["LastModified"], metadata, changed)

    def _ask(self, ask: Callable[..., Any], key: str, version: dict[str, str]) -> Any:
        try:
            return ask(Bucket=self._bucket, Key=key, **version)
        except ClientError as error:
            if code_of(error) in _ABSENT:
                return None
            raise

    def _has_changed(self, answer: Any, version: dict[str, str]) -> bool:
        return not version and bool(answer["LastModified"] > self._as_of)


def etag_of(digest: str) -> str:
    """The ETag of an object that was written in one piece, by its MD5."""
    return f'"{digest}"'


def _md5() -> Any:
    return hashlib.md5(usedforsecurity=False)
