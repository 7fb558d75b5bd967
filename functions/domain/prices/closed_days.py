"""The days on which exchanges are closed, by the calendars of the package ``holidays``."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache


@lru_cache(maxsize=1000)
def closed_days(calendar: str, year: int) -> Mapping[date, str]:
    """The year's holidays with their names, by the exchange's code in ISO 10383, such as XNYS; without weekends."""
    # Imported here: what reads no calendar does without its 100 ms.
    from holidays import financial_holidays  # noqa: PLC0415

    return {day: str(name) for day, name in financial_holidays(calendar, years=year).items()}
