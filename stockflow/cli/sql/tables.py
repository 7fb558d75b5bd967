"""Makes the tables of ``stockflow sql`` in DuckDB, over files."""

import re
from collections.abc import Sequence
from pathlib import Path

import duckdb

from stockflow.cli.sql.views import DERIVED, STORED, Stored

_PATTERN = re.compile(r"[\[*?]")
"""What DuckDB takes for a pattern in the name of a file."""


def make_tables(connection: duckdb.DuckDBPyConnection, place: str, folder: Path, files: dict[str, list[Path]]) -> None:
    """All tables there are by their names; of those that ``files`` has not, the columns alone.

    Args:
        place: what its owner calls the folder.
        folder: where all files are.
        files: the files of each table that is to be read; none for an empty table.
    """
    connection.execute("CREATE SCHEMA empty")
    for name, stored in STORED.items():
        columns = connection.from_arrow(stored.schema.empty_table())
        (columns.project('*, CAST(NULL AS VARCHAR) AS "$path"') if stored.path else columns).create(f"empty.{name}")
        rows = _refusing(connection, name)
        if name in files:
            rows = _rows(connection, stored, place, folder, files[name]) if files[name] else _empty(connection, name)
        rows.create_view(name)
    for name, query in DERIVED.items():
        connection.sql(query).create_view(name)


def _rows(
    connection: duckdb.DuckDBPyConnection, stored: Stored, place: str, folder: Path, files: Sequence[Path]
) -> duckdb.DuckDBPyRelation:
    found = connection.read_parquet([literally(file) for file in files], filename=stored.path)
    if not stored.path:
        return found
    key = f"{_quoted(place)} || substr(filename, {len(str(folder)) + 1})"
    return found.project(f'* EXCLUDE filename, {key} AS "$path"')


def _empty(connection: duckdb.DuckDBPyConnection, name: str) -> duckdb.DuckDBPyRelation:
    return connection.table(f"empty.{name}")


def _refusing(connection: duckdb.DuckDBPyConnection, name: str) -> duckdb.DuckDBPyRelation:
    """A table of which there are the columns alone: to read it is an error, not an empty answer."""
    sentence = f"Write {name} into the query as a word of its own: only tables that it names are read."
    one_row = connection.table_function("range", [1])
    rows = one_row.join(_empty(connection, name).set_alias(name), "true", how="left")
    return rows.filter(f"error({_quoted(sentence)}) IS NULL").project(f"{name}.*")


def literally(path: Path) -> str:
    """The path as a pattern that no other one fits."""
    return _PATTERN.sub(r"[\g<0>]", str(path))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
