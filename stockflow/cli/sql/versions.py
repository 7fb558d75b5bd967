"""Whether this release knows what the files of a query's tables mean."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from stockflow.cli.sql.tables import literally
from stockflow.cli.sql.views import STORED
from stockflow.dataset.places import Place
from stockflow.dataset.sentences import decoding
from stockflow_functions.domain.parquet import VERSION_KEY, NewerTableError

_NEWER = """
SELECT file_name, decode(value) FROM parquet_kv_metadata($files)
WHERE key = $key AND TRY_CAST(decode(value) AS BIGINT) > $known ORDER BY file_name LIMIT 1"""


def must_be_known(
    connection: duckdb.DuckDBPyConnection, place: Place, folder: Path, files: Mapping[str, Sequence[Path]]
) -> None:
    """Reads the ends of the files, where their schemas' versions are.

    Args:
        place: the dataset.
        folder: where its files are, or copies of its objects.
        files: those of each table.

    Raises:
        DatasetError: one is of a newer schema.
    """
    for name, each in files.items():
        known = STORED[name].version
        asked = {"files": [literally(file) for file in each], "key": VERSION_KEY, "known": known}
        newer = connection.execute(_NEWER, asked).fetchone() if each else None
        if newer:
            with decoding(place, Path(newer[0]).relative_to(folder).as_posix()):
                raise NewerTableError(f"it is of schema {newer[1]}, and this release knows {known}")
