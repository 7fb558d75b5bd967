"""Signs that a symbol has been reused for another company: vendors don't say so (FACTS.md section 5)."""

from datetime import date

import numpy as np

from stockflow_functions.domain.prices.finding import Finding
from stockflow_functions.domain.prices.merging import Merged
from stockflow_functions.domain.prices.rules import OTHER_COMPANY, UNIT_SWITCH
from stockflow_functions.domain.prices.splits import A_HUNDRED

FAR = 0.05
"""No restated close in the recordings is more than 3.7 % from its former value."""
FEWEST_COMMON_BARS = 10
_UNIT = "The vendor may have gone from pence to pounds, or back: other stored bars are in the unit that they had."


def ticker_reuse(merged: Merged, symbol: str, table: str) -> list[Finding]:
    """One finding if most bars in both tables have a close far from the stored one; ``table`` names that table.

    Where they are all a hundredfold, or a hundredth, it is the unit that is another one.
    """
    common = len(merged.changed) + merged.unchanged
    old, new = merged.before["close"].to_numpy(), merged.changed["close"].to_numpy()
    is_far = np.abs(new - old) > FAR * old
    far = int(np.count_nonzero(is_far))
    if common < FEWEST_COMMON_BARS or far <= common / 2:
        return []
    newest = merged.changed["date"].to_numpy()[is_far][-1].astype("datetime64[D]").item()
    times = float(np.median(new[is_far] / old[is_far]))
    for factor, words in ((A_HUNDRED, "a hundred times"), (1 / A_HUNDRED, "a hundredth of")):
        if abs(times - factor) <= FAR * factor:
            return [Finding(UNIT_SWITCH, f"{far} of {common} closes are {words} the stored ones. {_UNIT}", far, newest)]
    sentence = f"{far} of {common} closes differ by over 5 % from the stored ones: {_advice(symbol, table)}"
    return [Finding(OTHER_COMPANY, sentence, far, newest)]


def begins_after(stored_last: date, new_first: date, missed: int, symbol: str, table: str) -> Finding:
    """What is to be said of a whole history that begins after stored bars, and ``missed`` sessions after them."""
    sentence = f"The vendor's history begins on {new_first}, after the stored bars' end, {stored_last}: "
    return Finding(OTHER_COMPANY, sentence + _advice(symbol, table), missed, new_first)


def _advice(symbol: str, table: str) -> str:
    return f"if {symbol} now belongs to another company, move {table} away and run it again."
