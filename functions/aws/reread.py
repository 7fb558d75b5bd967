"""Reads an object again before its contents are called wrong."""

from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.domain.errors import StorageUnavailable


def reread(bucket: Bucket, key: str, seen: bytes) -> None:
    """Reads the object once more, so that a read that went wrong is not taken for a damaged object.

    Raises:
        StorageUnavailable: it reads differently now, so the first read was not whole or the object has been replaced.
    """
    again = bucket.get(key)
    if again is None or again.body != seen:
        raise StorageUnavailable(f"S3 returned two different bodies for s3://{bucket.name}/{key}.")
