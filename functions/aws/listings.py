"""The object with the listings: read by whoever asks about a symbol, replaced on condition by the one who refreshes it.

The table needs Arrow, which is imported when there is a table to read or to write: most runs have none.
"""

from dataclasses import dataclass

from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.domain.errors import StorageDenied
from stockflow_functions.domain.listings.lookup import Listings


@dataclass(frozen=True)
class StoredListings:
    """The listings, and the ETag to replace their object by."""

    listings: Listings
    etag: str


def read_listings(bucket: Bucket) -> StoredListings | None:
    """The listings that are kept; None if there are none yet.

    Raises:
        StorageDenied: the object is no table of listings, or a newer release's; also as the bucket's methods do.
    """
    stored = bucket.get(keys.LISTINGS)
    if stored is None:
        return None
    from stockflow_functions.domain.listings.table import decode  # noqa: PLC0415
    from stockflow_functions.domain.parquet import NewerTableError, NotATableError  # noqa: PLC0415

    place = f"s3://{bucket.name}/{bucket.full_key(keys.LISTINGS)}"
    try:
        return StoredListings(decode(stored.body), stored.etag)
    except NewerTableError as error:
        raise StorageDenied(f"{place} is a newer release's ({error}): install that one.") from None
    except NotATableError as error:
        raise StorageDenied(
            f"{place} is no table of listings, as {error}: move it away, and have it made anew."
        ) from None


def write_listings(bucket: Bucket, listings: Listings, replacing: StoredListings | None) -> None:
    """Writes them, in place of those that were read.

    Raises:
        WriteConflict: somebody else has written them in the meantime.
    """
    from stockflow_functions.domain.listings.table import encode  # noqa: PLC0415

    condition = replacing.etag if replacing else None
    bucket.put(keys.LISTINGS, encode(listings), if_match=condition, if_none_match=replacing is None)
