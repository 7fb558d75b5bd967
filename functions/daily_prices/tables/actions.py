"""Copies the symbols' splits and dividends into one object: it speeds up reading those of many."""

from collections.abc import Iterator, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import Bucket, StoredObject
from stockflow_functions.daily_prices.tables.changed import Listed
from stockflow_functions.daily_prices.tables.readers import read_each
from stockflow_functions.domain.actions.table import asked_in, rows_in
from stockflow_functions.domain.actions.together import UNSURE_MS, AllActions, Origin, decode_all, encode_all
from stockflow_functions.domain.parquet import NewerTableError, NotATableError


def copy_actions(bucket: Bucket, listed: Mapping[str, Listed], listed_ms: int) -> None:
    """Brings the object up to date with the symbols' own: those with another ETag are read, the others' rows stay.

    One that can't be read is left out: whoever needs it reads it, and says what is wrong. A newer release's object of
    all symbols stays as it is.

    Args:
        bucket: where.
        listed: the symbols' objects.
        listed_ms: a moment before they were listed.

    Raises:
        WriteConflict: another call has written it in the meantime; also as the bucket's methods do.
    """
    there = {symbol: one for symbol, one in listed.items() if one.key == keys.actions(symbol)}
    if not there:
        return
    stored = bucket.get(keys.ALL_ACTIONS)
    try:
        before = _understood(stored)
    except NewerTableError:
        return
    after = _updated(bucket, before, there, listed_ms - UNSURE_MS)
    if stored is None or after.origins != before.origins:
        etag = stored.etag if stored else None
        bucket.put(keys.ALL_ACTIONS, encode_all(after), if_match=etag, if_none_match=stored is None)


def _understood(stored: StoredObject | None) -> AllActions:
    """What is kept; nothing where it is damaged: it is made anew then."""
    try:
        return decode_all(stored.body) if stored else AllActions()
    except NotATableError:
        return AllActions()


def _updated(bucket: Bucket, before: AllActions, there: Mapping[str, Listed], sure_ms: int) -> AllActions:
    asked = {
        symbol: before.origins[symbol].asked
        for symbol, one in there.items()
        if symbol in before.origins and before.origins[symbol].etag == one.etag
    }
    rows = [before.rows.filter(pc.is_in(before.rows["symbol"], pa.array(list(asked), pa.string())))]
    for symbol, found in _read(bucket, {symbol: one for symbol, one in there.items() if symbol not in asked}):
        asked[symbol] = asked_in(found.schema.metadata or {})
        rows.append(found.replace_schema_metadata(None))
    origins = {symbol: _origin(there[symbol], sure_ms)._replace(asked=one) for symbol, one in asked.items()}
    return AllActions(pa.concat_tables(rows), origins)


def _origin(one: Listed, sure_ms: int) -> Origin:
    written_ms = one.facts.written_ms
    return Origin(one.etag, one.facts.bytes, written_ms if written_ms < sure_ms else None, {})


def _read(bucket: Bucket, wanted: Mapping[str, Listed]) -> Iterator[tuple[str, pa.Table]]:
    """The rows of those that are still what was listed, and can be read."""

    def read(symbol: str) -> pa.Table | None:
        found = bucket.get(wanted[symbol].key)
        if found is None or found.etag.strip('"') != wanted[symbol].etag:
            return None
        try:
            rows = rows_in(found.body, symbol)
            asked_in(rows.schema.metadata or {})
        except (NotATableError, NewerTableError):
            return None
        return rows

    yield from ((symbol, rows) for symbol, rows in read_each(read, list(wanted)) if rows is not None)
