"""One request budget for every run, on the embedded AWS."""

import json
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest

from functions.budget.arithmetic import Terms, Wish
from functions.budget.deferred import DeferredStore
from functions.budget.quota_day import QuotaDays
from functions.budget.store import BudgetStore
from functions.clock import SystemClock, from_iso
from stockflow.embedded.aws import EmbeddedAws
from stockflow.embedded.room import MOTO

from .conftest import statuses

THREADS = 16


@pytest.fixture
def table_writes():
    """Counts the writes of the table that were taken, by operation."""
    counts, lock = Counter(), threading.Lock()

    def listen(service, operation, bucket, key):
        if service == "dynamodb":
            with lock:
                counts[operation] += 1

    MOTO.listeners.append(listen)
    yield counts
    MOTO.listeners.remove(listen)


def plan_of(aws, arn):
    return json.loads((aws.run_folder(arn) / "plan.json").read_text())


def test_many_threads_on_one_budget(start_aws):
    """160 reservations by 16 threads on the embedded DynamoDB are one unbroken line of 160 slots."""
    aws = start_aws()
    terms = Terms(2000, 0, 86_400_000, QuotaDays("America/New_York", 0))

    def reserve(_):
        budget = BudgetStore(aws.services.dynamodb, aws.settings.table, "contended", terms, SystemClock())
        return budget.reserve(Wish(1)).slots.first_ms

    with ThreadPoolExecutor(THREADS) as pool:
        slots = sorted(pool.map(reserve, range(160)))

    assert len(slots) == 160
    assert {later - earlier for earlier, later in pairwise(slots)} == {2000}


def test_many_threads_on_one_day(start_aws):
    """Together they get exactly what the day has."""
    aws = start_aws()
    terms = Terms(50, 100, 86_400_000, QuotaDays("America/New_York", 0))

    def reserve(_):
        budget = BudgetStore(aws.services.dynamodb, aws.settings.table, "contended", terms, SystemClock())
        return budget.reserve(Wish(5)).slots.count

    with ThreadPoolExecutor(THREADS) as pool:
        assert sum(pool.map(reserve, range(30))) == 100


def test_three_runs_at_once_keep_the_vendors_limit(start_aws, table_writes):
    """Their slots are one line, the vendor refuses nothing, and each run costs one or two writes."""
    aws = start_aws({"REQUESTS_PER_MINUTE": "300"}, requests_per_minute=300)
    arns = [aws.start({"symbols": [f"{run}{number}" for number in range(5)]}) for run in "ABC"]

    manifests = [aws.wait(arn, timeout_seconds=60) for arn in arns]

    slots = sorted(from_iso(item["not_before"]) for arn in arns for item in plan_of(aws, arn)["work"])
    assert {later - earlier for earlier, later in pairwise(slots)} == {200}
    assert [request.answered for request in aws.vendor.requests] == ["data"] * 15
    assert all(set(statuses(manifest).values()) == {"saved"} for manifest in manifests)
    assert table_writes["UpdateItem"] == 3


def test_one_refusal_in_five_is_made_good(start_aws):
    """Everybody holds off, the refused take another turn, and everything is saved in the end."""
    aws = start_aws({"REQUESTS_PER_MINUTE": "600"}, refuse_every=5)

    manifest = aws.wait(aws.start({"symbols": [f"S{number}" for number in range(12)]}), timeout_seconds=60)

    assert set(statuses(manifest).values()) == {"saved"}


def test_first_refusal_holds_the_other_runs_off_too(start_aws):
    """No run asks within the hold-off that another run's refusal set."""
    aws = start_aws({"REQUESTS_PER_MINUTE": "300"}, faults={"A3": ["throttled"]})
    arns = [aws.start({"symbols": [f"{run}{number}" for number in range(10)]}) for run in "AB"]

    manifests = [aws.wait(arn, timeout_seconds=60) for arn in arns]

    requests = sorted(aws.vendor.requests, key=lambda request: request.time_ms)
    refused_ms = next(request.time_ms for request in requests if request.answered != "data")
    in_hold_off = [r for r in requests if refused_ms + 300 < r.time_ms < refused_ms + 1900]
    assert in_hold_off == []
    assert all(set(statuses(manifest).values()) == {"saved"} for manifest in manifests)


