"""Clients for a handler whose writes stay in memory, each with what ``functions/`` uses of boto3's interface."""

import hashlib
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from stockflow.replay.objects import FoundFacts, FoundObject, Objects, etag_of

NEW, SAME, OTHER = "new", "the same bytes as are there", "not the bytes that are there"


@dataclass(frozen=True)
class HeldWrite:
    """An object that would have been written; ``beside`` compares it with the existing one."""

    key: str
    size_bytes: int
    beside: str


_NOW_OR_LATER = datetime.max.replace(tzinfo=UTC)
"""When a write that is held was made: no state asks for more."""


class OverlayS3:
    """An S3 client: reads fall through to the run's objects, writes are held in memory and win over them.

    Args:
        objects: what the run left.
        hidden: keys that are treated as missing.
    """

    def __init__(self, objects: Objects, hidden: frozenset[str] = frozenset()) -> None:
        self.changed_since: dict[str, None] = {}
        self._objects = objects
        self._hidden = hidden
        self._held: dict[str, FoundObject] = {}

    @property
    def writes(self) -> list[HeldWrite]:
        """The writes that were held, in the order of the first write of each key."""
        return [HeldWrite(key, len(found.body), self._beside(key, found)) for key, found in self._held.items()]

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, object]:  # noqa: N803, ARG002 # boto3's own names
        found = self._find(Key)
        if found is None:
            raise _refusal("NoSuchKey", "GetObject")
        if found.changed_since:
            self.changed_since[Key] = None
        return {"Body": io.BytesIO(found.body), "ETag": _etag(found), "Metadata": dict(found.metadata)}

    def head_object(self, *, Bucket: str, Key: str) -> dict[str, object]:  # noqa: N803, ARG002 # boto3's own names
        found = self._facts(Key)
        if found is None:
            raise _refusal("404", "HeadObject")
        if found.changed_since:
            self.changed_since[Key] = None
        stored = {"LastModified": found.written, "Metadata": dict(found.metadata)}
        return {"ETag": found.etag, "ContentLength": found.size_bytes, **stored}

    def put_object(
        self,
        *,
        Bucket: str,  # noqa: N803, ARG002
        Key: str,  # noqa: N803
        Body: bytes,  # noqa: N803
        Metadata: Mapping[str, str],  # noqa: N803
        ContentType: str = "",  # noqa: N803, ARG002
        IfMatch: str | None = None,  # noqa: N803
        IfNoneMatch: str | None = None,  # noqa: N803
    ) -> dict[str, object]:
        there = self._find(Key)
        if (IfNoneMatch and there) or (IfMatch and (there is None or _etag(there) != IfMatch)):
            raise _refusal("PreconditionFailed", "PutObject")
        held = self._held[Key] = FoundObject(bytes(Body), dict(Metadata))
        return {"ETag": _etag(held)}

    def get_paginator(self, name: str) -> "OverlayS3":
        """Lists of versions are empty: the one that was there then is an object's only one."""
        assert name in {"list_objects_v2", "list_object_versions"}, name  # noqa: S101 # functions/ lists in no other way
        return self

    def paginate(self, *, Bucket: str, Prefix: str) -> Iterator[dict[str, object]]:  # noqa: N803, ARG002
        there = set(self._objects.keys(Prefix)) - self._hidden
        held = {key for key in self._held if key.startswith(Prefix)}
        yield {"Contents": [{"Key": key} for key in sorted(there | held)]}

    def _find(self, key: str) -> FoundObject | None:
        if key in self._held:
            return self._held[key]
        return None if key in self._hidden else self._objects.get(key)

    def _facts(self, key: str) -> FoundFacts | None:
        held = self._held.get(key)
        if held is not None:
            return FoundFacts(_etag(held), len(held.body), _NOW_OR_LATER, held.metadata)
        return None if key in self._hidden else self._objects.facts(key)

    def _beside(self, key: str, found: FoundObject) -> str:
        there = self._objects.get(key)
        if there is None:
            return NEW
        return SAME if there.body == found.body else OTHER


class EmptyTable:
    """A DynamoDB client with a table that is always empty and accepts every write: a budget that nobody else uses."""

    def __init__(self) -> None:
        self.writes: list[str] = []

    def get_item(self, **_: Any) -> dict[str, object]:
        return {}

    def update_item(self, *, Key: Mapping[str, Mapping[str, str]], **_: Any) -> dict[str, object]:  # noqa: N803 # boto3's own name
        self.writes.append(Key["pk"]["S"])
        return {"Attributes": {}}

    def put_item(self, *, Item: Mapping[str, Mapping[str, str]], **_: Any) -> dict[str, object]:  # noqa: N803 # as above
        self.writes.append(Item["pk"]["S"])
        return {}


class MadeSecret:
    """A Secrets Manager client with one secret."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._text = json.dumps(dict(values))

    def get_secret_value(self, **_: Any) -> dict[str, object]:
        return {"SecretString": self._text}


class HeldSession:
    """A boto3 session with only these clients."""

    def __init__(self, clients: Mapping[str, Any]) -> None:
        self._clients = clients

    def client(self, name: str, **_: Any) -> Any:
        return self._clients[name]


def _etag(found: FoundObject) -> str:
    return found.etag or etag_of(hashlib.md5(found.body, usedforsecurity=False).hexdigest())


def _refusal(code: str, operation: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": code}}, operation)
