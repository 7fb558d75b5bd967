"""The pure part of Save: takes the stored table and the new one, returns what to store and the warnings."""

from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from stockflow_functions.domain.prices import adjusted
from stockflow_functions.domain.prices.exchanges import Exchange
from stockflow_functions.domain.prices.finding import Finding
from stockflow_functions.domain.prices.listing import begins_after, ticker_reuse
from stockflow_functions.domain.prices.merging import Merged, merge
from stockflow_functions.domain.prices.periods import period, periods
from stockflow_functions.domain.prices.restatements import Restatement, restatement
from stockflow_functions.domain.prices.rules import GAP, OTHER_BASIS
from stockflow_functions.domain.prices.series import Series, Step
from stockflow_functions.domain.prices.sessions import sessions_between
from stockflow_functions.domain.words import counted


@dataclass(frozen=True)
class TableInfo:
    """A symbol's table, as the rules and the sentences about it need it.

    Attributes:
        exchange: where the symbol is listed.
        name: what sentences call the table.
        refill: how to fetch the whole history, for sentences: a command in backticks.
    """

    exchange: Exchange
    name: str = "the stored table"
    refill: str = "a run with outputsize full"


@dataclass(frozen=True)
class Reconciled:
    """What to store.

    ``refused`` is True if the new rows must not be merged with the stored ones, and nothing changes; ``stale`` if
    that leaves the stored ones out of date.
    """

    merged: Merged
    restated: Restatement | None
    findings: list[Finding]
    refused: bool = False
    stale: bool = False

    @property
    def sentences(self) -> list[str]:
        return [one.sentence for one in self.findings if one.sentence]

    @property
    def changes_nothing(self) -> bool:
        return self.merged.added.empty and self.merged.changed.empty


def reconcile(
    stored: pd.DataFrame, new: pd.DataFrame, series: Series, place: TableInfo, *, full: bool, late: bool = False
) -> Reconciled:
    """Merges a checked table into the stored one, by the rules of its series.

    Args:
        stored: the table in the symbol's object; without rows if there is no object.
        new: the checked bars of one answer.
        series: whose bars they are; a table of an adjusted one has one basis.
        place: the symbol's object.
        full: the new table is the vendor's whole history, not its newest 100 sessions.
        late: a later answer is stored already, so this one only adds dates that are missing.
    """
    step = series.step
    if stored.empty or new.empty:
        return Reconciled(merge(stored, new, step), None, [])
    if series.adjusted and not adjusted.same_basis(stored, new):
        return _on_another_basis(stored, new, step, place, full=full, late=late)
    taken = merge(stored, new, step).added if late else new
    return _reconciled(merge(stored, taken, step), stored, place, _apart(stored, new, step, place, full=full))


def _reconciled(merged: Merged, stored: pd.DataFrame, place: TableInfo, findings: list[Finding]) -> Reconciled:
    symbol = str(stored["symbol"].iloc[0])
    restated = restatement(merged.before, merged.changed, str(stored["date"].iloc[-1].date()))
    changes = [] if restated is None else [*ticker_reuse(merged, symbol, place.name), *restated.findings()]
    return Reconciled(merged, restated, findings + changes)


def _on_another_basis(
    stored: pd.DataFrame, new: pd.DataFrame, step: Step, place: TableInfo, *, full: bool, late: bool
) -> Reconciled:
    """A split or a dividend lies between the two answers, or they share no day to compare: all or nothing."""
    if late or new["date"].iloc[-1] < stored["date"].iloc[-1]:
        sentence = "Nothing was saved: a later answer, with other adjusted closes, is stored already."
        return _refused(sentence, stored, new, step)
    if not full and new["date"].iloc[0] > stored["date"].iloc[0]:
        sentence = (
            "Nothing was saved: the new adjusted closes don't fit the stored ones (a split or dividend between); "
            f"{place.refill} renews them all."
        )
        return _refused(sentence, stored, new, step, stale=True)
    merged = merge(stored, new, step)
    table = adjusted.without_old_basis(merged.table, new)
    lost = int(table["adjusted_close"].isna().sum())
    sentence = f"{counted(lost, 'bar')} not in the new history: adjusted close left empty."
    findings = _apart(stored, new, step, place, full=full) + ([Finding("", sentence)] if lost else [])
    return _reconciled(_with_emptied(replace(merged, table=table), stored), stored, place, findings)


def _refused(sentence: str, stored: pd.DataFrame, new: pd.DataFrame, step: Step, *, stale: bool = False) -> Reconciled:
    """Nothing is saved; if that leaves the table out of date, it is a finding."""
    finding = Finding(OTHER_BASIS if stale else "", sentence, len(new), stored["date"].iloc[-1].date())
    return Reconciled(merge(stored, new[:0], step), None, [finding], refused=True, stale=stale)


def _with_emptied(merged: Merged, stored: pd.DataFrame) -> Merged:
    """Counts bars whose adjusted close was emptied as changed, so that their old values are kept like all others."""
    empty = merged.table["date"][merged.table["adjusted_close"].isna()]
    before = stored[stored["date"].isin(empty) & stored["adjusted_close"].notna()]
    after = merged.table[merged.table["date"].isin(before["date"])]
    changed = pd.concat([merged.changed, after]).sort_values("date", ignore_index=True)
    return replace(
        merged, changed=changed, before=pd.concat([merged.before, before]).sort_values("date", ignore_index=True)
    )


def _apart(stored: pd.DataFrame, new: pd.DataFrame, step: Step, place: TableInfo, *, full: bool) -> list[Finding]:
    """One finding for each side on which sessions, or weeks, lie between the stored bars and the new ones."""
    symbol = str(stored["symbol"].iloc[0])
    earlier = stored["date"][stored["date"] < new["date"].iloc[0]]
    if full and len(earlier):
        last, first = earlier.iloc[-1].date(), new["date"].iloc[0].date()
        missed = _missed(place.exchange, step, last, first)
        return [begins_after(last, first, missed, symbol, place.name)] if missed else []
    sides = ((stored["date"].iloc[-1], new["date"].iloc[0]), (new["date"].iloc[-1], stored["date"].iloc[0]))
    return [
        _gap(first.date(), last.date(), missed, step, place)
        for first, last in sides
        if (missed := _missed(place.exchange, step, first.date(), last.date()))
    ]


def _gap(first: date, last: date, missed: int, step: Step, place: TableInfo) -> Finding:
    """As the day that tells it from others it has the one before it: the day after it moves while it grows."""
    sentence = f"No bars between {first} and {last} ({counted(missed, step)}): {place.refill} fills the gap."
    return Finding(GAP, sentence, missed, first)


def _missed(exchange: Exchange, step: Step, first: date, last: date) -> int:
    """How many sessions, or weeks with one, lie between the bars of these two dates."""
    between = set(periods(sessions_between(exchange, first, last), step).tolist())
    return len(between - {period(first, step), period(last, step)})
