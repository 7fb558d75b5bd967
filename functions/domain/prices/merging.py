"""Merges a new table into the stored one: an upsert by the time that a bar covers; nothing is dropped."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from stockflow_functions.domain.prices.periods import periods
from stockflow_functions.domain.prices.series import Step


@dataclass(frozen=True)
class Merged:
    """The table to store, and what became of the new rows: ``changed`` holds them, ``before`` what they replaced."""

    table: pd.DataFrame
    added: pd.DataFrame
    changed: pd.DataFrame
    before: pd.DataFrame
    unchanged: int


def merge(stored: pd.DataFrame, new: pd.DataFrame, step: Step) -> Merged:
    """Rows of ``new`` replace stored ones of the same session or week; stored rows that it doesn't reach stay.

    Both are sorted by date with one row a step, and so is the result. Merging the same table again changes nothing;
    tables without a step in common give the same result in either order.
    """
    if stored.empty:
        return Merged(new, new, new.iloc[:0], new.iloc[:0], 0)
    of_new, of_stored = periods(new["date"].to_numpy(), step), periods(stored["date"].to_numpy(), step)
    there, meets = np.isin(of_new, of_stored), np.isin(of_stored, of_new)
    common, before = new[there].reset_index(drop=True), stored[meets].reset_index(drop=True)
    differs = np.asarray(~(common.eq(before) | (common.isna() & before.isna())).to_numpy().all(axis=1))
    table = pd.concat([stored[~meets], new]).sort_values("date", ignore_index=True)
    return Merged(table, new[~there], common.loc[differs], before.loc[differs], int(np.count_nonzero(~differs)))


def fresh(stored: pd.DataFrame, new: pd.DataFrame, step: Step) -> np.ndarray:
    """Which rows of ``new`` a merge would add or change, as a mask; both are sorted, with one row a step."""
    if stored.empty:
        return np.ones(len(new), bool)
    of_new, of_stored = periods(new["date"].to_numpy(), step), periods(stored["date"].to_numpy(), step)
    place = np.minimum(np.searchsorted(of_stored, of_new), len(of_stored) - 1)
    differs = np.asarray(of_stored[place] != of_new)
    for name in new:
        now, before = new[name].to_numpy(), stored[name].to_numpy()[place]
        differs |= (now != before) & ~(pd.isna(now) & pd.isna(before))
    return differs
