"""Read, reconcile, write conditionally; after a lost race, read and reconcile again."""

from collections.abc import Callable
from dataclasses import dataclass
from random import uniform

import pandas as pd

from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import Bucket, StoredObject
from stockflow_functions.aws.reread import reread
from stockflow_functions.daily_prices.noted import EXECUTION, FETCHED_AT, metadata_of, outcome_in
from stockflow_functions.daily_prices.outcome import CHECKED, SAVED, UNCHANGED, SymbolOutcome
from stockflow_functions.domain.clock import Clock
from stockflow_functions.domain.errors import WriteConflict
from stockflow_functions.domain.parquet import NotATableError
from stockflow_functions.domain.prices.changes import noted
from stockflow_functions.domain.prices.exchanges import Exchange
from stockflow_functions.domain.prices.finding import Finding
from stockflow_functions.domain.prices.parquet import decode, empty_table, encode, is_emptied
from stockflow_functions.domain.prices.rules import NOT_A_TABLE, OLDER_SCHEMA
from stockflow_functions.domain.prices.saving import Reconciled, TableInfo, reconcile
from stockflow_functions.domain.prices.schema import span
from stockflow_functions.domain.prices.series import Series
from stockflow_functions.domain.prices.undo_log import Changes
from stockflow_functions.reporting import commands

TRIES = 5
"""How often one call tries again after a lost race; after that the workflow waits and calls again."""
PAUSE_SECONDS = 0.4
"""The longest pause after the first lost race, doubled with each. Its length is drawn, so that writers at once spread:
of 100 on one symbol none needed more than two calls, where without pauses some needed five of the workflow's six."""


@dataclass(frozen=True)
class Target:
    """Where a symbol's table goes, and for which run; ``fetched_at`` is when the new rows' answer arrived, ISO 8601."""

    bucket: Bucket
    execution: str
    series: Series
    symbol: str
    fetched_at: str
    exchange: Exchange

    @property
    def key(self) -> str:
        return keys.prices(self.series.name, self.symbol)

    @property
    def place(self) -> TableInfo:
        return TableInfo(self.exchange, self.key, f"`{commands.run_whole_history(self.symbol, self.series.name)}`")


@dataclass(frozen=True)
class Change:
    """What is done to the object, by the symbol's status. Dates are those of the resulting object; ``stale`` is as in
    :class:`Reconciled`, ``restated`` the kind of restatement, if there was one.
    """

    status: str
    rows_added: int
    rows_changed: int
    rows_unchanged: int
    first_date: str | None
    last_date: str | None
    findings: list[Finding]
    stale: bool = False
    restated: str | None = None


@dataclass(frozen=True)
class Stored:
    """The symbol's outcome, and how many of the answer's bars were stored already."""

    outcome: SymbolOutcome
    rows_unchanged: int


OutcomeOf = Callable[[Change], SymbolOutcome]


@dataclass(frozen=True)
class _Before:
    """The object as it is, and the table in it; if it can't stay, what is wrong with it, the remedy, the broken rule.

    ``key`` is the object's: the target's, or its former one. ``changes`` say what the table was before; None: unknown.
    """

    key: str
    found: StoredObject | None
    table: pd.DataFrame
    changes: Changes | None
    flaw: str = ""
    remedy: str = ""
    rule: str = ""

    def fact(self, name: str) -> str:
        """A fact that the last write noted on the object, or ""."""
        return "" if self.found is None else self.found.metadata.get(name, "")


