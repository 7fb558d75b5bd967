"""The quota's days: from one reset to the next, whatever the clocks do in between."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class QuotaDays:
    """Days that begin at ``hour`` o'clock in ``time_zone``. The vendor documents neither, so both are settings."""

    time_zone: str
    hour: int

    def label(self, moment_ms: int) -> str:
        """The day that a moment belongs to, as the ISO date on which it began."""
        return self._day(moment_ms).isoformat()

    def resets_at_ms(self, moment_ms: int) -> int:
        """When the day of this moment ends and the next one begins."""
        return self._begins_ms(self._day(moment_ms) + ONE_DAY)

    def _day(self, moment_ms: int) -> date:
        day = datetime.fromtimestamp(moment_ms / 1000, ZoneInfo(self.time_zone)).date()
        if moment_ms < self._begins_ms(day):
            return day - ONE_DAY
        return day

    def _begins_ms(self, day: date) -> int:
        # An hour that daylight saving skips begins an hour later, one that it repeats begins the first time.
        begin = datetime(day.year, day.month, day.day, self.hour, tzinfo=ZoneInfo(self.time_zone))
        return round(begin.astimezone(UTC).timestamp() * 1000)
