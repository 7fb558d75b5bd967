"""DuckDB over a dataset: its tables by their names, nothing else to read, and nothing to write."""

import os
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import duckdb
import pyarrow as pa
from rich.console import Console
from rich.progress import track

from stockflow.cli.sql.tables import literally, make_tables
from stockflow.cli.sql.versions import must_be_known
from stockflow.cli.sql.views import STORED, Stored, named_in
from stockflow.dataset.errors import DatasetError
from stockflow.dataset.places import Folder, Place
from stockflow.dataset.sentences import readable
from stockflow.errors import Unusable

_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "python_enable_replacements": False,  # a name in a query is no variable of this program
}

_BEYOND = re.compile(r"\n\s*(?:Candidate functions:|Stack Trace:)")
"""Where pages begin that DuckDB adds to some sentences."""


class Answer(NamedTuple):
    """The columns of a query's rows, and these, to be read once."""

    names: list[str]
    batches: Iterator[pa.RecordBatch]


@contextmanager
def answered(place: Place, query: str) -> Iterator[Answer]:
    """What the query gives over the dataset, to be read inside.

    Only the tables that the query names are looked at. Objects in S3 are brought into a temporary folder for that.

    Raises:
        Unusable: it is no single query, or DuckDB refuses it, in DuckDB's words; perhaps while rows are read.
        DatasetError: the place can't be read, or a table is a newer release's.
    """
    with TemporaryDirectory(prefix="stockflow-sql-") as spare, closing(duckdb.connect(config=_SETTINGS)) as connection:
        with _in_its_words(place, spare):
            _must_only_read(connection, query)
            folder, files = _files(place, named_in(query), Path(spare))
            must_be_known(connection, place, folder, files)
            make_tables(connection, place.name, folder, files)
            _lock(connection, folder)
            reader = connection.sql(query).to_arrow_reader()
        yield Answer(reader.schema.names, _read(reader, place, spare))


def _read(reader: pa.RecordBatchReader, place: Place, spare: str) -> Iterator[pa.RecordBatch]:
    with _in_its_words(place, spare):
        yield from reader


@contextmanager
def _in_its_words(place: Place, spare: str) -> Iterator[None]:
    try:
        yield
    except (duckdb.Error, pa.ArrowException) as error:
        raise Unusable(_briefly(str(error), place, spare)) from None
    except OSError as error:
        if error.errno is not None:
            raise
        raise Unusable(_briefly(str(error), place, spare)) from None  # what Arrow makes of DuckDB's errors


def _briefly(words: str, place: Place, spare: str) -> str:
    """DuckDB's sentence on a line, and on a second one the line of the query; a copied object by its own name."""
    said, _, line = words.replace(spare, place.name).partition("\n\nLINE ")
    sentence = " ".join(_BEYOND.split(said)[0].split())
    return f"{sentence}\nLINE {line.splitlines()[0]}" if line else sentence


def columns() -> Iterator[tuple[str, str, str, str]]:
    """What there is to ask for: table, column, type, and what it is where the table's schema says so."""
    query = (
        "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE schema_name = 'main' AND NOT internal"
    )
    with closing(duckdb.connect(config=_SETTINGS)) as connection:
        make_tables(connection, "", Path(), {})
        for table, name, kind in connection.execute(query).fetchall():
            schema = STORED[table].schema if table in STORED else pa.schema([])
            said = (schema.field(name).metadata or {}) if name in schema.names else {}
            yield table, name, kind, said.get(b"description", b"").decode()


def _must_only_read(connection: duckdb.DuckDBPyConnection, query: str) -> None:
    statements = connection.extract_statements(query)
    if len(statements) != 1:
        raise Unusable(f"stockflow sql takes one query, and this is {len(statements) or 'none'}: write one at a time.")
    kind = statements[0].type.name
    words = [re.match(r"\w*", query[at:]) for at, token in duckdb.tokenize(query) if token.name == "keyword"]
    # MULTI is what a PIVOT becomes. EXPLAIN ANALYZE and a PIVOT may have a COPY in them, which writes files.
    if kind not in {"SELECT", "EXPLAIN", "MULTI"} or "copy" in {word[0].lower() for word in words if word}:
        raise Unusable("stockflow sql only reads: write a SELECT; stockflow export writes prices into files.")


def _files(place: Place, names: set[str], spare: Path) -> tuple[Path, dict[str, list[Path]]]:
    """The folder of the files that the tables are read from, and these, by table."""
    with readable(place.name):
        keys = {name: _keys(place, stored) for name, stored in STORED.items() if name in names}
        folder = spare
        if isinstance(place, Folder):
            folder = Path(os.path.abspath(place.name))  # noqa: PTH100 # resolve() follows links, and DuckDB does not
        else:
            _bring(place, [key for each in keys.values() for key in each], folder)
    files = {name: [folder / key for key in each if (folder / key).exists()] for name, each in keys.items()}
    if files and not any(files.values()):
        _must_be_a_dataset(place)
    return folder, files


def _must_be_a_dataset(place: Place) -> None:
    with readable(place.name):
        if any(True for stored in STORED.values() for _ in islice(place.keys(stored.prefix), 1)):
            return
    raise DatasetError(
        f"{place.name} is no dataset, as it has none of its tables: name a folder that `stockflow run` has written, "
        "or s3://BUCKET/PREFIX."
    )


def _keys(place: Place, stored: Stored) -> list[str]:
    if stored.prefix.endswith("/"):
        return [key for key in place.keys(stored.prefix) if stored.has(key)]
    return [stored.prefix]


def _bring(place: Place, keys: list[str], folder: Path) -> None:
    """Writes the objects into the folder, with a bar on a terminal; those that were deleted since are left out."""

    def bring(key: str) -> None:
        body = place.read(key)
        if body is not None:
            (folder / key).parent.mkdir(parents=True, exist_ok=True)
            (folder / key).write_bytes(body)

    screen = Console(stderr=True)
    with ThreadPoolExecutor(place.readers) as pool:
        done = pool.map(bring, keys)
        list(track(done, "Reading", len(keys), console=screen, transient=True, disable=not screen.is_terminal))


def _lock(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """From here on no other file is read, no network is asked, and none of this can be undone."""
    prefixes = [f"{form}/{each.prefix}" for each in STORED.values() for form in (folder, literally(folder))]
    for setting, value in {
        "allowed_directories": [prefix for prefix in prefixes if prefix.endswith("/")],
        "allowed_paths": [prefix for prefix in prefixes if not prefix.endswith("/")],
        # DuckDB 2.0.0 forgets the LIMIT of a LEFT JOIN whose right side it knows to be empty.
        "disabled_optimizers": "statistics_propagation",
        "temp_directory": "",
        "TimeZone": "UTC",
        "enable_external_access": False,
        "lock_configuration": True,
    }.items():
        connection.execute(f"SET {setting} = $1", [value])
