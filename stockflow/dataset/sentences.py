"""What is wrong with a place, or with an object in it, as one sentence for whoever asked."""

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from botocore.exceptions import BotoCoreError

from stockflow.cloud.refusals import aws_errors_as_sentences
from stockflow.dataset.errors import DatasetError
from stockflow.dataset.places import Place
from stockflow.errors import CommandError, Unusable
from stockflow_functions.aws import keys
from stockflow_functions.aws.errors import AWS_ERRORS
from stockflow_functions.domain.errors import StockflowError
from stockflow_functions.domain.parquet import NewerTableError, NotATableError

_NEEDS = "s3:ListBucket and s3:GetObject (with as_of also s3:ListBucketVersions and s3:GetObjectVersion)"


@contextmanager
def readable(place: str) -> Iterator[None]:
    """Raises whatever goes wrong with a place as one sentence, for a person who has another role than the functions.

    Raises:
        DatasetError: the place, or an object in it, can't be read.
    """
    try:
        yield
    except (StockflowError, BotoCoreError) as error:
        raise _unreadable(place, error) from None
    except OSError as error:
        raise DatasetError(f"{error.filename or place} can't be read: {error.strerror or error}.") from None
    except Unusable as error:
        raise DatasetError(str(error)) from None


def _unreadable(place: str, error: StockflowError | BotoCoreError) -> DatasetError:
    cause = error.__cause__ if isinstance(error, StockflowError) else error
    if not isinstance(cause, AWS_ERRORS):
        return DatasetError(f"{place} can't be read: {error}")
    named: dict[str, str | Unusable] = {
        "NoSuchBucket": f"There is no bucket as named in {place}: correct its name.",
        "ParamValidationError": f"{place} has a name that no bucket can have: write s3://BUCKET/PREFIX.",
    }
    try:
        with aws_errors_as_sentences(f"read {place}", _NEEDS, named):
            raise cause
    except CommandError as refusal:
        return DatasetError(str(refusal))


@contextmanager
def decoding(place: Place, key: str) -> Iterator[None]:
    """Raises what a decoder finds wrong with the object under the key as one sentence.

    Raises:
        DatasetError: it is no table of what it should be, or a newer release's.
    """
    try:
        yield
    except NewerTableError as error:
        raise DatasetError(f"{key} in {place.name} is a newer release's ({error}): install that one.") from None
    except NotATableError as error:
        raise DatasetError(
            f"{key} in {place.name} can't be read as a table, as {error}: {_instead(place, key)}."
        ) from None


def _instead(place: Place, key: str) -> str:
    if key == keys.CATALOG or key.startswith(keys.TABLES):
        return "the next `stockflow run` makes it anew"
    return f"`stockflow verify {place.name}` checks all tables of prices, actions and calls"


def command(place: Place, words: str) -> str:
    """What to type, in backticks: the command's words, and what has it work on this place rather than on ``out``."""
    option = " --aws" if _is_bucket(place) else f" --output-dir {shlex.quote(place.name)}"
    return f"`stockflow {words}{'' if place.name == 'out' else option}`"


def running(place: Place, words: str) -> str:
    """The same of what begins a run."""
    return f"`stockflow start {words}`" if _is_bucket(place) else command(place, f"run {words}")


def _is_bucket(place: Place) -> bool:
    return place.name.startswith("s3://")


def at_moment(moment_s: int) -> str:
    """Seconds since 1970 as ``2026-11-20T23:59:59Z``."""
    return datetime.fromtimestamp(moment_s, UTC).isoformat().replace("+00:00", "Z")
