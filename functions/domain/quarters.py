"""Calendar quarters as the vendor of transcripts names them, such as ``2024Q1``. Pure."""

import re
from datetime import date, timedelta

FORM = re.compile(r"(20\d\d)Q([1-4])", re.ASCII)
_MONTHS = 3


def end_of(quarter: str) -> date:
    """The quarter's last day."""
    found = FORM.fullmatch(quarter)
    if not found:
        raise ValueError(f"{quarter!r} is no quarter such as 2024Q1")
    year, number = int(found[1]), int(found[2])
    after = date(year + number // 4, number * _MONTHS % 12 + 1, 1)
    return after - timedelta(days=1)


def latest(day: date) -> str:
    """The latest quarter that had ended on that day."""
    number = (day.month - 1) // _MONTHS
    return f"{day.year}Q{number}" if number else f"{day.year - 1}Q4"
