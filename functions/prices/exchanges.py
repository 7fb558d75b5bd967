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
    """Where a listing trades: ``zone`` and ``close`` in local time; ``calendar`` is its name in the package holidays."""

    name: str
    zone: str
    close: time
    calendar: str | None = None
    weekend_sessions: bool = False


US = Exchange("the US exchanges", "America/New_York", time(16, 0), "XNYS")

BY_SUFFIX = {
    "LON": Exchange("London", "Europe/London", time(16, 30), "XLON"),
    "TRT": Exchange("Toronto", "America/Toronto", time(16, 0), "XTSE"),
    "TRV": Exchange("TSX Venture", "America/Toronto", time(16, 0), "XTSE"),
    "DEX": Exchange("Xetra", "Europe/Berlin", time(17, 30), "XETR"),
    "FRK": Exchange("Frankfurt", "Europe/Berlin", time(20, 0), "XFRA"),
    "AMS": Exchange("Amsterdam", "Europe/Amsterdam", time(17, 30), "XAMS"),
    "PAR": Exchange("Paris", "Europe/Paris", time(17, 30), "XPAR"),
    "STO": Exchange("Stockholm", "Europe/Stockholm", time(17, 30)),
    "BSE": Exchange("Bombay", "Asia/Kolkata", time(15, 30), "XBOM", weekend_sessions=True),
    "SHH": Exchange("Shanghai", "Asia/Shanghai", time(15, 0), "XSHG"),
    "SHZ": Exchange("Shenzhen", "Asia/Shanghai", time(15, 0), "XSHE"),
    "SAO": Exchange("São Paulo", "America/Sao_Paulo", time(18, 0), "BVMF"),
    "SA": Exchange("São Paulo", "America/Sao_Paulo", time(18, 0), "BVMF"),
    "AX": Exchange("Sydney", "Australia/Sydney", time(16, 12), "XASX"),
}

# Wherever it is, its day is over when the day is over everywhere on Earth.
ANYWHERE = Exchange("an exchange unknown here", "Etc/GMT+12", time(23, 0), weekend_sessions=True)


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
