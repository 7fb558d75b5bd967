"""The objects that a transcription job reads and writes."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import unquote, urlsplit

from botocore.exceptions import ClientError

from stockflow.stand_ins.answers import Refused

Finder = Callable[[str, str], Path | None]
"""The file that holds the object of this bucket and key, or None."""

_UNREADABLE = (
    "The S3 URI that you provided can't be accessed. "
    "Make sure that you have read permission and try your request again."
)
_VIRTUAL_HOST = re.compile(r"(?P<bucket>.+)\.s3[.-][a-z0-9.-]*amazonaws\.com")


@dataclass(frozen=True)
class Media:
    """An audio object."""

    bucket: str
    key: str
    size_bytes: int


class Objects:
    """The bucket's objects, by an S3 client; audio that lies in a folder already is read there.

    Args:
        find: where a file holds the object already.
    """

    def __init__(self, s3: Any, find: Finder) -> None:
        self._s3 = s3
        self._find = find

    def media(self, uri: str) -> Media:
        """The object that ``Media.MediaFileUri`` names.

        Raises:
            Refused: it names none, or one that can't be read.
        """
        bucket, key = _place(uri)
        try:
            # Not as the function that calls: it is the service that reads.
            head = Context().run(self._s3.head_object, Bucket=bucket, Key=key)
        except ClientError:
            raise Refused("BadRequestException", _UNREADABLE) from None
        return Media(bucket, key, int(head["ContentLength"]))

    @contextmanager
    def file(self, media: Media) -> Iterator[Path]:
        """A file with the object's content: the folder's own, or one that is gone afterwards.

        Raises:
            ClientError: it can't be read any more.
        """
        found = self._find(media.bucket, media.key)
        if found is not None and found.is_file() and found.stat().st_size == media.size_bytes:
            yield found
            return
        with TemporaryDirectory() as folder:
            copy = Path(folder) / "audio"
            with copy.open("wb") as file:
                copyfileobj(self._s3.get_object(Bucket=media.bucket, Key=media.key)["Body"], file)
            yield copy

    def read(self, bucket: str, key: str) -> bytes:
        """A transcript that was written."""
        answer = Context().run(self._s3.get_object, Bucket=bucket, Key=key)
        return bytes(answer["Body"].read())

    def write(self, bucket: str, key: str, body: bytes) -> str:
        """Writes the transcript; gives its address."""
        self._s3.put_object(Bucket=bucket, Key=key, Body=body, ContentType="application/json")
        return self.address_of(bucket, key)

    def address_of(self, bucket: str, key: str) -> str:
        """Where a transcript is, as Transcribe writes it."""
        return f"https://s3.{self._s3.meta.region_name}.amazonaws.com/{bucket}/{key}"


def _place(uri: str) -> tuple[str, str]:
    """Bucket and key of an ``s3://`` address, or of either kind of ``https://`` address."""
    parts = urlsplit(uri)
    path = parts.path.lstrip("/")
    if parts.scheme == "s3":
        bucket, key = parts.netloc, uri.removeprefix(f"s3://{parts.netloc}").lstrip("/")
    elif virtual := _VIRTUAL_HOST.fullmatch(parts.netloc):
        bucket, key = virtual["bucket"], unquote(path)
    else:
        bucket, _, key = unquote(path).partition("/")
    if not bucket or not key:
        raise Refused("BadRequestException", _UNREADABLE)
    return bucket, key
