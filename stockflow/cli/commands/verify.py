"""``stockflow verify``: checks a whole dataset against the rules by which its rows were stored."""

import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import click
from botocore.exceptions import BotoCoreError
from rich.console import Console
from rich.progress import track
from rich.table import Table
from rich.text import Text

from stockflow.cloud.refusals import aws_errors_as_sentences
from stockflow.embedded.file_names import must_be_text
from stockflow.errors import CommandError, Unusable
from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.aws.errors import AWS_ERRORS
from stockflow_functions.aws.former import lookup
from stockflow_functions.domain.clock import SystemClock
from stockflow_functions.domain.errors import StockflowError
from stockflow_functions.domain.prices.known_splits import known_splits
from stockflow_functions.domain.prices.parquet import empty_table, encode
from stockflow_functions.domain.prices.series import SERIES
from stockflow_functions.domain.prices.verifying import Verdict
from stockflow_functions.domain.prices.verifying import verify as verify_object
from stockflow_functions.domain.words import counted, named_few
from stockflow_functions.reporting import commands
from stockflow_functions.runtime.services import Services
from stockflow_functions.runtime.settings import Settings
from stockflow_functions.vendors import name_in, vendor_named


class Dataset(Protocol):
    """A dataset: in a folder laid out as the bucket is, or in the bucket, perhaps below a prefix."""

    def keys(self, prefix: str) -> Iterator[str]: ...

    def read(self, key: str) -> bytes | None: ...


class Folder:
    """A dataset in a folder."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def keys(self, prefix: str) -> Iterator[str]:
        for file in sorted((self._path / prefix).rglob("*")):
            if file.is_file():
                must_be_text(file)
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
            yield key.removeprefix(self._prefix)

    def read(self, key: str) -> bytes | None:
        found = self._bucket.get(self._prefix + key)
        return None if found is None else found.body


@click.command()
@click.argument("place", default="out", metavar="[DIR|s3://BUCKET/PREFIX]")
def verify(place: str) -> None:
    """Check every table of a dataset against the rules by which its rows were stored.

    Prints a table, and ends with status 1 if a rule is broken. What is odd but was stored on purpose is a remark.
    """
    try:
        found = _place(place)
        tables, others = _listed(found)
        verdicts = list(_verdicts(found, tables, SystemClock().now_ms()))
    except (StockflowError, BotoCoreError) as error:
        raise _unreadable(place, error) from None
    except OSError as error:
        raise Unusable(f"{place} can't be read: {error.strerror or error}.") from None
    if not verdicts:
        places = " or ".join(f"prices/{name}/" for name in SERIES)
        raise Unusable(f"{place} holds no dataset: there is no table in it under {places}.")
    Console().print(_as_table(verdicts))
    broken = sum(bool(verdict.breaches) for _, _, verdict in verdicts)
    rows = sum(verdict.rows for _, _, verdict in verdicts)
    click.echo(f"{counted(len(verdicts), 'table')}, {counted(rows, 'row')}: {broken or 'none'} with a broken rule.")
    if others:
        click.echo(f"Not tables, but among them, where a query engine may read them: {named_few(others)}.")
    if broken:
        sys.exit(1)


def _place(text: str) -> Dataset:
    if "://" not in text:
        if not Path(text).is_dir():
            raise Unusable(f"There is no folder {text}: name one that a run has written, or s3://BUCKET/PREFIX.")
        return Folder(Path(text))
    parts = urlsplit(text)
    if parts.scheme != "s3" or not parts.netloc:
        raise Unusable(f"{text} can't be a dataset: write a folder, or s3://BUCKET/PREFIX.")
    settings = replace(Settings.from_environment(os.environ), bucket=parts.netloc)
    return Lake(Services(settings).bucket, parts.path)


def _unreadable(place: str, error: StockflowError | BotoCoreError) -> Unusable:
    """The error in words for a person at a terminal, who has another role than the functions."""
    cause = error.__cause__ if isinstance(error, StockflowError) else error
    if not isinstance(cause, AWS_ERRORS):
        return Unusable(f"{place} can't be read: {error}")
    none: dict[str, str | Unusable] = {"NoSuchBucket": f"There is no bucket like that in {place}: correct its name."}
    try:
        with aws_errors_as_sentences(
            f"read {place}", "s3:ListBucket on the bucket and s3:GetObject on its objects", none
        ):
            raise cause
    except CommandError as refusal:
        return Unusable(str(refusal))


def _listed(place: Dataset) -> tuple[list[tuple[str, str]], list[str]]:
    """The keys that should be tables, as (series, key), and other keys among them that their names do not hide."""
    found = [(series, key) for series in SERIES for key in place.keys(f"prices/{series}/")]
    tables = [(series, key) for series, key in found if key.endswith(".parquet") and not _hidden(series, key)]
    return tables, [key for series, key in found if not key.endswith(".parquet") and not _hidden(series, key)]


def _hidden(series: str, key: str) -> bool:
    """Whether the name hides it from query engines, and it is not the table under a symbol's former key."""
    name, symbol = key.rpartition("/")[2], keys.symbol_of(key)
    formerly = symbol.isupper() and key == keys.former(keys.prices(series, symbol))
    return name[:1] in {"", ".", "_"} and not formerly


def _verdicts(place: Dataset, tables: list[tuple[str, str]], now_ms: int) -> Iterator[tuple[str, str, Verdict]]:
    screen = Console(stderr=True)
    vendor = vendor_named(name_in(os.environ))
    shown = track(tables, "Reading", console=screen, transient=True, disable=not screen.is_terminal)
    for series, key in shown:
        symbol = keys.symbol_of(key)
        kept = keys.prices(series, symbol)
        body = place.read(key)
        if key != kept:
            if key != keys.former(kept):
                yield symbol, series, Verdict(breaches=[f"{key} is not where a table of {series} is kept."])
            elif body != encode(empty_table(SERIES[series]), SERIES[series]):
                moves = f"the next run of {symbol} makes it {kept}."
                yield symbol, series, Verdict(breaches=[f"{key} is a name that some readers skip: {moves}"])
        elif body is not None:
            splits = known_splits(lookup(place.read, keys.splits(symbol))).factors
            exchange, refill = vendor.exchange_of(symbol), f"`{commands.run_whole_history(symbol, series)}`"
            verdict = verify_object(body, SERIES[series], symbol, exchange, splits, now_ms=now_ms, refill=refill)
            yield symbol, series, verdict


def _as_table(verdicts: list[tuple[str, str, Verdict]]) -> Table:
    table = Table("symbol", "series", "rows", "first", "last", "broken rules and remarks", title="Dataset")
    for symbol, series, found in verdicts:
        sentences = [Text(f"BREACH {sentence}", style="red") for sentence in found.breaches]
        remarks = Text("\n").join(sentences + [Text(sentence) for sentence in found.remarks]) or Text("ok")
        table.add_row(Text(symbol), series, str(found.rows), found.first_date, found.last_date, remarks)
    return table
