"""The tables that ``stockflow sql`` has ready made: those of the dataset's objects, and those made of them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from stockflow.cli.call_reactions import CALL_REACTIONS
from stockflow.dataset.places import is_hidden
from stockflow.dataset.views import VIEWS
from stockflow_functions.aws import keys
from stockflow_functions.domain.actions.table import ACTIONS
from stockflow_functions.domain.actions.table import SCHEMA_VERSION as ACTIONS_VERSION
from stockflow_functions.domain.calls.tables import PASSAGES, ROWS
from stockflow_functions.domain.calls.tables import SCHEMA_VERSION as CALLS_VERSION
from stockflow_functions.domain.catalog.table import CATALOG
from stockflow_functions.domain.catalog.table import SCHEMA_VERSION as CATALOG_VERSION
from stockflow_functions.domain.findings.table import FINDINGS
from stockflow_functions.domain.findings.table import SCHEMA_VERSION as FINDINGS_VERSION
from stockflow_functions.domain.listings.table import SCHEMA as LISTINGS
from stockflow_functions.domain.listings.table import SCHEMA_VERSION as LISTINGS_VERSION
from stockflow_functions.domain.prices.schema import SCHEMA_VERSION as PRICES_VERSION
from stockflow_functions.domain.prices.schema import schema
from stockflow_functions.domain.prices.series import SERIES


@dataclass(frozen=True)
class Stored:
    """A table that is all objects right below a prefix, or one object.

    Attributes:
        prefix: of the objects' keys; of a table in one object its key.
        schema: its columns, for a dataset that has no object of it.
        version: of the schema, the newest that this release knows.
        folders: between the prefix and the objects' names.
        path: whether a row is to name its object, in a column ``$path`` as Athena has it.
    """

    prefix: str
    schema: pa.Schema
    version: int
    folders: int = 0
    path: bool = False

    def has(self, key: str) -> bool:
        """Whether the key is that of one of the table's objects; names that query engines pass over are none."""
        rest = key.removeprefix(self.prefix)
        return key.endswith(".parquet") and rest.count("/") == self.folders and not is_hidden(key)


STORED: Mapping[str, Stored] = {
    **{name: Stored(keys.prices_of(name), schema(series), PRICES_VERSION) for name, series in SERIES.items()},
    **{
        f"{name}_by_date": Stored(f"{keys.TABLES}{name}/", schema(series), PRICES_VERSION)
        for name, series in SERIES.items()
    },
    "tone": Stored("tone/", ROWS, CALLS_VERSION),
    "transcripts": Stored("transcripts/", PASSAGES, CALLS_VERSION, folders=1, path=True),
    "actions": Stored(keys.ACTIONS, ACTIONS, ACTIONS_VERSION),
    "listings": Stored(keys.LISTINGS, LISTINGS, LISTINGS_VERSION),
    "catalog": Stored(keys.CATALOG, CATALOG, CATALOG_VERSION),
    "findings": Stored(keys.FINDINGS, FINDINGS, FINDINGS_VERSION),
}
"""By their names in a query."""

DERIVED: Mapping[str, str] = {**VIEWS, "call_reactions": CALL_REACTIONS}
"""The queries of the others, by their names; each stands on tables and on those before it."""

TABLES = (*STORED, *DERIVED)
"""All names."""


def named_in(query: str) -> set[str]:
    """The tables that the query names, and those that they are made of.

    Any word of the query that is a table's name counts as one, so that none is missed.
    """
    words = set(re.findall(r"\w+", query.lower()))
    found = {name for name in TABLES if name in words}
    return found.union(*(named_in(DERIVED[name]) for name in found if name in DERIVED))
