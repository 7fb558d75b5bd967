"""The short way to objects: see :mod:`stockflow.embedded.lean`."""

import io
from collections.abc import Mapping
from typing import Any

from botocore.response import StreamingBody
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.s3.models import FakeKey, s3_backends

from stockflow.embedded.lean import LeanClient, refused

Answer = dict[str, Any]
"""What S3 answers, in boto3's shape."""

_NOTED = "x-amz-meta-"
_PUT = frozenset({"Bucket", "Key", "Body", "ContentType", "Metadata", "IfMatch", "IfNoneMatch"})
_READ = frozenset({"Bucket", "Key"})


class LeanS3(LeanClient):
    """boto3's S3 client; whole objects are put, got and looked at on the short way."""

    service = "s3"

    def get_object(self, **request: Any) -> Answer:
        """As boto3's."""
        if not self._is_plain(request, _READ):
            return dict(self._client.get_object(**request))
        bucket, key = request["Bucket"], request["Key"]

        def get() -> Answer:
            stored = _stored(bucket, key)
            if stored is None:
                raise refused("GetObject", "NoSuchKey", "The specified key does not exist.", 404)
            body = stored.value
            return {**_facts(stored), "Body": StreamingBody(io.BytesIO(body), len(body))}

        return self._at_once("GetObject", ("GET", bucket, key), get)

    def head_object(self, **request: Any) -> Answer:
        """As boto3's."""
        if not self._is_plain(request, _READ):
            return dict(self._client.head_object(**request))
        bucket, key = request["Bucket"], request["Key"]

        def head() -> Answer:
            stored = _stored(bucket, key)
            if stored is None:
                raise refused("HeadObject", "404", "Not Found", 404)
            return _facts(stored)

        return self._at_once("HeadObject", ("HEAD", bucket, key), head)

    def put_object(self, **request: Any) -> Answer:
        """As boto3's."""
        if not self._is_plain(request, _PUT) or not isinstance(request.get("Body"), bytes):
            return dict(self._client.put_object(**request))
        bucket, key = request["Bucket"], request["Key"]

        def put() -> Answer:
            _hold_to_conditions(_stored(bucket, key), request)
            made = _backend().put_object(bucket, key, request["Body"])
            made.set_metadata(_headers(request))
            return {"ETag": made.etag, "VersionId": made.version_id, "ResponseMetadata": {"HTTPStatusCode": 200}}

        return self._at_once("PutObject", ("PUT", bucket, key), put)

    def _is_plain(self, request: Mapping[str, Any], known: frozenset[str]) -> bool:
        return self._may_be_short() and request.keys() <= known and request.get("Bucket") in _backend().buckets


def _backend() -> Any:
    return s3_backends[DEFAULT_ACCOUNT_ID]["aws"]


def _stored(bucket: str, key: str) -> FakeKey | None:
    found = _backend().buckets[bucket].keys.get(key)
    return found if isinstance(found, FakeKey) else None


def _facts(stored: FakeKey) -> Answer:
    headers = stored.metadata
    return {
        "ETag": stored.etag,
        "ContentLength": stored.size,
        "ContentType": headers.get("content-type", "binary/octet-stream"),
        "LastModified": stored.last_modified.replace(microsecond=0),
        "VersionId": stored.version_id,
        "Metadata": {name[len(_NOTED) :]: value for name, value in headers.items() if name.startswith(_NOTED)},
        "ResponseMetadata": {"HTTPStatusCode": 200},
    }


def _headers(request: Mapping[str, Any]) -> dict[str, str]:
    noted = {f"{_NOTED}{name.lower()}": value for name, value in (request.get("Metadata") or {}).items()}
    return {"Content-Type": request.get("ContentType") or "binary/octet-stream", **noted}


def _hold_to_conditions(there: FakeKey | None, request: Mapping[str, Any]) -> None:
    wanted = request.get("IfMatch")
    if wanted and there is None:
        raise refused("PutObject", "NoSuchKey", "The specified key does not exist.", 404)
    is_other = wanted and there is not None and there.etag.strip('"') != wanted.strip('"')
    if is_other or (request.get("IfNoneMatch") == "*" and there is not None):
        message = "At least one of the pre-conditions you specified did not hold"
        raise refused("PutObject", "PreconditionFailed", message, 412)
