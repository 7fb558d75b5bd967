"""The two tables of calls and the catalog, as docs/data.md has them, held against the code."""

import pyarrow as pa
import pytest

from stockflow_functions.domain.calls.tables import PASSAGES, ROWS
from stockflow_functions.domain.catalog.table import CATALOG
from tests.helpers.stack import ROOT

KINDS = {
    pa.string(): "string",
    pa.date32(): "date",
    pa.float64(): "double",
    pa.int32(): "32-bit integer",
    pa.int64(): "64-bit integer",
    pa.bool_(): "boolean",
    pa.timestamp("s", tz="UTC"): "timestamp",
}


def told(mark):
    """The cells of the table between the comments of that mark, without the headings."""
    text = (ROOT / "docs" / "data.md").read_text(encoding="utf-8")
    lines = text.partition(f"<!-- {mark} -->")[2].partition(f"<!-- end of {mark} -->")[0].strip().splitlines()
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines[2:]]


def true_of(field):
    """The cells that a column has."""
    unit = field.metadata.get(b"unit", b"").decode()
    return [f"`{field.name}`", KINDS[field.type], unit, "yes" * field.nullable, field.metadata[b"description"].decode()]


@pytest.mark.parametrize(
    ("mark", "schema"),
    [("tone columns", ROWS), ("transcripts columns", PASSAGES), ("catalog columns", CATALOG)],
)
def test_the_page_has_the_columns_of_the_schema(mark, schema):
    """Names, types, units, and what each is, in this order."""
    assert told(mark) == [true_of(field) for field in schema]
