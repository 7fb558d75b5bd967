"""A symbol list that was dropped into S3."""

from stockflow_functions.aws.bucket import Bucket, is_missing_bucket
from stockflow_functions.daily_prices.plan.list_text import symbols_of_text
from stockflow_functions.domain.errors import InvalidInput, StorageDenied
from stockflow_functions.domain.inputs import ObjectPlace

LARGEST_LIST_BYTES = 4_000_000
"""100,000 of the longest symbols, a line each."""
MOST_NAMED = 10


def symbols_of_list(dropped: ObjectPlace, bucket: Bucket) -> tuple[list[str], list[str]]:
    """The symbols in the list, and a sentence for each line that can't be one (at most ten are named).

    Raises:
        InvalidInput: the list or the bucket is missing, or the list is not text or has no symbol.
    """
    place = f"s3://{dropped.bucket}/{dropped.key}"
    try:
        stored = bucket.get(dropped.key, most_bytes=LARGEST_LIST_BYTES + 1)
    except StorageDenied as denied:
        if is_missing_bucket(denied):
            raise InvalidInput(f"There is no bucket {dropped.bucket}, which list names: correct list.bucket.") from None
        raise
    if stored is None:
        raise InvalidInput(f"There is no list {place}.")
    if len(stored.body) > LARGEST_LIST_BYTES:
        raise InvalidInput(f"The list {place} is larger than {LARGEST_LIST_BYTES} bytes: write symbols only.")
    try:
        symbols, complaints = symbols_of_text(stored.body.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise InvalidInput(f"The list {place} is not UTF-8 text: save it as plain text or CSV.") from None
    except InvalidInput as error:
        raise InvalidInput(f"{error} The list is {place}.") from None
    named = [f"{complaint} It is in {place}." for complaint in complaints[:MOST_NAMED]]
    if len(complaints) > MOST_NAMED:
        named.append(f"{len(complaints) - MOST_NAMED} more entries of {place} can't be symbols.")
    return symbols, named