def store(
    target: Target,
    new: pd.DataFrame,
    outcome_of: OutcomeOf,
    *,
    full: bool,
    force: bool,
    clock: Clock,
    writes: bool = True,
) -> Stored:
    """Merges the rows into the symbol's object and writes it, unless nothing changes (with ``force``, even then).

    Unless it ``writes`` the object is left alone, and the change is the one that would be made.

    Raises:
        WriteConflict: the object was replaced between each read and write.
        StorageUnavailable: S3 does not return the object as it is.
        NewerTableError: a newer release wrote the object; nothing is done.
    """
    for lost in range(TRIES):
        if lost:
            clock.sleep(uniform(0, PAUSE_SECONDS * 2 ** (lost - 1)))
        before = _read(target)
        late = before.fact(FETCHED_AT) > target.fetched_at
        reconciled = reconcile(before.table, new, target.series, target.place, full=full, late=late)
        ours = before.fact(EXECUTION) == target.execution
        stays = before.key == target.key and not before.flaw
        idle = reconciled.changes_nothing and stays and (ours or not force)
        if idle or reconciled.refused or reconciled.merged.table.empty:
            return _as_before(target, before, reconciled, outcome_of)
        if not writes:
            return _as_before(target, before, reconciled, outcome_of, CHECKED)
        try:
            return _write(target, before, reconciled, outcome_of, clock.now_ms() // 1000)
        except WriteConflict:
            continue
    raise WriteConflict(f"{target.key} was replaced by other runs {TRIES} times in a row.")


def _read(target: Target) -> _Before:
    for key in dict.fromkeys((target.key, keys.former(target.key))):
        found = target.bucket.get(key)
        if found is not None:
            return _understood(target, key, found)
    return _Before(target.key, None, empty_table(target.series), Changes(since_s=None))


def _understood(target: Target, key: str, found: StoredObject) -> _Before:
    aside = keys.quarantine(target.execution, target.series.name, target.symbol)
    try:
        decoded = decode(found.body, target.series, target.symbol)
    except NotATableError as error:
        reread(target.bucket, key, found.body)
        remedy = f"was moved aside to {aside}: {error}. {target.place.refill} fills it."
        return _Before(key, found, empty_table(target.series), None, str(error), remedy, NOT_A_TABLE)
    flaw, remedy, rule = "", "", ""
    if decoded.migrated:
        flaw, remedy = "it is of an older schema or order", "was of an older schema or order and is migrated"
        rule = OLDER_SCHEMA
    elif decoded.forgot:
        reread(target.bucket, key, found.body)
        flaw, remedy = "its changes can't be read", "had changes that can't be read, and notes them anew"
    elif key != target.key and not decoded.table.empty:
        return _Before(key, found, decoded.table, decoded.changes, remedy=f"is {target.key} from now on.")
    about = f"{remedy}; as it was: {aside}." if flaw else ""
    return _Before(key, found, decoded.table, decoded.changes, flaw, about, rule)


def _as_before(
    target: Target, before: _Before, reconciled: Reconciled, outcome_of: OutcomeOf, status: str = UNCHANGED
) -> Stored:
    """Writes nothing; what this execution wrote before it was interrupted is still reported as its own."""
    left = f"{before.key} stays as it is for now, though {before.flaw}." if before.flaw else ""
    done = _summary(reconciled, [Finding(before.rule, left, len(before.table)), *reconciled.findings], status)
    outcome = outcome_of(done)
    if not reconciled.refused and before.found is not None:
        outcome = outcome_in(before.found.metadata, target.execution, outcome.warnings) or outcome
    return Stored(outcome, done.rows_unchanged)


def _write(target: Target, before: _Before, reconciled: Reconciled, outcome_of: OutcomeOf, at_s: int) -> Stored:
    """Keeps the old object and notes the changes before it writes, so that a crash in between loses neither."""
    bucket = target.bucket
    if before.flaw and before.found is not None:
        bucket.put(keys.quarantine(target.execution, target.series.name, target.symbol), before.found.body)
    if reconciled.restated is not None:
        about = {"symbol": target.symbol, "series": target.series.name, "execution": target.execution}
        change = {"fetched_at": target.fetched_at, "kind": reconciled.restated.kind, "rows": reconciled.restated.rows}
        bucket.put_json(keys.restated(target.execution, target.symbol), {**about, **change})
    repaired = f"{before.key} {before.remedy}" if before.remedy else ""
    replaced = before.found if before.key == target.key else None
    done = _summary(reconciled, [Finding(before.rule, repaired, len(before.table)), *reconciled.findings], SAVED)
    outcome = outcome_of(done)
    table = reconciled.merged.table
    bucket.put(
        target.key,
        encode(table, target.series, noted(before.changes, before.table, table, at_s)),
        if_match=None if replaced is None else replaced.etag,
        if_none_match=replaced is None,
        metadata=metadata_of(target.execution, max(target.fetched_at, before.fact(FETCHED_AT)), outcome),
    )
    return Stored(outcome, done.rows_unchanged)


def clear_former(target: Target) -> None:
    """Empties the table under the symbol's former key, or whoever reads all tables would have its rows twice.

    No role may delete. The old object is kept in quarantine, and is emptied only if there is one under the present
    key, so that the next run completes what a run that died in between began.

    Raises:
        WriteConflict: a run of an older release wrote it in between.
    """
    former = keys.former(target.key)
    if former == target.key:
        return
    there = target.bucket.get(former)
    if there is None or is_emptied(there.body, target.series, target.symbol) or target.bucket.get(target.key) is None:
        return
    target.bucket.put(keys.former(keys.quarantine(target.execution, target.series.name, target.symbol)), there.body)
    target.bucket.put(former, encode(empty_table(target.series), target.series), if_match=there.etag)


def _summary(reconciled: Reconciled, findings: list[Finding], status: str) -> Change:
    merged = reconciled.merged
    first, last = span(merged.table)
    return Change(
        status,
        rows_added=len(merged.added),
        rows_changed=len(merged.changed),
        rows_unchanged=merged.unchanged,
        first_date=first,
        last_date=last,
        findings=findings,
        stale=reconciled.stale,
        restated=None if reconciled.restated is None else reconciled.restated.kind,
    )
