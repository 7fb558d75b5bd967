"""Makes the tables of ``stockflow sql`` in DuckDB, over files."""
# ruff: noqa: S608 # names are this program's own, and paths are quoted

import re
from collections.abc import Sequence
from pathlib import Path

import duckdb

from stockflow.cli.sql_views import DERIVED, STORED, Stored

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
        connection.register("columns_of_it", stored.schema.empty_table())
        path = ', CAST(NULL AS VARCHAR) AS "$path"' if stored.path else ""
        connection.execute(f"CREATE TABLE empty.{name} AS SELECT *{path} FROM columns_of_it")
        connection.unregister("columns_of_it")
        rows = _rows(stored, place, folder, files[name]) if files.get(name) else f"SELECT * FROM empty.{name}"
        connection.execute(f"CREATE VIEW {name} AS {rows if name in files else _refusal(name)}")
    for name, query in DERIVED.items():
        connection.execute(f"CREATE VIEW {name} AS {query}")


def _rows(stored: Stored, place: str, folder: Path, files: Sequence[Path]) -> str:
    listed = ", ".join(_quoted(literally(file)) for file in files)
    if not stored.path:
        return f"SELECT * FROM read_parquet([{listed}])"
    key = f"{_quoted(place)} || substr(filename, {len(str(folder)) + 1})"
    return f'SELECT * EXCLUDE filename, {key} AS "$path" FROM read_parquet([{listed}], filename = true)'


def _refusal(name: str) -> str:
    """A table of which there are the columns alone: to read it is an error, not an empty answer."""
    sentence = _quoted(f"Write {name} into the query as a word of its own: only tables that it names are read.")
    return f"SELECT one.* FROM range(1) LEFT JOIN empty.{name} AS one ON true WHERE error({sentence}) IS NULL"


def literally(path: Path) -> str:
    """The path as a pattern that no other one fits."""
    return _PATTERN.sub(r"[\g<0>]", str(path))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
