"""Which exchange a symbol trades on, and which of its days are over.

The vendor marks other exchanges than the US ones by a suffix (FACTS.md section 5) and labels every answer US/Eastern,
yet dates are the exchange's own: so the suffix decides, not the label.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MARGIN = timedelta(hours=1)
"""After the close, for the closing auction and late prints."""


@dataclass(frozen=True)
class Exchange:
    """Where a listing trades.

    ``close`` is local time in ``zone``. ``calendar`` is the exchange's name in the package holidays; from the year
    ``calendar_since`` on that calendar names every closed day (docs/adr/0010), before it some are not known.
    """

    zone: str
    close: time
    calendar: str | None = None
    calendar_since: int | None = None
    weekend_sessions: bool = False


_BRAZIL = Exchange("America/Sao_Paulo", time(18, 0), "BVMF", 2022)

US = Exchange("America/New_York", time(16, 0), "XNYS", 1995)

BY_SUFFIX = {
    "AMS": Exchange("Europe/Amsterdam", time(17, 30), "XAMS", 2019),
    "AX": Exchange("Australia/Sydney", time(16, 12), "XASX", 2000),
    "BSE": Exchange("Asia/Kolkata", time(15, 30), "XBOM", weekend_sessions=True),
    "DEX": Exchange("Europe/Berlin", time(17, 30), "XETR", 2016),
    "FRK": Exchange("Europe/Berlin", time(20, 0), "XFRA", 2016),
    "LON": Exchange("Europe/London", time(16, 30), "XLON", 2000),
    "PAR": Exchange("Europe/Paris", time(17, 30), "XPAR", 2019),
    "SA": _BRAZIL,
    "SAO": _BRAZIL,
    "SHH": Exchange("Asia/Shanghai", time(15, 0), "XSHG", 2007),
    "SHZ": Exchange("Asia/Shanghai", time(15, 0), "XSHE", 2007),
    "STO": Exchange("Europe/Stockholm", time(17, 30)),
    "TRT": Exchange("America/Toronto", time(16, 0), "XTSE", 2009),
    "TRV": Exchange("America/Toronto", time(16, 0), "XTSE", 2009),
}

# Wherever it is, its day is over when the day is over everywhere on Earth.
ANYWHERE = Exchange("Etc/GMT+12", time(23, 0), weekend_sessions=True)


def exchange_of(symbol: str) -> Exchange:
    """``"TSCO.LON"`` trades in London, ``"IBM"`` in the US; an unknown suffix gets the most cautious rules."""
    _, dot, suffix = symbol.rpartition(".")
    return BY_SUFFIX.get(suffix.upper(), ANYWHERE) if dot else US


def today(exchange: Exchange, now_ms: int) -> date:
    """The exchange's own date; for an unknown one the latest date on Earth."""
    zone = "Pacific/Kiritimati" if exchange is ANYWHERE else exchange.zone
    return _local(zone, now_ms).date()


def last_settled(exchange: Exchange, now_ms: int) -> date:
    """The newest date whose close, and the margin after it, have passed; it may be a day without a session."""
    local = _local(exchange.zone, now_ms) - MARGIN
    return local.date() if local.time() >= exchange.close else local.date() - timedelta(days=1)


def _local(zone: str, now_ms: int) -> datetime:
    return datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(ZoneInfo(zone))
