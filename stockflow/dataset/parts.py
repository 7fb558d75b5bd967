"""An object in S3 as a file, of which only the parts that are read are fetched."""

import io
import os
from typing import Any

from stockflow_functions.aws.bucket import Bucket, ObjectFacts

PART_BYTES = 256 * 1024
"""At least so much is fetched at once: a request takes as long as some hundred kilobytes."""


class ObjectInParts(io.RawIOBase):
    """The object as it was at one moment; a read raises ``WriteConflict`` where another has taken its place since."""

    def __init__(self, bucket: Bucket, key: str, facts: ObjectFacts) -> None:
        self._bucket = bucket
        self._key = key
        self._facts = facts
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        begins = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._facts.bytes}[whence]
        self._at = begins + offset
        return self._at

    def readinto(self, buffer: Any) -> int:
        count = min(len(buffer), self._facts.bytes - self._at)
        if count <= 0:
            return 0
        found = self._bucket.part(self._key, self._at, self._at + count - 1, self._facts.etag)
        buffer[: len(found)] = found
        self._at += len(found)
        return len(found)
