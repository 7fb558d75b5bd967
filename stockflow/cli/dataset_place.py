"""Where a dataset is: a folder laid out as the bucket is, or the bucket."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError

from stockflow.cloud.refusals import aws_errors_as_sentences
from stockflow.embedded.file_names import must_be_text
from stockflow.errors import CommandError, Unusable
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.aws.errors import AWS_ERRORS
from stockflow_functions.domain.errors import StockflowError
from stockflow_functions.domain.verdict import Verdict
from stockflow_functions.runtime.services import Services
from stockflow_functions.runtime.settings import Settings


class Dataset(Protocol):
    """A dataset: in a folder laid out as the bucket is, or in the bucket, perhaps below a prefix."""

    def keys(self, prefix: str) -> Iterator[str]: ...

    def read(self, key: str) -> bytes | None: ...


class Folder:
    """A dataset in a folder."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def keys(self, prefix: str) -> Iterator[str]:
        for file in sorted((self._path / prefix).rglob("*")):
            if file.is_file():
                must_be_text(file)
                yield file.relative_to(self._path).as_posix()

    def read(self, key: str) -> bytes | None:
        file = self._path / key
        return file.read_bytes() if file.is_file() else None


class Lake:
    """A dataset in S3."""

    def __init__(self, bucket: Bucket, prefix: str) -> None:
        self._bucket = bucket
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""

    def keys(self, prefix: str) -> Iterator[str]:
        for key in self._bucket.keys(self._prefix + prefix):
            yield key.removeprefix(self._prefix)

    def read(self, key: str) -> bytes | None:
        found = self._bucket.get(self._prefix + key)
        return None if found is None else found.body


@dataclass(frozen=True)
class Checked:
    """One table of a dataset: whose it is, which of the datasets it belongs to, and what was found in it."""

    symbol: str
    dataset: str
    verdict: Verdict


def place_of(text: str) -> Dataset:
    """The dataset that a person names.

    Raises:
        Unusable: it can't be one, or there is no such folder.
        InvalidInput: a variable can't be used.
    """
    if "://" not in text:
        if not Path(text).is_dir():
            raise Unusable(f"There is no folder {text}: name one that a run has written, or s3://BUCKET/PREFIX.")
        return Folder(Path(text))
    parts = urlsplit(text)
    if parts.scheme != "s3" or not parts.netloc:
        raise Unusable(f"{text} can't be a dataset: write a folder, or s3://BUCKET/PREFIX.")
    settings = replace(Settings.from_environment(os.environ), bucket=parts.netloc)
    return Lake(Services(settings).bucket, parts.path)


def unreadable(place: str, error: StockflowError | BotoCoreError) -> Unusable:
    """The error in words for a person at a terminal, who has another role than the functions."""
    cause = error.__cause__ if isinstance(error, StockflowError) else error
    if not isinstance(cause, AWS_ERRORS):
        return Unusable(f"{place} can't be read: {error}")
    none: dict[str, str | Unusable] = {"NoSuchBucket": f"There is no bucket like that in {place}: correct its name."}
    try:
        with aws_errors_as_sentences(
            f"read {place}", "s3:ListBucket on the bucket and s3:GetObject on its objects", none
        ):
            raise cause
    except CommandError as refusal:
        return Unusable(str(refusal))


def is_hidden(key: str) -> bool:
    """Whether the name hides the object from query engines."""
    return key.rpartition("/")[2][:1] in {"", ".", "_"}
