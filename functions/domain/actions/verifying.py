"""Checks a stored table of splits and dividends against the rules by which its rows were kept. Pure."""

from datetime import date

import pandas as pd

from stockflow_functions.domain.actions.checks import ABOVE_THE_CLOSE, SetAside, judge
from stockflow_functions.domain.actions.merging import actions_in
from stockflow_functions.domain.actions.table import KINDS, Actions, decode
from stockflow_functions.domain.parquet import NewerTableError, NotATableError
from stockflow_functions.domain.verdict import Verdict, as_sentence
from stockflow_functions.domain.words import counted, named_few


def verify(body: bytes, symbol: str, prices: pd.DataFrame, today: date) -> Verdict:
    """Checks one object.

    Args:
        body: the object.
        symbol: whose it should be.
        prices: the symbol's daily table; without rows where there is none.
        today: the exchange's date.
    """
    try:
        actions = decode(body, symbol)
    except (NotATableError, NewerTableError) as error:
        return Verdict(breaches=[as_sentence(error)])
    judged = judge(actions_in(actions.at()), prices, today)
    # What is held against prices may have been kept before there were any; the next refresh sets it aside.
    later = [one for one in judged.aside if one.check == ABOVE_THE_CLOSE]
    broken = [one for one in judged.aside if one.check != ABOVE_THE_CLOSE]
    first, last = _span(actions)
    remarks = [*_sentences(later), *judged.remarks, *_unknown(actions)]
    return Verdict(len(actions.rows), first, last, _sentences(broken) + _times(actions), remarks)


def _span(actions: Actions) -> tuple[str, str]:
    days = actions.rows["date"].dt.strftime("%Y-%m-%d")
    return (days.iloc[0], days.iloc[-1]) if len(days) else ("", "")


def _sentences(aside: list[SetAside]) -> list[str]:
    by_check: dict[str, list[SetAside]] = {}
    for one in aside:
        by_check.setdefault(one.check, []).append(one)
    return [
        f"{check}, {counted(len(found), 'action')}: {named_few([one.action for one in found])}."
        for check, found in by_check.items()
    ]


def _times(actions: Actions) -> list[str]:
    rows = actions.rows
    ended = int((rows["known_until"] <= rows["known_from"]).sum())
    return [f"{counted(ended, 'row')} that ended before it was known."] if ended else []


def _unknown(actions: Actions) -> list[str]:
    """A kind without a time may have rows all the same: of a list that could be read in part."""
    some = set(actions.rows["kind"])
    return [
        f"Its {kind}s are not all known: no whole list of them could be read."
        if kind in some
        else f"Its {kind}s were never asked for."
        for kind in KINDS
        if not actions.is_known(kind)
    ]
