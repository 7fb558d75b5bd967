"""The wait of a function that no workflow calls: it has its slots itself, and nobody waits for them in its place."""

from stockflow_functions.domain.clock import Clock

EARLY_MS = 500
"""How long before a slot its request begins: the rest is waited for by what makes every request."""


def wait_for(not_before_ms: int, clock: Clock) -> None:
    """Sleeps until shortly before the slot."""
    rest_ms = not_before_ms - EARLY_MS - clock.now_ms()
    if rest_ms > 0:
        clock.sleep(rest_ms / 1000)
