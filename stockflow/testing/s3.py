"""A bucket in memory, behind the part of boto3's S3 client that this project uses."""

import hashlib
import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from stockflow.testing.clock import FakeClock
from stockflow.testing.faults import Faults, client_error
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.domain.clock import Clock

Answer = dict[str, Any]
"""What S3 answers, in boto3's shape."""

_KEYS_OF_A_PAGE = 1000


@dataclass(frozen=True)
class _Version:
    """An object, or where ``body`` is None a delete marker."""

    name: str
    written_ms: int
    body: bytes | None
    metadata: dict[str, str] = field(default_factory=dict)


class FakeS3(Faults):
    """One bucket, whatever it is called: whole objects with metadata, conditional writes, lists, versions.

    >>> s3 = FakeS3()
    >>> etag = s3.bucket.put("prices/a", b"1", if_none_match=True)
    >>> s3.bucket.put("prices/a", b"2", if_none_match=True)
    Traceback (most recent call last):
    stockflow_functions.domain.errors.WriteConflict: another run wrote prices/a in between.
    >>> s3.objects, s3.puts
    ({'prices/a': b'1'}, ['prices/a'])

    Args:
        clock: when a version was written.

    Attributes:
        objects: the bodies that are there now, by key; may be changed.
        metadata: what was noted on each object when it was written.
        puts: the keys of all ``put_object`` that were taken, in order.
        bytes_in: of the bodies that were put.
        bytes_out: of the bodies that were got.
        before_put: called with a key and the number of the put, from 1. It may raise, or change the bucket: another
            run, or a fault.
        on_get: called with a key and its body; gives the body to answer, such as a cut one.
    """

    def __init__(self, clock: Clock | None = None) -> None:
        super().__init__()
        self._clock = clock or FakeClock()
        self.objects: dict[str, bytes] = {}
        self.metadata: dict[str, dict[str, str]] = {}
        self.puts: list[str] = []
        self.bytes_in = self.bytes_out = 0
        self.before_put: Callable[[str, int], None] = lambda _key, _number: None
        self.on_get: Callable[[str, bytes], bytes] = lambda _key, body: body
        self._versions: dict[str, list[_Version]] = {}

    @property
    def bucket(self) -> Bucket:
        """The bucket as the functions use it."""
        return Bucket(self, "test-bucket")

    def place(self, key: str, body: bytes, metadata: Mapping[str, str] | None = None) -> None:
        """Puts an object there as somebody else would: uncounted."""
        self.objects[key] = bytes(body)
        self.metadata[key] = dict(metadata or {})
        self._keep_version(key, self.objects[key])

    def put_json(self, key: str, value: object) -> None:
        """Places the value as JSON."""
        self.place(key, json.dumps(value).encode())

    def json(self, key: str) -> Any:
        """The parsed object under the key.

        Raises:
            KeyError: there is none.
        """
        return json.loads(self.objects[key])

    def get_object(
        self,
        Bucket: str,
        Key: str,
        VersionId: str | None = None,
        Range: str | None = None,
        IfMatch: str | None = None,
    ) -> Answer:
        self._called("get_object")
        with self._lock:
            body, metadata, written_ms = self._version(Key, VersionId) if VersionId else self._now(Key)
        if IfMatch and _etag(body) != IfMatch:
            raise client_error("PreconditionFailed", "GetObject", status=412)
        body, etag = _part(self.on_get(Key, body), Range), _etag(body)
        with self._lock:
            self.bytes_out += len(body)
        stored = {"Metadata": metadata, "LastModified": _whole_seconds(written_ms)}
        return {"Body": io.BytesIO(body), "ETag": _etag(body) if Range is None else etag, **stored}

    def head_object(self, Bucket: str, Key: str, VersionId: str | None = None) -> Answer:
        self._called("head_object")
        with self._lock:
            if VersionId is None and Key not in self.objects:
                raise client_error("404", "HeadObject", "Not Found", status=404)
            body, metadata, written_ms = self._version(Key, VersionId) if VersionId else self._now(Key)
        stored = {"Metadata": metadata, "LastModified": _whole_seconds(written_ms)}
        return {"ContentLength": len(body), "ETag": _etag(body), **stored}

    def put_object(
        self,
        Bucket: str,
        Key: str,
        Body: bytes,
        ContentType: str = "",
        Metadata: Mapping[str, str] | None = None,
        IfMatch: str | None = None,
        IfNoneMatch: str | None = None,
    ) -> Answer:
        self._called("put_object")
        self.before_put(Key, len(self.puts) + 1)
        with self._lock:
            there = self.objects.get(Key)
            if (IfNoneMatch and there is not None) or (IfMatch and (there is None or _etag(there) != IfMatch)):
                raise client_error("PreconditionFailed", "PutObject", status=412)
            self.place(Key, Body, Metadata)
            self.puts.append(Key)
            self.bytes_in += len(Body)
        return {"ETag": _etag(Body)}

    def delete_object(self, Bucket: str, Key: str) -> Answer:
        self._called("delete_object")
        with self._lock:
            self.objects.pop(Key, None)
            self._keep_version(Key, None)
        return {"DeleteMarker": True}

    def get_paginator(self, name: str) -> "_Pages":
        pages = {"list_objects_v2": self._pages_of_objects, "list_object_versions": self._pages_of_versions}
        return _Pages(pages[name])

    def _pages_of_objects(self, prefix: str) -> Iterator[Answer]:
        self._called("list_objects_v2")
        keys = sorted(key for key in self.objects if key.startswith(prefix))
        for start in range(0, max(1, len(keys)), _KEYS_OF_A_PAGE):
            yield {"Contents": [self._item(key) for key in keys[start : start + _KEYS_OF_A_PAGE]]}

    def _item(self, key: str) -> Answer:
        body, _, written_ms = self._now(key)
        return {"Key": key, "ETag": _etag(body), "Size": len(body), "LastModified": _whole_seconds(written_ms)}

    def _pages_of_versions(self, prefix: str) -> Iterator[Answer]:
        """One key's versions a page, newest first; S3 may cut them anywhere."""
        self._called("list_object_versions")
        for key in sorted(key for key in self._versions if key.startswith(prefix)):
            page: Answer = {"Versions": [], "DeleteMarkers": []}
            for version in reversed(self._versions[key]):
                item = {"Key": key, "VersionId": version.name, "LastModified": _whole_seconds(version.written_ms)}
                if version.body is None:
                    page["DeleteMarkers"].append(item)
                else:
                    page["Versions"].append({**item, "ETag": _etag(version.body)})
            yield page

    def _now(self, key: str) -> tuple[bytes, dict[str, str], int]:
        if key not in self.objects:
            raise client_error("NoSuchKey", "GetObject", status=404)
        versions = self._versions.get(key)
        written_ms = versions[-1].written_ms if versions else self._clock.now_ms()
        return self.objects[key], dict(self.metadata.get(key, {})), written_ms

    def _version(self, key: str, name: str) -> tuple[bytes, dict[str, str], int]:
        for version in self._versions.get(key, []):
            if version.name == name and version.body is not None:
                return version.body, dict(version.metadata), version.written_ms
        raise client_error("NoSuchVersion", "GetObject", status=404)

    def _keep_version(self, key: str, body: bytes | None) -> None:
        versions = self._versions.setdefault(key, [])
        metadata = {} if body is None else self.metadata[key]
        versions.append(_Version(f"v{len(versions) + 1}", self._clock.now_ms(), body, metadata))


class _Pages:
    """What ``get_paginator`` gives."""

    def __init__(self, pages: Callable[[str], Iterator[Answer]]) -> None:
        self._pages = pages

    def paginate(self, Bucket: str, Prefix: str = "") -> Iterator[Answer]:
        return self._pages(Prefix)


def _part(body: bytes, wanted: str | None) -> bytes:
    """The bytes of ``bytes=FIRST-LAST``; all where nothing is wanted."""
    if wanted is None:
        return body
    first, last = wanted.removeprefix("bytes=").split("-")
    return body[int(first) : int(last) + 1]


def _etag(body: bytes) -> str:
    return f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'


def _whole_seconds(ms: int) -> datetime:
    """S3 tells times so."""
    return datetime.fromtimestamp(ms // 1000, UTC)
