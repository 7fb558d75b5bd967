"""All of Transform that needs no bucket: body in, checked table and its story out."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd

from functions.prices import exchanges
from functions.prices.answer import Answer, parse
from functions.prices.bars import read_bars
from functions.prices.checks import Day, check_bars
from functions.prices.series import columns
from functions.prices.sessions import newest_expected


@dataclass(frozen=True)
class Transformed:
    """What one answer gives. ``table`` is None where nothing in it is settled and sound."""

    table: pd.DataFrame | None
    rejected: list[dict[str, Any]]
    rows_left_out: int
    stale: bool
    warnings: list[str]

    def summary(self) -> dict[str, Any]:
        """The counts that travel in the state."""
        dates = [] if self.table is None else self.table["date"].dt.strftime("%Y-%m-%d").tolist()
        return {
            "rows": len(dates),
            "first_date": dates[0] if dates else None,
            "last_date": dates[-1] if dates else None,
            "rows_rejected": len(self.rejected),
            "rows_left_out": self.rows_left_out,
            "stale": self.stale,
            "warnings": self.warnings,
        }


def transform_answer(body: bytes, symbol: str, series: str, *, fetched_ms: int) -> Transformed:
    """Parses and checks; which bars are settled depends on when the answer was fetched, not on when this runs.

    Raises:
        BadPrices: the body holds no time series.
    """
    answer = parse(body)
    bars = read_bars(answer.rows, series)
    day = day_of(symbol, answer, fetched_ms)
    checked = check_bars(bars, day)
    rejected = [_rejected(bars.sent[row], name, sentence) for row, name, sentence in checked.rejected]
    if checked.kept.empty:
        return Transformed(None, rejected, checked.left_out, True, [])
    table = checked.kept.assign(symbol=symbol)[columns(series)]
    stale = table["date"].iloc[-1].date() < newest_expected(day.exchange, day.settled)
    return Transformed(table, rejected, checked.left_out, stale, [])


def day_of(symbol: str, answer: Answer, fetched_ms: int) -> Day:
    """What the exchange's clock said when the answer was fetched."""
    exchange = exchanges.exchange_of(symbol)
    return Day(
        exchange,
        exchanges.today(exchange, fetched_ms),
        exchanges.last_settled(exchange, fetched_ms),
        _open_session(answer.last_refreshed),
    )


def _open_session(last_refreshed: str) -> date | None:
    """``"2018-05-31 14:43:40"`` is 2018-05-31; a plain date says that the session was over."""
    try:
        moment = datetime.fromisoformat(last_refreshed)
    except ValueError:
        return None
    return moment.date() if len(last_refreshed) > len("2018-05-31") else None


def _rejected(sent: tuple[str, Any], check: str, sentence: str) -> dict[str, Any]:
    date_text, fields = sent
    values = (
        {name[:40]: str(value)[:80] for name, value in list(fields.items())[:12]} if isinstance(fields, dict) else {}
    )
    return {
        "date": _plain(date_text[:40]),
        "check": check,
        "reason": sentence,
        "sent": {_plain(k): _plain(v) for k, v in values.items()},
    }


def _plain(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()
