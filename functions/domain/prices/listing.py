"""Signs that a symbol has been reused for another company: vendors don't say so (FACTS.md section 5)."""

from datetime import date

import numpy as np

from stockflow_functions.domain.prices.merging import Merged

FAR = 0.05
"""No restated close in the recordings is more than 3.7 % from its former value."""
FEWEST_COMMON_BARS = 10


def ticker_reuse(merged: Merged, symbol: str, table: str) -> list[str]:
    """One sentence if most bars in both tables have a close far from the stored one; ``table`` names that table."""
    common = len(merged.changed) + merged.unchanged
    old, new = merged.before["close"].to_numpy(), merged.changed["close"].to_numpy()
    far = int(np.count_nonzero(np.abs(new - old) > FAR * old))
    if common < FEWEST_COMMON_BARS or far <= common / 2:
        return []
    return [f"{far} of {common} closes differ by over 5 % from the stored ones: {_advice(symbol, table)}"]


def begins_after(stored_last: date, new_first: date, symbol: str, table: str) -> str:
    """The sentence for a whole history that begins after stored bars, and sessions after them."""
    return f"The vendor's history begins on {new_first}, after the stored bars' end, {stored_last}: " + _advice(
        symbol, table
    )


def _advice(symbol: str, table: str) -> str:
    return f"if {symbol} now belongs to another company, move {table} away and run it again."
