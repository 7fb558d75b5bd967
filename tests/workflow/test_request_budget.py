"""One request budget for every run, on the embedded AWS."""

import json
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from unittest.mock import patch

import pytest

from stockflow.embedded.aws import EmbeddedAws
from stockflow.embedded.shared_moto import MOTO
from stockflow_functions.aws.state_table.store import BudgetStore
from stockflow_functions.domain.budget import arithmetic
from stockflow_functions.domain.budget.arithmetic import ReservationRequest, Terms
from stockflow_functions.domain.budget.quota_day import QuotaDays
from stockflow_functions.domain.clock import SystemClock, from_iso
from stockflow_functions.pacing import slot_gate

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
        return budget.reserve(ReservationRequest(1)).slots.first_ms

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
        return budget.reserve(ReservationRequest(5)).slots.count

    with ThreadPoolExecutor(THREADS) as pool:
        assert sum(pool.map(reserve, range(30))) == 100


def test_three_runs_at_once_keep_the_vendors_limit(start_aws, table_writes):
    """Their slots are one line, the vendor refuses nothing, and each run costs one or two writes."""
    # However late this machine is, no slot counts as missed: an exchange takes a write more.
    with patch.object(slot_gate, "LEAST_GRACE_MS", 600_000):
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


def test_refusals_in_a_row_hold_the_other_runs_off_too(start_aws):
    """The first costs everybody one interval, the next two seconds: nobody asks for so long, in no run."""
    symbols = [[f"{run}{number}" for number in range(6)] for run in "AB"]
    # However the two runs' requests mix, a second refusal is one of the same wave.
    with patch.object(arithmetic, "WAVE_REQUESTS", 100):
        aws = start_aws({"REQUESTS_PER_MINUTE": "300"}, faults={symbol: ["throttled"] for symbol in symbols[0][:3]})
        arns = [aws.start({"symbols": names}) for names in symbols]
        manifests = [aws.wait(arn, timeout_seconds=60) for arn in arns]

    times_ms = [request.time_ms for request in aws.vendor.requests]
    assert max(later - earlier for earlier, later in pairwise(times_ms)) >= 1900
    assert all(set(statuses(manifest).values()) == {"saved"} for manifest in manifests)


def test_spent_quota_is_learned_once(start_aws):
    """After the vendor's word only what is on its way may follow; all others are deferred and go first tomorrow."""
    aws = start_aws({"REQUESTS_PER_MINUTE": "300"}, requests_per_day=3)
    symbols = [f"S{number}" for number in range(12)]

    manifest = aws.wait(aws.start({"symbols": symbols}), timeout_seconds=60)

    assert Counter(statuses(manifest).values()) == {"saved": 3, "deferred": 9}
    assert len(aws.vendor.requests) <= 5
    assert sorted(aws.services.deferred.remembered("daily")) == sorted(symbols[3:])


def test_wrong_key_costs_one_request_and_its_run_gives_the_rest_back(start_aws):
    """With the right key the day still has its requests."""
    aws = start_aws({"REQUESTS_PER_DAY": "25", "REQUESTS_PER_MINUTE": "30"}, api_keys=["right"])

    aws.wait(aws.start({"symbols": [f"S{number}" for number in range(25)]}), timeout_seconds=60)

    used = aws.services.budget.read().used
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
        left = 25 - sum(aws.services.budget.read().used.values())

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
    """22 for the run and 19 a symbol; 3 more for a request that is repeated."""
    aws = start_aws({"REQUESTS_PER_MINUTE": "300"}, faults={"B0": ["throttled"]})
    well = aws.start({"symbols": ["A0", "A1", "A2"]})
    aws.wait(well, timeout_seconds=60)
    refused = aws.start({"symbols": ["B0"]})
    aws.wait(refused, timeout_seconds=60)

    assert len(aws.history_since(well, 0)) == 22 + 19 * 3
    assert len(aws.history_since(refused, 0)) == 22 + 19 + 3


@pytest.mark.parametrize("spare", [0, 30, 120])
def test_history_of_a_run_that_is_refused_throughout_keeps_to_its_bound(start_aws, no_back_off, spare):
    """What the engine writes is what was counted before: the rest of the symbols is put off, and goes first next."""
    symbols = [f"S{number}" for number in range(8)]
    with (
        patch("stockflow_functions.pacing.planning.spare_events", lambda count: spare),
        patch.object(slot_gate, "LONGEST_SLEEP_MS", 50),
        patch.object(arithmetic, "SHORTEST_BACK_OFF_MS", 200),
        patch.object(arithmetic, "LONGEST_BACK_OFF_MS", 200),
    ):
        aws = start_aws(faults={symbol: ["throttled"] * 9 for symbol in symbols})
        arn = aws.start({"symbols": symbols})
        manifest = aws.wait(arn, timeout_seconds=60)

    events, outcomes = aws.history_since(arn, 0), statuses(manifest)
    put_off = [symbol for symbol in symbols if outcomes[symbol] == "deferred"]
    assert len(events) <= 22 + 19 * len(symbols) + spare
    assert set(outcomes.values()) <= {"deferred", "failed"}
    assert put_off
    assert {told["error"]["type"] for told in manifest["symbols"] if told["status"] == "deferred"} == {"PutOff"}
    assert sorted(aws.services.deferred.remembered("daily")) == put_off


def test_history_has_the_events_of_a_move(start_aws):
    """11 for a request that waits for another slot in the workflow."""
    with patch.object(slot_gate, "LONGEST_SLEEP_MS", -1):
        aws = start_aws(faults={"A": ["throttled"]})
        arn = aws.start({"symbols": ["A"]})
        aws.wait(arn, timeout_seconds=60)

    assert len(aws.history_since(arn, 0)) == 22 + 19 + 3 + 11
