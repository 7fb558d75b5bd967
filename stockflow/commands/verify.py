"""``stockflow verify``: holds a whole dataset to the rules that let its rows in."""

import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from functions.clock import SystemClock
from functions.errors import StockflowError
from functions.lake import keys
from functions.lake.bucket import Bucket
from functions.prices.sentences import counted
from functions.prices.series import SERIES
from functions.prices.splits import known_splits
from functions.prices.verifying import Verdict
from functions.prices.verifying import verify as verify_object
from functions.services import Services
from functions.settings import Settings
from stockflow.errors import Unusable


class Place(Protocol):
    """Where a dataset is: a folder laid out as the bucket is, or the bucket, perhaps below a prefix."""

    def keys(self, prefix: str) -> Iterator[str]: ...

    def read(self, key: str) -> bytes | None: ...


class Folder:
    """A dataset in a folder."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def keys(self, prefix: str) -> Iterator[str]:
        for file in sorted((self._path / prefix).glob("*.parquet")):
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
            if key.endswith(".parquet"):
                yield key.removeprefix(self._prefix)

    def read(self, key: str) -> bytes | None:
        found = self._bucket.get(self._prefix + key)
        return None if found is None else found.body


@click.command()
@click.argument("place", default="out", metavar="[DIR|s3://BUCKET/PREFIX]")
def verify(place: str) -> None:
    """Checks every table of a dataset against the rules that let its rows in.

    Prints a table, and ends with status 1 where a rule is broken. What is odd but was stored on purpose is a remark.
    """
    try:
        verdicts = list(_verdicts(_place(place), SystemClock().now_ms()))
    except (StockflowError, OSError) as error:
        raise Unusable(f"{place} can't be read: {error}") from None
    if not verdicts:
        raise Unusable(
            f"{place} holds no dataset: there is no table in it under prices/daily/ or prices/daily_adjusted/."
        )
    Console().print(_as_table(verdicts))
    broken = sum(bool(verdict.breaches) for _, _, verdict in verdicts)
    rows = sum(verdict.rows for _, _, verdict in verdicts)
    click.echo(f"{counted(len(verdicts), 'table')}, {counted(rows, 'row')}: {broken or 'none'} with a broken rule.")
    if broken:
        sys.exit(1)


def _place(text: str) -> Place:
    if "://" not in text:
        if not Path(text).is_dir():
            raise Unusable(f"There is no folder {text}: name one that a run has written, or s3://BUCKET/PREFIX.")
        return Folder(Path(text))
    parts = urlsplit(text)
    if parts.scheme != "s3" or not parts.netloc:
        raise Unusable(f"{text} is no place of a dataset: write a folder, or s3://BUCKET/PREFIX.")
    settings = replace(Settings.from_environment(os.environ), bucket=parts.netloc)
    return Lake(Services(settings).bucket, parts.path)


def _verdicts(place: Place, now_ms: int) -> Iterator[tuple[str, str, Verdict]]:
    for series in SERIES:
        for key in place.keys(f"prices/{series}/"):
            symbol = unquote(key.rsplit("/", 1)[-1].removesuffix(".parquet"))
            if keys.prices(series, symbol) != key:
                yield symbol, series, Verdict(breaches=[f"{key} is not where a table of {series} is kept."])
                continue
            body = place.read(key)
            if body is not None:
                splits = known_splits(place.read(keys.splits(symbol))).factors
                yield symbol, series, verify_object(body, series, symbol, splits, now_ms=now_ms)


def _as_table(verdicts: list[tuple[str, str, Verdict]]) -> Table:
    table = Table("symbol", "series", "rows", "first", "last", "broken rules and remarks", title="Dataset")
    for symbol, series, found in verdicts:
        sentences = [Text(f"BREACH {sentence}", style="red") for sentence in found.breaches]
        told = Text("\n").join(sentences + [Text(sentence) for sentence in found.remarks]) or Text("ok")
        table.add_row(Text(symbol), series, str(found.rows), found.first_date, found.last_date, told)
    return table
