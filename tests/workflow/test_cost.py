"""The cost formula, held to what the workflow really does."""

# ruff: noqa: T201 # dollars are printed, to be read

import json
from collections import Counter

import botocore.client
import pytest

from stockflow.embedded.direct_calls import DirectCalls
from stockflow_functions.aws.dollars import dollars
from stockflow_functions.daily_prices import cost
from stockflow_functions.pacing import slot_gate

KINDS = {
    "PutObject": "s3_puts",
    "ListObjectsV2": "s3_puts",
    "GetObject": "s3_gets",
    "GetItem": "dynamodb_reads",
    "UpdateItem": "dynamodb_writes",
    "PutItem": "dynamodb_writes",
}
MANIFESTS_OF_SHARDS = 3
"""Read by the run that they are a part of, where they pass for the waiting caller's own."""
DATASET = ("prices/", "freshness/")
"""What stays: all else that a run writes is a record, which expires (tests/contract/test_template.py)."""


@pytest.fixture(autouse=True)
def no_slot_is_missed(monkeypatch):
    """However late this machine is: an exchange costs a read and a write, which are not a good day's."""
    monkeypatch.setattr(slot_gate, "LEAST_GRACE_MS", 600_000)


@pytest.fixture
def calls(monkeypatch):
    """Counts AWS calls under the names of the manifest's cost; reads of the manifest are the waiting caller's own.

    What is derived of the dataset afterwards is none of the run's.

    S3 makes an event of each object that it takes and of each version that goes, and of the delete marker in between.
    """
    counted, records = Counter(), set()
    original, invoke = botocore.client.BaseClient._make_api_call, DirectCalls.invoke

    def count_invoke(functions, **given):
        counted["lambda_invocations"] += 1
        return invoke(functions, **given)

    def count(client, operation, parameters):
        if (
            not parameters.get("Key", "")
            or not str(parameters["Key"]).endswith("/manifest.json")
            or operation != "GetObject"
        ):
            counted[KINDS.get(operation, "other")] += 1
        answer = original(client, operation, parameters)
        if operation == "PutObject":
            is_new_record = not parameters["Key"].startswith(DATASET) and parameters["Key"] not in records
            records.add(parameters["Key"])
            counted["s3_events"] += 2 + is_new_record
        return answer

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", count)
    monkeypatch.setattr(DirectCalls, "invoke", count_invoke)
    monkeypatch.setattr("stockflow.embedded.aws.derive", lambda *_: "")
    return counted


def transitions(events):
    """States entered, and retries: a Task scheduled again without being entered again."""
    types = Counter(event["type"] for event in events)
    entered = sum(count for kind, count in types.items() if kind.endswith("StateEntered"))
    return entered + types["TaskScheduled"] - types["TaskStateEntered"]


def gb_seconds(done):
    """What the functions' own metric ``Duration`` says that the run took, times the memory that each has."""
    lines = (json.loads(line) for log in done.aws.log_book.by_request_id().values() for line in log if "_aws" in line)
    return sum(
        cost.MEMORY_MB[line["state"]] / 1024 * line["Duration"][0] / 1000 for line in lines if "Duration" in line
    )


# A red run's event calls Notify once more, beside the workflow; a green one is counted whole.
GREEN = {"FAIL_RUN_ON_SYMBOL_FAILURE": "false"}


@pytest.mark.parametrize(
    "symbols", [["AAPL", "MSFT", "IBM"], ["AAPL", "UNKNOWN1", "UNKNOWN2", "MSFT"]], ids=["all well", "two unknown"]
)
def test_the_formula_counts_what_the_workflow_does(run, calls, symbols):
    """Transitions, Lambda calls, and requests to S3 and DynamoDB are the ones that were really made."""
    done = run({"symbols": symbols}, GREEN, prepare=lambda aws: calls.clear())
    del calls["other"]
    assert done.manifest["cost"]["state_transitions"] == transitions(done.events)
    assert {name: done.manifest["cost"][name] for name in calls} == dict(calls)


def test_the_formula_counts_what_shards_do(run, calls):
    """A run in three shards, one symbol unknown: what the shards' own runs did is counted with it."""
    symbols = ["AAPL", "MSFT", "IBM", "UNKNOWN1", "NVDA"]
    in_shards = {**GREEN, "MOST_SYMBOLS_INLINE": "2", "SYMBOLS_PER_SHARD": "2"}
    done = run({"symbols": symbols}, in_shards, prepare=lambda aws: calls.clear())
    cost, started = done.manifest["cost"], Counter(calls)
    del started["other"]
    started["s3_gets"] += MANIFESTS_OF_SHARDS
    # Shards that reserve at the same moment write again what another one's write has overtaken.
    assert started.pop("dynamodb_writes") >= cost["dynamodb_writes"]
    assert {name: cost[name] for name in started} == dict(started)


@pytest.mark.parametrize("others", [1, 7])
def test_a_refetch_costs_no_more_than_the_formula_says(run, calls, others):
    """How far a repeated request has to go, and who has to let it pass, differs; the formula counts the longest way."""
    symbols = ["AAPL", *(f"S{number}" for number in range(others))]
    done = run({"symbols": symbols}, prepare=lambda aws: calls.clear(), faults={"AAPL": ["throttled"]})
    cost = done.manifest["cost"]
    assert done.symbols["AAPL"]["attempts"] == 2
    assert transitions(done.events) <= cost["state_transitions"]
    assert all(count <= cost[name] for name, count in calls.items() if name != "other")


def test_dollars_of_a_thousand_symbols(run, calls, capsys):
    """A run's own counters, priced, come to the formula's dollars; Lambda's seconds alone are the formula's own."""
    symbols = 25
    done = run({"symbols": [f"S{number}" for number in range(symbols)]}, prepare=lambda aws: calls.clear())
    counters = {**calls, "state_transitions": transitions(done.events), "lambda_gb_seconds": gb_seconds(done)}

    formula = done.manifest["cost"]
    measured = dollars(counters)
    as_reckoned = dollars({**counters, "lambda_gb_seconds": formula["lambda_gb_seconds"]})
    with capsys.disabled():
        a_thousand = 1_000 / symbols
        seconds = f"{counters['lambda_gb_seconds']:.1f} GB-seconds of this machine"
        print(f"\n1,000 symbols in runs of {symbols}: ${formula['dollars'] * a_thousand:.4f} by the formula,")
        print(
            f"by the run's counters ${as_reckoned * a_thousand:.4f}, or ${measured * a_thousand:.4f} with the {seconds}"
        )
        print(f"1,000 symbols in one run: ${cost.run_cost(cost.RunWork(saved=1_000))['dollars']:.4f} by the formula")
    assert as_reckoned == pytest.approx(formula["dollars"], abs=1e-6)
    assert measured > dollars({**counters, "lambda_gb_seconds": 0})
