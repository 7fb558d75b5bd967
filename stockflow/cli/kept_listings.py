"""The listings that a command reads: of an output folder, or of a deployed stack."""

from pathlib import Path

from stockflow.cloud.stack import Aws, Stack
from stockflow.errors import CommandFailed
from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.aws.listings import read_listings
from stockflow_functions.domain.errors import StockflowError
from stockflow_functions.domain.listings.lookup import Listings
from stockflow_functions.domain.listings.table import decode
from stockflow_functions.domain.parquet import NewerTableError, NotATableError


def listings_in(output_dir: Path) -> Listings | None:
    """The listings of an output folder; None if it has none.

    Raises:
        CommandFailed: they can't be read.
    """
    file = output_dir / keys.LISTINGS
    try:
        return decode(file.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (NotATableError, NewerTableError, OSError) as error:
        raise CommandFailed(f"{file} can't be read ({error}): move it away, and have it made anew.") from None


def listings_on(aws: Aws, stack: Stack) -> Listings | None:
    """The listings of a deployed stack; None if it has none.

    Raises:
        CommandFailed: they can't be read.
    """
    try:
        stored = read_listings(Bucket(aws.client("s3"), stack.bucket))
    except StockflowError as error:
        raise CommandFailed(str(error)) from None
    return stored.listings if stored else None
