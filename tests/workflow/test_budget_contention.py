"""The request budget on the embedded AWS's DynamoDB: many at once on one account, and one run after the other."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from stockflow.testing import NOON_MS, FakeClock
from stockflow_functions.aws.state_table.store import BudgetStore
from stockflow_functions.domain.budget.arithmetic import ReservationRequest

from .conftest import statuses

THREADS = 16
RESERVATIONS = 96
INTERVAL_MS = 250


@pytest.fixture
def budgets(start_aws):
    """Opens budgets in one embedded AWS, and counts the writes to each, those that are refused too."""
    aws = start_aws()
    writes = Counter()

    def count(params, **_):
        writes[params["Key"]["pk"]["S"].removeprefix("budget#")] += 1

    aws.services.dynamodb.meta.events.register("before-parameter-build.dynamodb.UpdateItem", count)
    usual = replace(aws.settings.terms, interval_ms=INTERVAL_MS)

    def open_one(name="shared", now_ms=NOON_MS, **own):
        terms = replace(usual, **own)
        return BudgetStore(aws.services.dynamodb, aws.settings.table, name, terms, FakeClock(now_ms))

    return SimpleNamespace(open=open_one, writes=writes)


def at_once(work, times):
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(work, range(times)))


def slots_of(reservations):
    return sorted(taken.slots.at_ms(index) for taken in reservations for index in range(taken.slots.count))


def test_no_slot_is_given_twice_and_none_comes_too_close(budgets):
    """16 threads, their clocks seconds apart, get all the slots they ask for, an interval or more after each other."""

    def reserve(number):
        return budgets.open(now_ms=NOON_MS + number % 7 * 500 - 1500).reserve(ReservationRequest(1 + number % 3))

    slots = slots_of(at_once(reserve, RESERVATIONS))

    assert len(slots) == sum(1 + number % 3 for number in range(RESERVATIONS))
    assert min(later - earlier for earlier, later in pairwise(slots)) >= INTERVAL_MS


def test_no_slot_is_lost_between_runs_at_once(budgets):
    """What 16 threads with one clock reserve is a line without a hole, at two writes a reservation and hardly more."""
    slots = slots_of(at_once(lambda number: budgets.open().reserve(ReservationRequest(1 + number % 3)), RESERVATIONS))

    assert {later - earlier for earlier, later in pairwise(slots)} == {INTERVAL_MS}
    assert budgets.writes["shared"] <= 2.1 * RESERVATIONS


def test_an_idle_budget_costs_one_write(budgets):
    """Reservations at once, each on a budget that nobody else uses, are one write each, however many slots."""
    at_once(lambda number: budgets.open(f"idle-{number}").reserve(ReservationRequest(1 + 10 * number)), 40)

    assert set(budgets.writes.values()) == {1}
    assert len(budgets.writes) == 40


def test_an_old_account_costs_one_write_too(budgets):
    """A run that comes when all slots are past needs no second write."""
    budgets.open().reserve(ReservationRequest(100))
    budgets.writes.clear()

    budgets.open(now_ms=NOON_MS + 100 * INTERVAL_MS).reserve(ReservationRequest(100))

    assert budgets.writes["shared"] == 1


def test_the_day_is_not_given_away_twice(budgets):
    """16 threads get the day's 100 requests between them, and no more."""
    taken = at_once(lambda _: budgets.open(day_limit=100).reserve(ReservationRequest(3)), 50)

    assert sum(reservation.slots.count for reservation in taken) == 100


def test_a_morning_and_an_evening_run_share_the_days_quota(start_aws):
    """A second embedded AWS on the folder has what the first one left of the day, and defers the rest."""
    far_from_now = (datetime.now(UTC).astimezone(ZoneInfo("America/New_York")).hour + 12) % 24
    environment = {"REQUESTS_PER_DAY": "5", "QUOTA_RESET_HOUR": str(far_from_now)}
    morning = start_aws(environment)
    morning.wait(morning.start({"symbols": ["A", "B", "C"]}))
    morning.close()

    evening = start_aws(environment)
    manifest = evening.wait(evening.start({"symbols": ["D", "E", "F", "G"]}))

    assert statuses(manifest) == {"D": "saved", "E": "saved", "F": "deferred", "G": "deferred"}
    assert len(evening.vendor.requests) == 2
    assert manifest["requests"]["day_used"] == 5
