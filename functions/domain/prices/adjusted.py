"""Adjusted closes: each answer has its own basis, and a table must never mix two.

At every split and dividend the vendor rewrites all earlier adjusted closes (FACTS.md section 6). As long as the basis
is the same, the factor of a bar, adjusted close / close, stays the same.
"""

import numpy as np
import pandas as pd

_ROUNDING = 2e-4
"""Adjusted closes had four decimals until 2020; two roundings and some slack."""
_NOISE = 1e-6
"""Later ones are free floats: the same basis differs in the tenth digit."""


def same_basis(stored: pd.DataFrame, new: pd.DataFrame) -> bool | None:
    """Whether the bars that both tables hold carry the same adjustment factors; None if they share no usable bar."""
    pair = stored.merge(new, on="date", suffixes=("_stored", "_new"))
    factors = [pair[f"adjusted_close_{name}"] / pair[f"close_{name}"] for name in ("stored", "new")]
    slack = _ROUNDING / pair[["close_stored", "close_new"]].min(axis=1) + _NOISE * factors[0].abs()
    known = factors[0].notna() & factors[1].notna()
    if not known.any():
        return None
    return bool((factors[0] - factors[1]).abs()[known].le(slack[known]).all())


def without_old_basis(merged: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """The merged table without the adjusted closes of bars that ``new`` doesn't hold: those are on the old basis."""
    held = merged["date"].isin(new["date"])
    return merged.assign(adjusted_close=np.where(held, merged["adjusted_close"], np.nan))
