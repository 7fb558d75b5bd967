"""The vendor's functions: those of time series by the series that they return (FACTS on the vendor, sections 1, 2)."""

from dataclasses import dataclass

from stockflow_functions.domain.prices.series import DAILY, DAILY_ADJUSTED, WEEKLY


@dataclass(frozen=True)
class TimeSeries:
    """One function.

    Attributes:
        name: the parameter ``function``.
        key: what the key of the bars begins with; entitlements decorate its end.
        sized: whether it takes ``outputsize``, and says in its answer which it was; else it sends the whole history.
    """

    name: str
    key: str = "Time Series"
    sized: bool = True


FUNCTIONS = {
    DAILY.name: TimeSeries("TIME_SERIES_DAILY"),
    DAILY_ADJUSTED.name: TimeSeries("TIME_SERIES_DAILY_ADJUSTED"),
    WEEKLY.name: TimeSeries("TIME_SERIES_WEEKLY", key="Weekly Time Series", sized=False),
}

SPLITS = "SPLITS"
DIVIDENDS = "DIVIDENDS"
"""All that were paid, and those that are declared; free on every plan."""
LISTINGS = "LISTING_STATUS"
"""Who is listed in the US, or was: CSV only, free on every plan, about 1 MB."""
TRANSCRIPT = "EARNINGS_CALL_TRANSCRIPT"
"""What was said in an earnings call, turn by turn, since 2010Q1."""
