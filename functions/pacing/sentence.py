"""What a plan says of a run's requests, to the people who read it. Pure."""

from stockflow_functions.domain.budget.arithmetic import Slots, Terms
from stockflow_functions.domain.clock import to_iso
from stockflow_functions.domain.words import counted
from stockflow_functions.pacing.contracts import Requests

SHORT_MS = 10_000
SOON_MS = 2_000


def spoken(milliseconds: int) -> str:
    """``500_250`` to ``"8 min 20 s"``; less than ten seconds with their fraction."""
    if milliseconds < SHORT_MS:
        return f"{milliseconds / 1000:g} s"
    minutes, seconds = divmod(milliseconds // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "min"), (seconds, "s"))
    return " ".join(f"{value} {unit}" for value, unit in parts if value)


def slots_sentence(slots: Slots, now_ms: int, vendor: str, *, held: bool = False) -> str:
    """How many requests, from when to when; and if they begin later than now, why."""
    if not slots.count:
        return "No request is made."
    times = f"at {to_iso(slots.first_ms)}"
    if slots.count > 1:
        times = f"from {to_iso(slots.first_ms)} to {to_iso(slots.last_ms)}, one every {spoken(slots.interval_ms)}"
    ahead_ms = slots.first_ms - now_ms
    if ahead_ms > SOON_MS:
        why = f"because {vendor} asked for a slower pace" if held else "behind those of other runs"
        times += f"; the first is in {spoken(ahead_ms)}, {why}"
    return f"{counted(slots.count, 'request')} {times}."


def quota_sentence(requests: Requests, deferred: int, vendor: str, *, spent: bool, item: str = "symbol") -> str:
    """What the day's quota still pays for, or which items wait and why; ``requests`` is the plan's."""
    limit, resets_at = requests["day_limit"], requests["day_resets_at"]
    if not deferred:
        return f"The day's {limit} requests pay for {requests['day_left']} more before {resets_at}." if limit else ""
    why = "one run takes no more"
    if spent:
        why = f"{vendor} said that the day's requests are spent, until {resets_at}"
    elif limit:
        why = f"the day's {limit} requests (REQUESTS_PER_DAY) pay for no more before {resets_at}"
    return f"{counted(deferred, item)} left for the next scheduled run: {why}."


def overruled_sentence(terms: Terms) -> str:
    """That another run under way holds this one to stricter terms; empty if none does."""
    if not terms.overruled:
        return ""
    pace = {
        "REQUESTS_PER_MINUTE": f"one request every {spoken(terms.interval_ms)}",
        "REQUESTS_PER_DAY": f"{terms.day_limit} requests a day",
    }
    return (
        f"Another run under way has a stricter {' and '.join(terms.overruled)}, which holds for both: "
        f"{' and '.join(pace[name] for name in terms.overruled)}."
    )
