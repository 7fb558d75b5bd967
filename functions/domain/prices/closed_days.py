"""The days on which an exchange is closed, by the calendars of the package ``holidays``."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache


@lru_cache(maxsize=1000)
def closed_days(calendar: str, year: int) -> Mapping[date, str]:
    """The exchange's holidays in that year, with their names; weekends are not among them.

    Args:
        calendar: the exchange's name in the package, such as ``XNYS``.
    """
    # Imported here: what reads no calendar does without its 100 to 300 ms.
    from holidays import financial_holidays  # noqa: PLC0415

    return dict(financial_holidays(calendar, years=year))
