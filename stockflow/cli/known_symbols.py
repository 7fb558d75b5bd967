"""What is known of a dataset's symbols from earlier runs, without running anything: on AWS, or in a folder."""

from collections.abc import Callable, Iterable

from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.aws.freshness import FreshnessStore, Remembered
from stockflow_functions.domain.clock import SystemClock
from stockflow_functions.domain.errors import StockflowError

KeysBelow = Callable[[str], Iterable[str]]
"""Gives the keys below a prefix."""


def known_symbols(bucket: Bucket, series: str) -> tuple[Remembered, KeysBelow]:
    """What Plan would read of the dataset; if it can't be read, nothing is known, and a warning says why."""
    try:
        return FreshnessStore(bucket, SystemClock().sleep).read(series), bucket.keys
    except StockflowError as error:
        return Remembered(warning=f"Which symbols are up to date can't be read: {error}"), lambda _: ()
