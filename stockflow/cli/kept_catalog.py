"""The catalog that a command reads, as a table with its own types."""

import pyarrow as pa
import pyarrow.compute as pc

from stockflow.dataset.errors import DatasetError
from stockflow.dataset.places import Place, readable
from stockflow.dataset.reading import table_of
from stockflow.dataset.sentences import decoding
from stockflow_functions.aws import keys
from stockflow_functions.domain.catalog.table import CATALOG, SCHEMA_VERSION


def catalog_in(place: Place) -> pa.Table | None:
    """A row a symbol and series; None if there is none yet.

    Raises:
        DatasetError: the place can't be read, or the object is no catalog.
    """
    with readable(place.name), decoding(place, keys.CATALOG):
        body = place.read(keys.CATALOG)
        return None if body is None else table_of(body, CATALOG, SCHEMA_VERSION)


def no_catalog(place: Place) -> DatasetError:
    """That a place has none, and what makes it."""
    return DatasetError(f"{place.name} has no {keys.CATALOG}: `stockflow run` makes it, as every run does.")


def of(catalog: pa.Table, name: str, values: list[str]) -> pa.Table:
    """The rows that have one of these values in that column."""
    return catalog.filter(pc.is_in(catalog.column(name), pa.array(values, pa.string())))
