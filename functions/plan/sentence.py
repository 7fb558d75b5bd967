"""What Plan says of a run's requests, to the people who read its output. Pure."""

from functions.clock import to_iso


def spoken(milliseconds: int) -> str:
    """``500_250`` to ``"8 min 20 s"``; under ten seconds with their fraction."""
    if milliseconds < 10_000:
        return f"{milliseconds / 1000:g} s"
    minutes, seconds = divmod(milliseconds // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(hours, "h"), (minutes, "min"), (seconds, "s")]
    return " ".join(f"{value} {unit}" for value, unit in parts if value)


def counted(number: int, noun: str) -> str:
    """``1, "request"`` to ``"1 request"``, and so on."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def slots_sentence(count: int, first_ms: int, last_ms: int, interval_ms: int, now_ms: int) -> str:
    """How many requests, from when to when, and that others go first where they do."""
    if not count:
        return "No request is made."
    times = f"at {to_iso(first_ms)}"
    if count > 1:
        times = f"from {to_iso(first_ms)} to {to_iso(last_ms)}, one every {spoken(interval_ms)}"
    ahead_ms = first_ms - now_ms
    behind = f"; the first is in {spoken(ahead_ms)}, for requests of other runs go first" if ahead_ms > 1000 else ""
    return f"{counted(count, 'request')} {times}{behind}."


def quota_sentence(day_limit: int, day_left: int | None, deferred: int, spent: bool, resets_at: str | None) -> str:
    """What the day's quota still pays for, and what waits for the next scheduled run."""
    if deferred:
        waits = "goes" if deferred == 1 else "go"
        why = "the vendor said that the day's quota is spent" if spent else "REQUESTS_PER_DAY pays for no more"
        return (
            f"{counted(deferred, 'symbol')} {waits} first in the next scheduled run: {why} before {resets_at}."
            if day_limit or spent
            else f"{counted(deferred, 'symbol')} {waits} first in the next scheduled run."
        )
    if not day_limit:
        return ""
    return f"The day's quota of {day_limit} then pays for {day_left} more until {resets_at}."


def overruled_sentence(overruled: tuple[str, ...], interval_ms: int, day_limit: int) -> str:
    """That another run under way keeps this one to stricter terms."""
    terms = {
        "REQUESTS_PER_MINUTE": f"one request every {spoken(interval_ms)}",
        "REQUESTS_PER_DAY": f"{day_limit} requests a day",
    }
    if not overruled:
        return ""
    return (
        f"Another run under way has a stricter {' and '.join(overruled)}, which holds for both: "
        f"{' and '.join(terms[name] for name in overruled)}."
    )
