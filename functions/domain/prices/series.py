"""The series of prices that the dataset has, each as one value. A new one is stated here, once."""

from dataclasses import dataclass
from enum import StrEnum

PRICES = ("open", "high", "low", "close")
VOLUME = "volume"
ADJUSTED_CLOSE = "adjusted_close"


class Step(StrEnum):
    """How much time a bar covers, by the noun that sentences count."""

    SESSION = "session"
    WEEK = "week"


@dataclass(frozen=True)
class JumpLimits:
    """By which factor or more a close must differ from the one before, up or down, to be a jump that suggests a split.

    Attributes:
        close: of the close alone.
        overnight: of both close and open, as a split shows at the open; None if a bar's open says nothing about that.
    """

    close: float
    overnight: float | None


@dataclass(frozen=True)
class Series:
    """One series.

    Attributes:
        name: in the input and in keys, and its Glue table's.
        value_columns: what a bar has beside symbol and date, in the dataset's order.
        step: how much time a bar covers; it is settled when that time is over.
        jump: when a close makes stockflow ask for the splits.
    """

    name: str
    value_columns: tuple[str, ...]
    step: Step
    jump: JumpLimits

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns, in order."""
        return ("symbol", "date", *self.value_columns)

    @property
    def adjusted(self) -> bool:
        """Whether it has adjusted closes, which are on one basis within a table."""
        return ADJUSTED_CLOSE in self.value_columns


_AS_TRADED = (*PRICES, VOLUME)
_DAY_BY_DAY = JumpLimits(close=1.4, overnight=1.19)
"""A three-for-two split is 1.5, five-for-four 1.25. docs/data.md says how many requests the limits cost."""
_WEEK_BY_WEEK = JumpLimits(close=1.4, overnight=None)
"""A split in the middle of a week does not show at the week's open."""

DAILY = Series("daily", _AS_TRADED, Step.SESSION, _DAY_BY_DAY)
DAILY_ADJUSTED = Series(
    "daily_adjusted",
    (*_AS_TRADED, ADJUSTED_CLOSE, "dividend_amount", "split_coefficient"),
    Step.SESSION,
    _DAY_BY_DAY,
)

WEEKLY = Series("weekly", _AS_TRADED, Step.WEEK, _WEEK_BY_WEEK)

SERIES = {series.name: series for series in (DAILY, DAILY_ADJUSTED, WEEKLY)}
"""By name; the first is the default of a run."""
