"""Tables of the dataset beside prices and actions: calls, listings, findings, the catalog."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from stockflow.dataset.errors import DatasetError
from stockflow.dataset.places import Place
from stockflow.dataset.reading import as_written, each, is_of, joined, table_of
from stockflow.dataset.sentences import command, decoding
from stockflow.dataset.stored import nothing_of, symbols_below, symbols_of, unknown
from stockflow_functions.aws import keys
from stockflow_functions.domain.calls.tables import ROWS, SCHEMA_VERSION, decode_rows
from stockflow_functions.domain.catalog.table import CATALOG
from stockflow_functions.domain.catalog.table import SCHEMA_VERSION as CATALOG_VERSION
from stockflow_functions.domain.findings.table import FINDINGS
from stockflow_functions.domain.findings.table import decode as decode_findings
from stockflow_functions.domain.listings.table import SCHEMA as LISTINGS
from stockflow_functions.domain.listings.table import SCHEMA_VERSION as LISTINGS_VERSION
from stockflow_functions.domain.listings.table import decode as decode_listings
from stockflow_functions.domain.prices.series import DAILY, SERIES
from stockflow_functions.domain.words import named_few


def read_calls(place: Place, symbols: Sequence[str] | None) -> pa.Table:
    """A row a call, of these symbols or of all; sorted by symbol and day.

    Raises:
        DatasetError: there is no call of any of them, or an object is no table of calls.
    """

    def stored(symbol: str) -> pa.Table:
        body = place.read(keys.tone(symbol))
        if body is None:
            return ROWS.empty_table()
        found = as_written(body, ROWS, SCHEMA_VERSION)
        if found is not None and is_of(found, symbol):
            return found
        with decoding(place, keys.tone(symbol)):
            return pa.Table.from_pylist([asdict(row) for row in decode_rows(body, symbol).rows], schema=ROWS)

    chosen = symbols_below(place, "tone/", keys.tone) if symbols is None else symbols
    rows = joined(each(chosen, stored, place.readers), ROWS)
    if not len(rows):
        of_whom = f" of {named_few(chosen)}" if chosen else ""
        raise DatasetError(f"{place.name} has no earnings calls{of_whom}: `stockflow call` judges one (docs/calls.md).")
    return rows


def read_listings(place: Place, day: date | None) -> pa.Table:
    """Who is and was listed: a row a company's or fund's time under a symbol; with ``day`` those of that day.

    Raises:
        DatasetError: there are no listings, or the object is no table of them.
    """
    body = place.read(keys.LISTINGS)
    if body is None:
        asking = command(place, "listings --update")
        raise DatasetError(f"{place.name} has no {keys.LISTINGS}: {asking} asks the vendor.")
    with decoding(place, keys.LISTINGS):
        rows = table_of(body, LISTINGS, LISTINGS_VERSION)
        if day is None:
            return rows
        listings = decode_listings(body)
    return rows.filter(pa.array([row.covers(day, listings.as_of) for row in listings.rows], pa.bool_()))


def read_findings(place: Place, symbols: Sequence[str] | None) -> pa.Table:
    """What the checks of each run found in these symbols or in all: a row a run, symbol and check, the oldest first.

    Raises:
        DatasetError: the place is no dataset, a symbol has neither prices nor findings, or an object is no table of
            findings.
    """
    tables = []
    for series in SERIES:
        body = place.read(keys.findings(series))
        if body is not None:
            with decoding(place, keys.findings(series)):
                tables.append(decode_findings(body))
    if not tables and not any(symbols_of(place, series) for series in SERIES.values()):
        raise nothing_of(place, DAILY)
    rows = joined(tables, FINDINGS).sort_by([(name, "ascending") for name in ("started_at", "series", "symbol")])
    if symbols is None:
        return rows
    rows = rows.filter(pc.is_in(rows.column("symbol"), pa.array(symbols, pa.string())))
    _must_be_there(place, set(symbols) - set(rows.column("symbol").to_pylist()))
    return rows


def read_catalog(place: Place) -> pa.Table:
    """What the dataset has: a row a symbol and series.

    Raises:
        DatasetError: there is no catalog yet, or the object is none.
    """
    body = place.read(keys.CATALOG)
    if body is None:
        raise DatasetError(f"{place.name} has no {keys.CATALOG}: the next `stockflow run` makes it.")
    with decoding(place, keys.CATALOG):
        return table_of(body, CATALOG, CATALOG_VERSION)


def _must_be_there(place: Place, symbols: set[str]) -> None:
    if symbols:
        stored = {symbol for series in SERIES.values() for symbol in symbols_of(place, series)}
        if missing := sorted(symbols - stored):
            raise unknown(place, DAILY, missing)
