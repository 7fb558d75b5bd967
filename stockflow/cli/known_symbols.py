"""What is known of a dataset's symbols from earlier runs, without running anything: on AWS, or in a folder."""

from collections.abc import Callable, Iterable
from pathlib import Path

from stockflow.cli.estimate import Basis
from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import StoredObject
from stockflow_functions.aws.freshness import FreshnessStore, Remembered, understood
from stockflow_functions.domain.clock import SystemClock
from stockflow_functions.domain.errors import StockflowError

KeysBelow = Callable[[str], Iterable[str]]
"""Gives the keys below a prefix."""


def known_symbols(basis: Basis, folder: Path | None, series: str) -> tuple[Remembered, KeysBelow]:
    """What Plan would read of the dataset; if it can't be read, nothing is known, and a warning says why."""
    if basis.bucket is not None:
        try:
            return FreshnessStore(basis.bucket, SystemClock().sleep).read(series), basis.bucket.keys
        except StockflowError as error:
            return Remembered(warning=f"Which symbols are up to date can't be read: {error}"), lambda _: ()
    if folder is None:
        return Remembered(), lambda _: ()
    return _in_folder(folder, series), lambda prefix: _files_below(folder, prefix)


def _in_folder(folder: Path, series: str) -> Remembered:
    key = keys.freshness(series)
    try:
        return understood(key, StoredObject((folder / key).read_bytes(), ""))
    except FileNotFoundError:
        return Remembered()
    except OSError as error:
        return Remembered(warning=f"{folder / key} can't be read ({error.strerror}): every symbol is asked for.")


def _files_below(folder: Path, prefix: str) -> list[str]:
    return [f"{prefix}{path.name}" for path in (folder / prefix).glob("*")]
