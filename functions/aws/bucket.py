"""The bucket: reads, writes and conditional writes, with S3's errors under the workflow's names."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from typing import Any

from stockflow_functions.aws.errors import AWS_ERRORS, DENIED, AwsError, code_of
from stockflow_functions.domain.errors import StockflowError, StorageDenied, StorageUnavailable, WriteConflict

_LOST = frozenset({"PreconditionFailed", "ConditionalRequestConflict"})
"""S3's codes for a lost race: 412, and 409 where another write or delete was under way. To replace an object that
was deleted since is a 404."""
_MISSING = frozenset({"404", "NoSuchKey"})
"""A HEAD has no body to name its error in, so that its status is the code."""


@dataclass(frozen=True)
class StoredObject:
    """An object as it was read: its bytes, and the ETag to replace it by."""

    body: bytes
    etag: str
    metadata: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ObjectFacts:
    """What is known of an object without reading it: its size in bytes, and when it was written."""

    etag: str
    bytes: int
    written_ms: int
    metadata: dict[str, str] = field(default_factory=dict)


class Bucket:
    """One S3 bucket, or what is below a prefix of it.

    Each method raises ``StorageUnavailable`` or ``StorageDenied`` where S3 refuses.
    """

    def __init__(self, s3: Any, name: str, prefix: str = "") -> None:
        self._s3 = s3
        self.name = name
        self._prefix = prefix

    def below(self, prefix: str) -> "Bucket":
        """The same bucket, all keys taken to be below the prefix."""
        return Bucket(self._s3, self.name, self._prefix + prefix)

    def full_key(self, key: str) -> str:
        """The key as it is in the bucket, with the prefix."""
        return self._prefix + key

    def facts(self, key: str) -> ObjectFacts | None:
        """What is known of the object under the key, or None if it is missing."""
        return self._facts(key)

    def versions(self, key: str, since_ms: int) -> Iterator[ObjectFacts]:
        """What is known of each version of the object that was written since then, the newest first."""
        try:
            for item in self._newest_first(key):
                if "ETag" in item and _ms(item["LastModified"]) >= since_ms:
                    found = self._facts(key, VersionId=item["VersionId"])
                    if found is not None:
                        yield found
        except AWS_ERRORS as error:
            raise self._named(error, "list the versions of", key) from error

    def _facts(self, key: str, **version: str) -> ObjectFacts | None:
        try:
            answer = self._s3.head_object(Bucket=self.name, Key=self._prefix + key, **version)
        except AWS_ERRORS as error:
            if code_of(error) in _MISSING:
                return None
            raise self._named(error, "read", key) from error
        return ObjectFacts(
            answer["ETag"], answer["ContentLength"], _ms(answer["LastModified"]), answer.get("Metadata", {})
        )

    def version_at(self, key: str, moment_ms: int) -> StoredObject | None:
        """The object under the key as it was at that moment; None if there was none, or that version is gone.

        S3 tells whole seconds: of those that were written in the moment's own, the last is taken.
        """
        try:
            then = (item for item in self._newest_first(key) if _ms(item["LastModified"]) <= moment_ms)
            newest = next(then, None)
        except AWS_ERRORS as error:
            raise self._named(error, "list the versions of", key) from error
        # A delete marker has no ETag: nothing was there then.
        return self._get(key, VersionId=newest["VersionId"]) if newest and "ETag" in newest else None

    def _newest_first(self, key: str) -> Iterator[dict[str, Any]]:
        """All versions and delete markers of the object, as S3 lists them."""
        pages = self._s3.get_paginator("list_object_versions")
        for page in pages.paginate(Bucket=self.name, Prefix=self._prefix + key):
            items = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
            for item in sorted(items, key=itemgetter("LastModified"), reverse=True):
                if item["Key"] == self._prefix + key:
                    yield item

    def get(self, key: str, most_bytes: int | None = None) -> StoredObject | None:
        """The object under the key, or None if it is missing; of a larger one only the first ``most_bytes``."""
        return self._get(key, most_bytes)

    def _get(self, key: str, most_bytes: int | None = None, **version: str) -> StoredObject | None:
        try:
            answer = self._s3.get_object(Bucket=self.name, Key=self._prefix + key, **version)
            with closing(answer["Body"]) as body:
                found = body.read(most_bytes)
                if most_bytes is not None and len(found) < most_bytes:
                    body.read()  # boto3 tells a cut answer by its length only when it is read to its end
                return StoredObject(found, answer["ETag"], answer.get("Metadata", {}))
        except AWS_ERRORS as error:
            if code_of(error) in {"NoSuchKey", "NoSuchVersion"}:
                return None
            raise self._named(error, "read", key) from error

    def part(self, key: str, first: int, last: int, etag: str) -> bytes:
        """So many bytes of the object with this ETag, the first and the last one included.

        Raises:
            WriteConflict: another object is under the key by now, or none.
        """
        try:
            answer = self._s3.get_object(
                Bucket=self.name, Key=self._prefix + key, Range=f"bytes={first}-{last}", IfMatch=etag
            )
            with closing(answer["Body"]) as body:
                return bytes(body.read())
        except AWS_ERRORS as error:
            if code_of(error) in _LOST | {"NoSuchKey"}:
                raise WriteConflict(f"another run wrote {key} in between.") from error
            raise self._named(error, "read", key) from error

    def put(
        self,
        key: str,
        body: bytes,
        *,
        content_type: str = "application/octet-stream",
        if_match: str | None = None,
        if_none_match: bool = False,
        metadata: dict[str, str] | None = None,
    ) -> str:
        """Writes the object and returns its ETag.

        Args:
            if_match: write only over the object with this ETag.
            if_none_match: write only if there is no object yet.

        Raises:
            WriteConflict: the condition does not hold, or no longer does.
        """
        conditions: dict[str, str] = {}
        if if_match is not None:
            conditions["IfMatch"] = if_match
        if if_none_match:
            conditions["IfNoneMatch"] = "*"
        try:
            answer = self._s3.put_object(
                Bucket=self.name,
                Key=self._prefix + key,
                Body=body,
                ContentType=content_type,
                Metadata=metadata or {},
                **conditions,
            )
        except AWS_ERRORS as error:
            if code_of(error) in _LOST or (if_match is not None and code_of(error) == "NoSuchKey"):
                raise WriteConflict(f"another run wrote {key} in between.") from error
            raise self._named(error, "write", key) from error
        return str(answer["ETag"])

    def get_json(self, key: str) -> Any:
        """The parsed object under the key, or None if it is missing."""
        stored = self.get(key)
        return None if stored is None else json.loads(stored.body)

    def put_json(self, key: str, value: Any) -> None:
        """Writes the value as indented JSON."""
        text = json.dumps(value, indent=2, ensure_ascii=False) + "\n"
        self.put(key, text.encode(), content_type="application/json")

    def keys(self, prefix: str) -> Iterator[str]:
        """All keys below the prefix, in S3's order."""
        return (item["Key"].removeprefix(self._prefix) for item in self._listed(prefix))

    def listed(self, prefix: str) -> Iterator[tuple[str, ObjectFacts]]:
        """All keys below the prefix, in S3's order, with what a list says of each object: no metadata."""
        for item in self._listed(prefix):
            facts = ObjectFacts(item["ETag"], item["Size"], _ms(item["LastModified"]))
            yield item["Key"].removeprefix(self._prefix), facts

    def _listed(self, prefix: str) -> Iterator[dict[str, Any]]:
        try:
            pages = self._s3.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self.name, Prefix=self._prefix + prefix):
                yield from page.get("Contents", [])
        except AWS_ERRORS as error:
            raise self._named(error, "list", prefix) from error

    def _named(self, error: AwsError, verb: str, key: str) -> StockflowError:
        code = code_of(error)
        place = f"s3://{self.name}/{self._prefix}{key}"
        if code in DENIED:
            return StorageDenied(f"This role may not {verb} {place} ({code}): grant it in the role's policy.")
        if code == "NoSuchBucket":
            return StorageDenied(f"There is no bucket {self.name}: create it, or correct S3_BUCKET.")
        return StorageUnavailable(f"S3 could not {verb} {place} ({code}).")


def _ms(moment: datetime) -> int:
    """In milliseconds since 1970; S3 tells whole seconds."""
    return round(moment.timestamp() * 1000)


def is_missing_bucket(error: StockflowError) -> bool:
    """Whether a method was refused because there is no such bucket."""
    cause = error.__cause__
    return isinstance(cause, AWS_ERRORS) and code_of(cause) == "NoSuchBucket"
