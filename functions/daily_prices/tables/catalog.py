"""The object with the catalog: read by whoever wants to know what there is, replaced on condition by UpdateTables."""

from dataclasses import dataclass

from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.aws.reread import reread
from stockflow_functions.domain.catalog.table import Catalog, decode, encode
from stockflow_functions.domain.errors import StorageDenied, WriteConflict
from stockflow_functions.domain.parquet import NewerTableError, NotATableError

COPY_TRIES = 5


@dataclass(frozen=True)
class StoredCatalog:
    """The catalog, its bytes, and the ETag to replace its object by; None if there is none yet."""

    catalog: Catalog
    body: bytes = b""
    etag: str | None = None


def read_catalog(bucket: Bucket) -> StoredCatalog:
    """The catalog that is kept; an empty one if there is none, or if the object is damaged: all is made anew then.

    Raises:
        StorageDenied: a newer release wrote it; also as the bucket's methods do.
    """
    found = bucket.get(keys.CATALOG)
    if found is None:
        return StoredCatalog(Catalog())
    try:
        return StoredCatalog(decode(found.body), found.body, found.etag)
    except NewerTableError as error:
        place = f"s3://{bucket.name}/{bucket.full_key(keys.CATALOG)}"
        raise StorageDenied(f"{place} is a newer release's ({error}): install that one.") from None
    except NotATableError:
        reread(bucket, keys.CATALOG, found.body)
        return StoredCatalog(Catalog(), found.body, found.etag)


def write_catalog(bucket: Bucket, catalog: Catalog, replacing: StoredCatalog) -> StoredCatalog:
    """Writes it in place of the one that was read, unless it is the same.

    Raises:
        WriteConflict: somebody else has written it in the meantime.
    """
    body = encode(catalog)
    if body == replacing.body:
        return replacing
    etag = bucket.put(keys.CATALOG, body, if_match=replacing.etag, if_none_match=replacing.etag is None)
    return StoredCatalog(catalog, body, etag)


def copy_catalog(bucket: Bucket) -> None:
    """Makes the catalog's copy as the catalog is now.

    What is replaced is looked at before the catalog is read: so no copy that another call makes of a later catalog in
    the meantime is replaced.

    Raises:
        WriteConflict: other calls wrote it again and again in the meantime.
    """
    for _ in range(COPY_TRIES):
        copy, catalog = bucket.facts(keys.CATALOG_COPY), bucket.get(keys.CATALOG)
        if catalog is None or (copy and copy.etag == catalog.etag):
            return
        try:
            bucket.put(
                keys.CATALOG_COPY, catalog.body, if_match=copy.etag if copy else None, if_none_match=copy is None
            )
        except WriteConflict:
            continue
        return
    raise WriteConflict(f"{keys.CATALOG_COPY} was written by other calls {COPY_TRIES} times in a row.")
