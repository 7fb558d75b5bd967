"""How many requests the simulated vendor takes."""

import random
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from stockflow.simulated_alpha_vantage.limits import RateLimits

NOON_MS = int(datetime(2026, 3, 20, 12, 0, tzinfo=ZoneInfo("America/New_York")).timestamp() * 1000)
DAY_MS = 86_400_000


def answered(limits, *moments_ms):
    refusals = (limits.refusal(NOON_MS + moment, "KEY123") for moment in moments_ms)
    return ["data" if refusal is None else refusal.answered for refusal in refusals]


@pytest.mark.parametrize("per_minute", [5, 7.5, 30, 60, 75, 120, 240, 600, 1200])
def test_evenly_spaced_requests_pass(per_minute):
    """A client that keeps the plan's pace is never refused, though its requests come a little early or late."""
    interval_ms = 60_000 / per_minute
    jitter = random.Random(7)
    wobble_ms = min(80.0, interval_ms * 0.09)
    moments = [int(number * interval_ms + jitter.uniform(-wobble_ms, wobble_ms)) for number in range(1500)]
    assert set(answered(RateLimits(per_minute, 0, 0), *moments)) == {"data"}


@pytest.mark.parametrize("per_minute", [30, 75, 240, 600])
def test_a_faster_average_is_refused(per_minute):
    """A fifth too fast for two minutes does not pass, even without a burst."""
    interval_ms = 60_000 / per_minute / 1.2
    moments = [int(number * interval_ms) for number in range(int(per_minute * 2.4))]
    refused = [name for name in answered(RateLimits(per_minute, 0, 0), *moments) if name != "data"]
    assert refused
    assert set(refused) == {"throttled" if per_minute <= 60 else "volume"}


@pytest.mark.parametrize(("per_minute", "ceiling"), [(30, 1), (60, 1), (75, 5), (150, 5), (600, 15), (1200, 30)])
def test_a_burst_is_refused(per_minute, ceiling):
    """Requests at once pass up to the burst ceiling of the plan."""
    names = answered(RateLimits(per_minute, 0, 0), *[0] * (ceiling + 3))
    assert names.count("data") == ceiling
    assert set(names[ceiling:]) == {"throttled" if ceiling == 1 else "burst"}


def test_the_burst_ceiling_can_be_given():
    """A plan's own ceiling wins over the usual one."""
    assert answered(RateLimits(600, 2, 0), 0, 0, 0, 800) == ["data", "data", "burst", "data"]


def test_refused_requests_do_not_count():
    """A client that hammers is let in as soon as its last good request is old enough."""
    assert answered(RateLimits(60, 0, 0), 0, 200, 400, 600, 800) == ["data"] + ["throttled"] * 3 + ["data"]


def test_the_days_quota_starts_anew_at_midnight_in_new_york():
    """Noon plus eleven hours is the same day, plus twelve the next."""
    names = answered(RateLimits(0, 0, 2), 0, 1, 2, 11 * 3_600_000, 12 * 3_600_000, 12 * 3_600_000 + 1, DAY_MS)
    assert names == ["data", "data", "quota", "quota", "data", "data", "quota"]


def test_the_quota_refusal_repeats_the_key():
    """As the vendor does: it is what redaction is for."""
    limits = RateLimits(0, 0, 1)
    limits.refusal(NOON_MS, "KEY123")
    assert (
        b"API key as KEY123 and our standard API rate limit is 1 requests per day"
        in limits.refusal(NOON_MS, "KEY123").body
    )


def test_zero_is_no_limit():
    """Without limits everything passes."""
    assert set(answered(RateLimits(0, 0, 0), *[0] * 5000)) == {"data"}


def test_a_clock_that_jumps_back_does_not_lock():
    """After a jump back by an hour the counts of a second and a minute begin anew."""
    assert answered(RateLimits(60, 0, 0), 0, -3_600_000, -3_599_500, -3_599_000) == [
        "data",
        "data",
        "throttled",
        "data",
    ]
