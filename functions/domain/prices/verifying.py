"""Checks a stored object against the rules by which its rows were stored."""

import pandas as pd

from stockflow_functions.domain.parquet import NewerTableError, NotATableError
from stockflow_functions.domain.prices import exchanges
from stockflow_functions.domain.prices.anomalies import find_anomalies
from stockflow_functions.domain.prices.bars import stored_bars
from stockflow_functions.domain.prices.checks import CHECKS, AsOf
from stockflow_functions.domain.prices.exchanges import Exchange
from stockflow_functions.domain.prices.known_splits import Splits
from stockflow_functions.domain.prices.parquet import NULLABLE, decode, empty_table
from stockflow_functions.domain.prices.rules import Severity
from stockflow_functions.domain.prices.schema import span
from stockflow_functions.domain.prices.series import Series
from stockflow_functions.domain.prices.transforming import staleness
from stockflow_functions.domain.verdict import Verdict, as_sentence
from stockflow_functions.domain.words import counted, named_few

_FORGOT = "Its changes can't be read: the next run of {symbol} keeps it aside and notes them anew."
_OLD = "It is not of the present schema or order: the next run of {symbol} migrates it."


def verify(
    body: bytes, series: Series, symbol: str, exchange: Exchange, splits: Splits, *, now_ms: int, refill: str
) -> Verdict:
    """Checks one object of the dataset; sentences name dates, the newest first.

    ``refill`` is the command, in backticks, that moves an unreadable object aside and makes a new one.
    """
    try:
        decoded = decode(body, series, symbol)
    except NewerTableError as error:
        return Verdict(breaches=[as_sentence(error)])
    except NotATableError as error:
        return Verdict(breaches=[f"{as_sentence(error)} {refill} moves it aside and makes a new one."])
    table = decoded.table
    if table.empty:
        return Verdict(breaches=["It has no rows."])
    as_of = AsOf(series, exchange, exchanges.today(exchange, now_ms), exchanges.last_settled(exchange, now_ms))
    flaws = ((_OLD, decoded.migrated), (_FORGOT, decoded.forgot))
    breaches = [flaw.format(symbol=symbol) for flaw, found in flaws if found]
    first, last = span(table)
    remarks = find_anomalies(table, empty_table(series), as_of, splits, table["date"].to_numpy()).sentences
    remarks += [one.sentence for one in staleness([table], as_of)]
    return Verdict(len(table), str(first), str(last), breaches + _broken(table, as_of), remarks + _unknown(table))


def _broken(table: pd.DataFrame, as_of: AsOf) -> list[str]:
    bars = stored_bars(table, NULLABLE)
    sentences = []
    for check in CHECKS:
        if check.severity in {Severity.REJECT, Severity.LEAVE_OUT}:
            dates = table["date"][check.fails(bars, as_of)].dt.strftime("%Y-%m-%d").tolist()[::-1]
            if dates:
                sentences.append(f"{check.name}, {counted(len(dates), 'bar')}: {named_few(dates)}.")
    return sentences


def _unknown(table: pd.DataFrame) -> list[str]:
    empty = int(table["adjusted_close"].isna().sum()) if "adjusted_close" in table else 0
    return [f"{counted(empty, 'bar')} without an adjusted close."] if empty else []
