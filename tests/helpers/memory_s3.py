"""An S3 client in memory, for tests of what reads and writes the bucket."""

import hashlib
import io

from botocore.exceptions import ClientError

from stockflow_functions.aws.bucket import Bucket


def client_error(code, operation):
    return ClientError({"Error": {"Code": code, "Message": code}}, operation)


class MemoryS3:
    """Get, conditional put and list, as S3 answers them.

    ``before_put`` is called with (key, put number from 1) and may raise, or change the bucket: another run, or a fault.
    ``on_get`` is called with (key, body) and returns the body to give: a cut one, for a fault.
    ``puts`` are the keys written, in order; ``bytes_in`` and ``bytes_out`` count bodies.
    """

    def __init__(self):
        self.objects = {}
        self.metadata = {}
        self.puts = []
        self.bytes_in = self.bytes_out = 0
        self.before_put = lambda key, number: None
        self.on_get = lambda key, body: body

    def get_object(self, Bucket, Key):  # noqa: N803 # boto3's own names
        if Key not in self.objects:
            raise client_error("NoSuchKey", "GetObject")
        body = self.on_get(Key, self.objects[Key])
        self.bytes_out += len(body)
        return {"Body": io.BytesIO(body), "ETag": _etag(body), "Metadata": dict(self.metadata[Key])}

    def put_object(self, Bucket, Key, Body, ContentType, Metadata, IfMatch=None, IfNoneMatch=None):  # noqa: N803
        self.before_put(Key, len(self.puts) + 1)
        there = self.objects.get(Key)
        if (IfNoneMatch and there is not None) or (IfMatch and (there is None or _etag(there) != IfMatch)):
            raise client_error("PreconditionFailed", "PutObject")
        self.place(Key, Body, Metadata)
        self.puts.append(Key)
        self.bytes_in += len(Body)
        return {"ETag": _etag(Body)}

    def get_paginator(self, name):
        assert name == "list_objects_v2"
        return self

    def paginate(self, Bucket, Prefix):  # noqa: N803
        yield {"Contents": [{"Key": key} for key in sorted(self.objects) if key.startswith(Prefix)]}

    def place(self, key, body, metadata=None):
        """Puts an object there as somebody else would."""
        self.objects[key] = bytes(body)
        self.metadata[key] = dict(metadata or {})

    @property
    def bucket(self):
        return Bucket(self, "test-bucket")


def _etag(body):
    return f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'
