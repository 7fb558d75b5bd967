"""The splits and dividends of many symbols in one table, and of which symbols they are known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from stockflow.dataset.errors import DatasetError
from stockflow.dataset.places import Place
from stockflow.dataset.reading import are_own, as_arrow, as_written, each, joined
from stockflow.dataset.sentences import at_moment, decoding
from stockflow.dataset.stored import symbols_below
from stockflow.dataset.together import Together, read_together
from stockflow_functions.aws import keys
from stockflow_functions.domain.actions.table import (
    ACTIONS,
    DIVIDEND,
    SCHEMA_VERSION,
    SPLIT,
    Actions,
    Asked,
    asked_in,
    decode,
)
from stockflow_functions.domain.words import named_few


class _Read(NamedTuple):
    """One symbol's rows, and when the vendor answered."""

    table: pa.Table
    asked: Mapping[str, Asked]


_NO_ROWS = Actions().rows
_IN_FILES = {pa.timestamp("s", tz="UTC"): pa.timestamp("ms", tz="UTC")}
"""Parquet has no type for moments in whole seconds."""


@dataclass(frozen=True)
class StoredActions:
    """What is stored of the actions of some symbols.

    Attributes:
        rows: of all of them, also what is no longer so.
        asked: by symbol and kind when the vendor answered; nothing where no object is.
    """

    rows: pa.Table
    asked: Mapping[str, Mapping[str, Asked]]

    def at(self, moment_s: int | None) -> pa.Table:
        """The rows that were what was known then; None is now. See :meth:`Actions.at`."""
        until = self.rows.column("known_until")
        if moment_s is None:
            return self.rows.filter(pc.is_null(until))
        moment = pa.scalar(datetime.fromtimestamp(moment_s, UTC), until.type)
        begun = pc.less_equal(self.rows.column("known_from"), moment)
        return self.rows.filter(pc.and_(begun, pc.fill_null(pc.greater(until, moment), fill_value=True)))

    def unknown(self, kind: str, moment_s: int | None) -> list[str]:
        """The symbols of which the vendor had not told actions of that kind by then."""
        return [symbol for symbol, asked in self.asked.items() if not Actions(_NO_ROWS, asked).is_known(kind, moment_s)]


class ActionsReader:
    """Reads the actions of symbols, of each only the columns that are asked for.

    Those of many are read from the object of all symbols, as far as their own objects are still what it was made of.

    Args:
        place: where.
        columns: which are needed beside those that say of whom a row is and until when it was known.
        then: whether an earlier moment than now is asked for, for which ``known_from`` is needed too.
    """

    def __init__(self, place: Place, columns: Sequence[str], *, then: bool) -> None:
        needed = {"symbol", "known_until", *columns, *(("known_from",) if then else ())}
        self._place = place
        self._kinds = pa.schema([field for field in ACTIONS if field.name in needed])
        self._in_files = pa.schema([field.with_type(_IN_FILES.get(field.type, field.type)) for field in self._kinds])

    def of(self, symbols: Sequence[str]) -> StoredActions:
        """What is stored of these symbols' actions.

        Raises:
            DatasetError: an object is no table of actions, or a newer release's.
        """
        together = read_together(self._place, symbols, self._in_files)
        own = self._own([symbol for symbol in symbols if symbol not in together.asked])
        rows = joined([together.rows, own.rows], self._in_files)
        if len(together.rows) and len(own.rows):
            rows = rows.take(pc.sort_indices(rows, [("symbol", "ascending")]))  # stable: dates stay in order
        asked = together.asked | own.asked
        return StoredActions(rows.cast(self._kinds), {symbol: asked[symbol] for symbol in symbols})

    def _own(self, symbols: Sequence[str]) -> Together:
        """What the symbols' own objects say."""
        found = dict(zip(symbols, each(symbols, self._read, self._place.readers), strict=True))
        tables = {symbol: read.table for symbol, read in found.items()}
        rows = joined(list(tables.values()), self._in_files)
        if not are_own(rows, tables):
            rows = joined([self._read(symbol, careful=True).table for symbol in symbols], self._in_files)
        return Together(rows, {symbol: read.asked for symbol, read in found.items()})

    def _read(self, symbol: str, *, careful: bool = False) -> _Read:
        key = keys.actions(symbol)
        body = self._place.read(key)
        if body is None:
            return _Read(self._in_files.empty_table(), {})
        with decoding(self._place, key):
            found = None if careful else as_written(body, self._in_files, SCHEMA_VERSION)
            if found is not None:
                return _Read(found, asked_in(found.schema.metadata))
            decoded = decode(body, symbol)
        return _Read(as_arrow(decoded.rows, self._in_files), decoded.asked)


def known_actions(place: Place, symbols: Sequence[str] | None, moment_s: int | None) -> pa.Table:
    """The actions of these symbols, or of all, as they were known then; None is now.

    Raises:
        DatasetError: the vendor had not been asked about one of the symbols, or about any; or an object is no table.
    """
    chosen = symbols_below(place, keys.ACTIONS, keys.actions) if symbols is None else symbols
    if not chosen:
        raise DatasetError(f"{place.name} has no splits and dividends: `stockflow actions --update` asks the vendor.")
    stored = ActionsReader(place, ACTIONS.names, then=True).of(chosen)
    never = set(stored.unknown(SPLIT, moment_s)) & set(stored.unknown(DIVIDEND, moment_s))
    if symbols is not None and never:
        raise not_known(place, "splits and dividends", sorted(never), moment_s)
    return stored.at(moment_s)


def not_known(place: Place, what: str, symbols: Sequence[str], moment_s: int | None) -> DatasetError:
    """That actions which are needed are not known, or were not known then."""
    if moment_s is not None:
        return DatasetError(
            f"{place.name} did not know the {what} of {named_few(symbols)} at {at_moment(moment_s)}: "
            "write a later as_of, or none for what is known now."
        )
    command = f"stockflow actions {' '.join(symbols[:3])} --update"
    return DatasetError(
        f"{place.name} does not know the {what} of {named_few(symbols)}, and nothing is guessed: `{command}` asks "
        "the vendor."
    )
