"""What a caller asks for, taken as people write it and checked before anything is read. Pure."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, time
from typing import TypeAlias, get_args

import pandas as pd

from stockflow.dataset.adjusting import How
from stockflow.dataset.errors import DatasetError
from stockflow_functions.domain.errors import InvalidInput
from stockflow_functions.domain.prices.series import SERIES, Series, Step
from stockflow_functions.domain.symbols import entries_of, quoted, symbol_of

Symbols: TypeAlias = str | Iterable[str] | None
"""``"AAPL"``, ``"AAPL, MSFT"``, a list of them, or None for all."""
Day: TypeAlias = str | date | None
"""``"2026-11-20"``, a date or a datetime, of which the date counts."""

_KEYS = ("symbol", "date")


def symbols_in(symbols: Symbols) -> list[str] | None:
    """The symbols in capitals, sorted, each once; None for all.

    Raises:
        DatasetError: one can't be a symbol, or there is none in the list.
    """
    if symbols is None:
        return None
    try:
        entries = entries_of(symbols if _is_one(symbols) else list(symbols))
        found = sorted({symbol_of(entry, place) for entry, place in entries})
    except InvalidInput as error:
        raise DatasetError(str(error)) from None
    if not found:
        raise DatasetError("There is no symbol in symbols: write one such as AAPL, or None for all that there are.")
    return found


def series_named(name: str) -> Series:
    """The series of that name.

    Raises:
        DatasetError: there is none.
    """
    found = SERIES.get(name)
    if found is None:
        raise DatasetError(f"series is {quoted(name)}: write {_either(SERIES)}.")
    return found


def span_of(start: Day, end: Day) -> tuple[date | None, date | None]:
    """Both days; None is open.

    Raises:
        DatasetError: one is no day, or the end is before the start.
    """
    first, last = day_of(start, "start"), day_of(end, "end")
    if first and last and last < first:
        raise DatasetError(f"end {last} is before start {first}: write the earlier day as start.")
    return first, last


def day_of(value: Day, name: str) -> date | None:
    """The day; None as it is.

    Raises:
        DatasetError: it is no day.
    """
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise _no_day(value, name) from None
    if value is not None and not _is_date(value):
        raise _no_day(value, name)
    return value.date() if isinstance(value, datetime) else value


def moment_of(value: str | date | None) -> int | None:
    """The moment in whole seconds since 1970: of a day its last second, UTC; of a datetime without a zone in UTC.

    Raises:
        DatasetError: it is no moment, or in UTC none of the years 1 to 9999.
    """
    if value is None:
        return None
    moment = _moment(value) if isinstance(value, str) else value
    if not _is_date(moment):
        raise _no_moment(value)
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time(23, 59, 59))
    try:
        return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).timestamp())
    except OverflowError:
        raise _no_moment(value) from None


def columns_in(columns: Sequence[str] | str | None, series: Series, others: Iterable[str]) -> list[str]:
    """The columns, symbol and date first; all of the series for None.

    Args:
        others: what there is beside the columns of the series.

    Raises:
        DatasetError: there is no such column.
    """
    if columns is None:
        return list(series.columns)
    asked = [columns] if _is_one(columns) else list(columns)
    known = [*series.columns, *others]
    for each in asked:
        if each not in known:
            raise DatasetError(f"{series.name} has no column {quoted(each)}: write any of {', '.join(known)}.")
    return list(dict.fromkeys((*_KEYS, *asked)))


def adjustment_in(adjust: How | None, series: Series) -> How | None:
    """How to adjust; None for prices as traded.

    Raises:
        DatasetError: it can't be done so.
    """
    if adjust is None:
        return None
    ways = get_args(How)
    if adjust not in ways:
        raise DatasetError(f"adjust is {quoted(adjust)}: write {_either(ways)}, or None for prices as traded.")
    if series.step is not Step.SESSION:
        raise DatasetError(
            f"{series.name} can't be adjusted, as a split in the middle of a week is in a part of its bar alone: "
            "take daily bars, and make weeks of those."
        )
    return adjust


def _is_one(value: object) -> bool:
    """Whether it is no list of things."""
    return isinstance(value, str) or not isinstance(value, Iterable)


def _is_date(value: object) -> bool:
    """Whether it is a date or a datetime; NaT, which pandas has where a date is missing, is an instance of both."""
    return isinstance(value, date) and not pd.isna(value)


def _moment(text: str) -> date:
    """The day or the datetime; a day has no hour to it, though :meth:`datetime.fromisoformat` gives it one."""
    for kind in (date, datetime):
        with suppress(ValueError):
            return kind.fromisoformat(text)
    raise _no_moment(text)


def _either(names: Iterable[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} or {last}"


def _no_day(value: object, name: str) -> DatasetError:
    return DatasetError(f"{name} is {quoted(value)}: write a day such as 2026-11-20.")


def _no_moment(value: object) -> DatasetError:
    return DatasetError(f"as_of is {quoted(value)}: write a day such as 2026-11-20, or 2026-11-20T18:30:00Z.")