def test_spent_quota_is_learned_once(start_aws):
    """After the vendor's word only what is on its way may follow; all others are deferred and go first tomorrow."""
    aws = start_aws({"REQUESTS_PER_MINUTE": "300"}, requests_per_day=3)
    symbols = [f"S{number}" for number in range(12)]

    manifest = aws.wait(aws.start({"symbols": symbols}), timeout_seconds=60)

    assert Counter(statuses(manifest).values()) == {"saved": 3, "deferred": 9}
    assert len(aws.vendor.requests) <= 5
    assert sorted(DeferredStore.of(aws.services).remembered("daily")) == sorted(symbols[3:])


def test_wrong_key_costs_one_request_and_its_run_gives_the_rest_back(start_aws):
    """With the right key the day still has its requests."""
    aws = start_aws({"REQUESTS_PER_DAY": "25", "REQUESTS_PER_MINUTE": "30"}, api_keys=["right"])

    aws.wait(aws.start({"symbols": [f"S{number}" for number in range(25)]}), timeout_seconds=60)

    used = BudgetStore.of(aws.services).read().used
    assert len(aws.vendor.requests) == 1
    assert sum(used.values()) <= 5


def test_budget_outlives_the_process(tmp_path):
    """A morning and an evening run on one folder share the day's quota."""
    environment = {"REQUESTS_PER_DAY": "5", "REQUESTS_PER_MINUTE": "300"}
    with EmbeddedAws(tmp_path, environment) as morning:
        morning.wait(morning.start({"symbols": ["A", "B", "C"]}), timeout_seconds=60)
    with EmbeddedAws(tmp_path, environment) as evening:
        manifest = evening.wait(evening.start({"symbols": ["D", "E", "F"]}), timeout_seconds=60)

    assert statuses(manifest) == {"D": "saved", "E": "saved", "F": "deferred"}


def test_slots_of_a_killed_run_are_the_next_ones(tmp_path):
    """Nobody says of a killed process that its run asks no more; whoever uses the folder next finds it out."""
    environment = {"REQUESTS_PER_DAY": "25", "REQUESTS_PER_MINUTE": "30"}
    with EmbeddedAws(tmp_path, environment) as killed:
        run = killed.start({"symbols": [f"S{number}" for number in range(25)]})
        while not (killed.run_folder(run) / "plan.json").exists():
            threading.Event().wait(0.02)
    with EmbeddedAws(tmp_path, environment) as aws:
        left = 25 - sum(BudgetStore.of(aws.services).read().used.values())

    # Those of the next five seconds may be under way, by another machine's clock.
    assert left >= 20


def test_run_behind_another_is_told_when_its_first_slot_is(start_aws):
    """In its plan, for the console."""
    aws = start_aws({"REQUESTS_PER_MINUTE": "60"})
    first = aws.start({"symbols": [f"S{number}" for number in range(4)]})
    while not (aws.run_folder(first) / "plan.json").exists():
        threading.Event().wait(0.02)

    second = aws.start({"symbols": ["A", "B"]})
    aws.wait(second, timeout_seconds=60)
    aws.wait(first, timeout_seconds=60)

    assert "behind those of other runs" in plan_of(aws, second)["sentence"]


def test_history_has_the_events_that_the_docs_count(start_aws):
    """22 for the run and 19 a symbol; 14 more for a refusal that takes another slot."""
    aws = start_aws({"REQUESTS_PER_MINUTE": "300"}, faults={"B0": ["throttled"]})
    well = aws.start({"symbols": ["A0", "A1", "A2"]})
    aws.wait(well, timeout_seconds=60)
    refused = aws.start({"symbols": ["B0"]})
    aws.wait(refused, timeout_seconds=60)

    assert len(aws.history_since(well, 0)) == 22 + 19 * 3
    assert len(aws.history_since(refused, 0)) in {22 + 19 + 14, 22 + 19 + 3}
