"""The files of passages between the steps of one call."""

import gzip
import zlib
from collections.abc import Sequence

from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.aws.reread import reread
from stockflow_functions.domain.calls.passages import Passage, from_json, to_json
from stockflow_functions.domain.errors import BadTranscript


def stage(bucket: Bucket, key: str, passages: Sequence[Passage]) -> None:
    """Writes the passages, the same ones as the same bytes."""
    bucket.put(key, gzip.compress(to_json(passages), mtime=0), content_type="application/gzip")


def staged(bucket: Bucket, key: str) -> list[Passage]:
    """The passages under the key.

    Raises:
        BadTranscript: they are gone, or something else is there.
        StorageUnavailable: the read was not whole.
    """
    found = bucket.get(key)
    if found is None:
        raise BadTranscript(f"The staged passages {key} are gone from the bucket: run the call again.")
    try:
        return from_json(gzip.decompress(found.body))
    except (OSError, EOFError, zlib.error, ValueError, TypeError):
        reread(bucket, key, found.body)
        raise BadTranscript(f"The staged passages {key} are damaged: run the call again.") from None
