"""Turns rows as sent into a table of typed columns; what can't be read is marked, not dropped."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from stockflow_functions.domain.prices.schema import schema
from stockflow_functions.domain.prices.sent import RepeatedFields, SentSeries
from stockflow_functions.domain.prices.series import Series

_WHOLE_FLOATS = 2.0**53


@dataclass(frozen=True)
class Bars:
    """Bars in the order they were sent, or are stored.

    ``table`` has ``date`` and the series' value columns; what can't be read is NaT, NaN, or 0 for a volume.
    ``unreadable`` has a mask over the rows for each of these columns, True where the text could not be read.
    ``repeated`` is a mask over the rows, True where a bar has one of its fields more than once.
    """

    table: pd.DataFrame
    unreadable: Mapping[str, np.ndarray]
    repeated: np.ndarray

    @cached_property
    def columns(self) -> Mapping[str, np.ndarray]:
        """The table's columns as NumPy has them: a check needs several, and pandas makes each anew."""
        return {name: self.table[name].to_numpy() for name in map(str, self.table)}


def stored_bars(table: pd.DataFrame, nullable: Collection[str] = ()) -> Bars:
    """The bars of a table; empty cells count as unreadable, except in the columns ``nullable``."""
    filled = np.zeros(len(table), bool)
    unreadable = {name: filled if name in nullable else table[name].isna().to_numpy() for name in map(str, table)}
    return Bars(table, unreadable, np.zeros(len(table), bool))


def read_bars(sent: SentSeries, series: Series) -> Bars:
    """Reads every cell by its column's type; no row is left out."""
    fields = [row if isinstance(row, dict) else {} for _, row in sent.rows]
    layouts = {tuple(row) for row in fields}
    names = _vendor_names(layouts, sent.column_of)
    typed = {"date": _read([date for date, _ in sent.rows], pa.date32())}
    kinds = schema(series)
    for column in series.value_columns:
        cells = _cells(fields, names.get(column, []), uniform=len(layouts) == 1)
        typed[column] = _read(cells, kinds.field(column).type)
    table = pd.DataFrame({name: values for name, (values, _) in typed.items()}, copy=False)
    unreadable = {name: flaws for name, (_, flaws) in typed.items()}
    return Bars(table, unreadable, _repeated(fields, layouts, sent.column_of))


def _repeated(
    fields: list[dict[str, Any]], layouts: set[tuple[str, ...]], column_of: Callable[[str], str]
) -> np.ndarray:
    """Which bars have a field twice, even under two names."""
    ambiguous = {layout for layout in layouts if len(set(map(column_of, layout))) < len(layout)}
    twice = [isinstance(row, RepeatedFields) or (bool(ambiguous) and tuple(row) in ambiguous) for row in fields]
    return np.array(twice, bool)


def _vendor_names(layouts: set[tuple[str, ...]], column_of: Callable[[str], str]) -> dict[str, list[str]]:
    """Column to the vendor's names for it: one, unless the rows differ among themselves."""
    names: dict[str, list[str]] = {}
    for vendor_name in sorted({name for layout in layouts for name in layout}):
        names.setdefault(column_of(vendor_name), []).append(vendor_name)
    return names


def _cells(fields: list[dict[str, Any]], names: list[str], *, uniform: bool) -> list[Any]:
    if uniform and names:
        return list(map(itemgetter(names[0]), fields))
    return [next((row[name] for name in names if name in row), None) for row in fields]


def _read(cells: list[Any], kind: pa.DataType) -> tuple[np.ndarray, np.ndarray]:
    """The cells as a NumPy column, and which of them could not be read."""
    try:
        texts = pa.array(cells, pa.string())
        if pa.types.is_integer(kind) and pc.any(pc.match_substring(texts, "x", ignore_case=True)).as_py():
            raise ValueError("Arrow reads 0x10 as 16")
        array = texts.cast(kind)
    except (pa.ArrowException, ValueError):
        array = pa.array([_read_one(cell, kind) for cell in cells], kind)
    flaws = array.is_null().to_numpy(zero_copy_only=False)
    if pa.types.is_date(kind):
        return array.to_numpy(zero_copy_only=False).astype("datetime64[s]"), flaws
    values = array.fill_null(0).to_numpy()
    if pa.types.is_floating(kind):
        flaws = flaws | ~np.isfinite(values)
        values = np.where(flaws, np.nan, values)
    return values, flaws


def _read_one(cell: Any, kind: pa.DataType) -> Any:
    """One cell as Arrow reads it (no blanks, no underscores, no comma), or None; bare JSON numbers are accepted too."""
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        return None
    try:
        if isinstance(cell, str) and "x" in cell.lower():
            return None
        if isinstance(cell, str) and not (pa.types.is_integer(kind) and "." in cell):
            return pa.scalar(cell, pa.string()).cast(kind).as_py()
        number = float(cell) if not isinstance(cell, str) else pa.scalar(cell, pa.string()).cast(pa.float64()).as_py()
        return _whole(cell, number) if pa.types.is_integer(kind) else number
    except (pa.ArrowException, ValueError, OverflowError):
        return None


def _whole(cell: Any, number: float) -> int | None:
    if isinstance(cell, int):
        return cell if -(2**63) <= cell < 2**63 else None
    return int(number) if abs(number) < _WHOLE_FLOATS and number == int(number) else None
