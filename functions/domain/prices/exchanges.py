"""The known exchanges, and which of their days are over."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MARGIN = timedelta(hours=1)
"""After the close, for the closing auction and late prints."""


@dataclass(frozen=True)
class Exchange:
    """Where a listing trades.

    ``close`` is local time in ``zone``. ``calendar`` is the exchange's name in the package holidays; from the year
    ``calendar_since`` on, that calendar has every closed day (docs/adr/0010); before, it lacks some.
    """

    zone: str
    close: time
    calendar: str | None = None
    calendar_since: int | None = None
    weekend_sessions: bool = False


US_CODE = "XNYS"
US = Exchange("America/New_York", time(16, 0), US_CODE, 1995)

_TORONTO = Exchange("America/Toronto", time(16, 0), "XTSE", 2009)

BY_CODE = {
    "BVMF": Exchange("America/Sao_Paulo", time(18, 0), "BVMF", 2022),
    "XAMS": Exchange("Europe/Amsterdam", time(17, 30), "XAMS", 2019),
    "XASX": Exchange("Australia/Sydney", time(16, 12), "XASX", 2000),
    "XBOM": Exchange("Asia/Kolkata", time(15, 30), "XBOM", weekend_sessions=True),
    "XETR": Exchange("Europe/Berlin", time(17, 30), "XETR", 2016),
    "XFRA": Exchange("Europe/Berlin", time(20, 0), "XFRA", 2016),
    "XLON": Exchange("Europe/London", time(16, 30), "XLON", 2000),
    US_CODE: US,
    "XPAR": Exchange("Europe/Paris", time(17, 30), "XPAR", 2019),
    "XSHE": Exchange("Asia/Shanghai", time(15, 0), "XSHE", 2007),
    "XSHG": Exchange("Asia/Shanghai", time(15, 0), "XSHG", 2007),
    "XSTO": Exchange("Europe/Stockholm", time(17, 30)),
    "XTSE": _TORONTO,
    "XTSX": _TORONTO,
}
"""By the market identifier code of ISO 10383."""

# Wherever it is, its day is over when the day is over everywhere on Earth.
ANYWHERE = Exchange("Etc/GMT+12", time(23, 0), weekend_sessions=True)


def exchange_of_code(code: str) -> Exchange:
    """The exchange; an unknown one gets the most cautious rules."""
    return BY_CODE.get(code, ANYWHERE)


def today(exchange: Exchange, now_ms: int) -> date:
    """The exchange's local date; for an unknown exchange, the date in the easternmost time zone."""
    zone = "Pacific/Kiritimati" if exchange is ANYWHERE else exchange.zone
    return _local(zone, now_ms).date()


def last_settled(exchange: Exchange, now_ms: int) -> date:
    """The newest date whose close, and the margin after it, have passed; it may be a day without a session."""
    local = _local(exchange.zone, now_ms) - MARGIN
    return local.date() if local.time() >= exchange.close else local.date() - timedelta(days=1)


def _local(zone: str, now_ms: int) -> datetime:
    return datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(ZoneInfo(zone))
