"""What checking a table of a dataset comes to."""

from dataclasses import dataclass

from stockflow_functions.domain.verdict import Verdict


@dataclass(frozen=True)
class Checked:
    """One table of a dataset: whose it is, which of the datasets it belongs to, and what was found in it."""

    symbol: str
    dataset: str
    verdict: Verdict
