"""Times as in a saved run: ISO 8601, UTC, milliseconds."""

from datetime import UTC, datetime

from stockflow_functions.domain.clock import to_iso


def iso(moment: datetime) -> str:
    """The time as text; one without an offset is UTC."""
    return to_iso(_milliseconds_of(moment))


def to_text(moment_ms: int | None) -> str:
    """The reverse of :func:`milliseconds`; "" for None."""
    return "" if moment_ms is None else to_iso(moment_ms)


_NO_SECONDS_ABOVE = 1e11  # the year 5138; a larger number is in milliseconds


def milliseconds(value: object) -> int | None:
    """Milliseconds since 1970 of a time in any form that a history may hold (text, seconds, milliseconds), or None."""
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            try:
                value = float(value)
            except ValueError:
                return None
        else:
            return _milliseconds_of(moment)
    if isinstance(value, datetime):
        return _milliseconds_of(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return round(value if value > _NO_SECONDS_ABOVE else value * 1000)
    return None


def _milliseconds_of(moment: datetime) -> int:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return round(aware.timestamp() * 1000)
