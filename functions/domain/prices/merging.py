"""A new table into the stored one: upsert by date, nothing dropped."""

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Merged:
    """The table to store, and what became of the new rows: ``changed`` holds them, ``before`` what they replaced."""

    table: pd.DataFrame
    added: pd.DataFrame
    changed: pd.DataFrame
    before: pd.DataFrame
    unchanged: int


def merge(stored: pd.DataFrame, new: pd.DataFrame) -> Merged:
    """Rows of ``new`` replace stored ones of the same date; stored rows that it doesn't reach stay.

    Both are sorted by date with one row a date, and so is the result. Merging the same table again changes nothing;
    tables without a date in common give the same result in either order.
    """
    if stored.empty:
        return Merged(new, new, new.iloc[:0], new.iloc[:0], 0)
    there = new["date"].isin(stored["date"]).to_numpy()
    meets = stored["date"].isin(new["date"]).to_numpy()
    common, before = new[there].reset_index(drop=True), stored[meets].reset_index(drop=True)
    differs = np.asarray(~(common.eq(before) | (common.isna() & before.isna())).to_numpy().all(axis=1))
    table = pd.concat([stored[~meets], new]).sort_values("date", ignore_index=True)
    return Merged(table, new[~there], common.loc[differs], before.loc[differs], int(np.count_nonzero(~differs)))
