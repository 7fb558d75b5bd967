"""The splits and dividends of many symbols in one table, and of which symbols they are known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.compute as pc

from stockflow.dataset.errors import DatasetError
from stockflow.dataset.places import Place, is_hidden
from stockflow.dataset.reading import as_arrow, as_written, each, is_of, joined
from stockflow.dataset.sentences import at_moment, decoding
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


def read_actions(place: Place, symbols: Sequence[str], columns: Sequence[str], *, then: bool = True) -> StoredActions:
    """What is stored of these symbols' actions.

    Args:
        place: where.
        symbols: whose.
        columns: which are needed beside those that say of whom a row is and until when it was known.
        then: whether an earlier moment than now is asked for, for which ``known_from`` is needed too.

    Raises:
        DatasetError: an object is no table of actions, or a newer release's.
    """
    needed = {"symbol", "known_until", *columns, *(("known_from",) if then else ())}
    kinds = pa.schema([field for field in ACTIONS if field.name in needed])
    in_files = pa.schema([field.with_type(_IN_FILES.get(field.type, field.type)) for field in kinds])

    def stored(symbol: str) -> tuple[pa.Table, Mapping[str, Asked]]:
        key = keys.actions(symbol)
        body = place.read(key)
        if body is None:
            return in_files.empty_table(), {}
        with decoding(place, key):
            found = as_written(body, in_files, SCHEMA_VERSION)
            if found is not None and is_of(found, symbol):
                return found, asked_in(found.schema.metadata)
            decoded = decode(body, symbol)
            return as_arrow(decoded.rows, in_files), decoded.asked

    found = each(symbols, stored, place.readers)
    asked = {symbol: asked for symbol, (_, asked) in zip(symbols, found, strict=True)}
    return StoredActions(joined([rows for rows, _ in found], in_files).cast(kinds), asked)


def known_actions(place: Place, symbols: Sequence[str] | None, moment_s: int | None) -> pa.Table:
    """The actions of these symbols, or of all, as they were known then; None is now.

    Raises:
        DatasetError: the vendor had not been asked about one of the symbols, or about any; or as :func:`read_actions`.
    """
    chosen = _of_all(place) if symbols is None else symbols
    if not chosen:
        raise DatasetError(f"{place.name} has no splits and dividends: `stockflow actions --update` asks the vendor.")
    stored = read_actions(place, chosen, ACTIONS.names)
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


def _of_all(place: Place) -> list[str]:
    found = {keys.symbol_of(key): key for key in place.keys(keys.ACTIONS) if not is_hidden(key)}
    return sorted(symbol for symbol, key in found.items() if key == keys.actions(symbol))
