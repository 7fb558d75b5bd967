"""The pace of stockflow's runs, beside the least possible time and beside the chain that most people would write.

Everything runs in this process, on the embedded engine, against a simulated vendor that refuses what is faster than the
rate. "Over the bound" is the time from the first request to the last over (n-1) intervals. A whole run of stockflow's
is timed from ``start`` until ``wait`` has written the run's page; one of the naive chain (kit/naive.py) until its last
state has ended. The naive chain gets fewer symbols, for it takes at least a second for each; n says how many.

``bench/pace.py 1 3`` measures rows 1 and 3 alone. The exit status is 1 where a figure misses its limit.
"""

import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from kit.limits import Limits
from kit.naive import make_naive_chain, whole_seconds
from kit.pace import Pace

from stockflow.embedded.aws import EmbeddedAws
from stockflow.history.saved_run import HistoryEvent
from stockflow.history.visits import details_of
from stockflow.simulated_alpha_vantage import SimulatedVendor

TOP_STATES = frozenset({"Plan", "AnythingToFetch?", "EachSymbol", "Notify", "Outcome?", "Succeeded", "SymbolsFailed"})
COLUMNS = "{:<46} {:>4} {:>7} {:>9} {:>9} {:>9} {:>9} {:>8} {:>8} {:>9}"


@dataclass(frozen=True)
class Row:
    """``runs`` at once of ``symbols`` each (``naive_symbols`` for the naive chain), and the row's own limits."""

    symbols: int
    requests_per_minute: int
    runs: int = 1
    refuse_every: int = 0
    naive_symbols: int = 20
    most_over_bound: float = 1.01
    most_in_a_second: int = 0

    @property
    def name(self) -> str:
        """The row in words."""
        runs = f"{self.runs} runs of {self.symbols} at once" if self.runs > 1 else f"{self.symbols}"
        refused = f", one in {self.refuse_every} refused" if self.refuse_every else ""
        return f"{runs} at {self.requests_per_minute}/min{refused}"


ROWS = (
    Row(60, 120),
    Row(120, 240),
    Row(40, 240, runs=3),
    Row(200, 600, most_over_bound=1.05, most_in_a_second=13),
    Row(30, 60, refuse_every=10, naive_symbols=30),
)


@dataclass(frozen=True)
class Measured:
    """What a row came to; ``unsaved`` symbols have no prices, ``budget_writes`` are of the run that wrote most."""

    symbols: int
    pace: Pace
    run_seconds: float
    refused: int
    unsaved: int
    budget_writes: int = 0
    transitions: float = 0
    events: float = 0

    @property
    def bound_seconds(self) -> float:
        """For as many requests as there are symbols."""
        return self.pace.bound_seconds(self.symbols)

    @property
    def over_bound(self) -> float:
        """1.0 is the least possible."""
        return self.pace.span_seconds / self.bound_seconds


@contextmanager
def embedded(row: Row) -> Iterator[EmbeddedAws]:
    """An AWS of its own for each measurement, and a vendor that enforces the row's rate."""
    rate = row.requests_per_minute
    environment = {"REQUESTS_PER_MINUTE": str(rate), "REQUESTS_PER_DAY": "0"}
    with (
        tempfile.TemporaryDirectory() as folder,
        SimulatedVendor(requests_per_minute=rate, refuse_every=row.refuse_every) as vendor,
        EmbeddedAws(folder, environment, vendor=vendor) as aws,
    ):
        yield aws


def measured(row: Row, symbols: int, run: Callable[[list[list[str]]], dict[str, Any]], aws: EmbeddedAws) -> Measured:
    """Runs the row's lists of symbols and measures."""
    lists = [[f"R{number}S{place}" for place in range(symbols)] for number in range(row.runs)]
    began = time.monotonic()
    facts = run(lists)
    run_seconds = time.monotonic() - began
    assert aws.vendor is not None
    requests = aws.vendor.requests
    pace = Pace([request.time_ms for request in requests], 60_000 / row.requests_per_minute)
    refused = sum(request.answered != "data" for request in requests)
    unsaved = symbols * row.runs - len(list(aws.output_dir.glob("prices/daily/*.parquet")))
    return Measured(symbols * row.runs, pace, run_seconds, refused, unsaved, **facts)


def own_chain(row: Row) -> Measured:
    """The workflow of statemachine/."""
    with embedded(row) as aws:
        writes = count_budget_writes(aws)

        def run(lists: list[list[str]]) -> dict[str, Any]:
            arns = [aws.start({"symbols": symbols}) for symbols in lists]
            manifests = [aws.wait(arn) for arn in arns]
            events = [event for arn in arns for event in aws.history_since(arn, 0)]
            count = sum(map(len, lists))
            return {
                "budget_writes": max(writes[made["execution"]] for made in manifests) + writes[""],
                "transitions": transitions(events) / count,
                "events": len(events) / count,
            }

        return measured(row, row.symbols, run, aws)


def naive_chain(row: Row) -> Measured:
    """The chain of kit/naive.py."""
    with embedded(row) as aws:
        machine = make_naive_chain(aws, row.requests_per_minute)

        def run(lists: list[list[str]]) -> dict[str, Any]:
            arns = [start_naive(aws, machine, symbols) for symbols in lists]
            while any(aws.status(arn) == "RUNNING" for arn in arns):
                time.sleep(0.02)
            return {}

        return measured(row, row.naive_symbols, run, aws)


def start_naive(aws: EmbeddedAws, machine: str, symbols: list[str]) -> str:
    """Starts an execution and gives its ARN."""
    text = '{"symbols": ["' + '", "'.join(symbols) + '"]}'
    answer = aws.stepfunctions.start_execution(stateMachineArn=machine, name=f"naive-{symbols[0]}", input=text)
    return str(answer["executionArn"])


def count_budget_writes(aws: EmbeddedAws) -> Counter[str]:
    """Counts the budget's writes from now on, refused ones too: Plan's by execution, those of Fetch under ""."""
    writes: Counter[str] = Counter()
    table = aws.services.dynamodb
    update_item = table.update_item

    def counted(**params: Any) -> Any:
        if "budget#" in str(params["Key"]):
            values = params["ExpressionAttributeValues"].values()
            writes[next((value["S"] for value in values if "S" in value), "")] += 1
        return update_item(**params)

    table.update_item = counted
    return writes


def transitions(events: list[HistoryEvent]) -> int:
    """State transitions inside the Map: states entered, and Tasks scheduled again, which AWS counts too."""
    names = [details_of(event).get("name", "") for event in events if event["type"].endswith("StateEntered")]
    entered = sum(bool(name) and name not in TOP_STATES for name in names)
    types = Counter(event["type"] for event in events)
    return entered + types["TaskScheduled"] - types["TaskStateEntered"]


def print_row(name: str, row: Row, got: Measured) -> None:
    """One line of the table."""
    print(
        COLUMNS.format(
            name,
            got.symbols,
            row.requests_per_minute,
            f"{got.pace.span_seconds:.2f} s",
            f"{got.over_bound:.3f}",
            f"{got.run_seconds:.2f} s",
            f"{got.pace.smallest_gap_ms} ms",
            got.pace.most_in_a_second,
            got.refused,
            got.unsaved,
        ),
        flush=True,
    )


def hold(row: Row, got: Measured, limits: Limits) -> None:
    """Holds what stockflow came to to the limits of its row."""
    name = row.name
    limits.hold(f"{name}: symbols that were not saved", got.unsaved, "==", 0)
    if row.refuse_every:
        requests = len(got.pace.times_ms)
        limits.hold(f"{name}: refused of {requests} requests", got.refused / requests, "<=", 1 / row.refuse_every)
        return
    limits.hold(f"{name}: first to last request over the bound", got.over_bound, "<=", row.most_over_bound)
    limits.hold(f"{name}: budget writes of a run, at most", got.budget_writes, "<=", 2)
    limits.hold(f"{name}: state transitions a symbol", got.transitions, "==", 4)
    if row.most_in_a_second:
        limits.hold(f"{name}: most requests in a second", got.pace.most_in_a_second, "<=", row.most_in_a_second)
        return
    gap = got.pace.smallest_gap_ms / got.pace.interval_ms
    limits.hold(f"{name}: smallest gap over the interval", gap, ">=", 0.8)
    limits.hold(f"{name}: refused requests", got.refused, "==", 0)
    limits.hold(f"{name}: seconds of the whole run over the bound", got.run_seconds - got.bound_seconds, "<=", 4)


def main() -> None:
    """Prints the table, then the figures with their limits."""
    limits = Limits()
    chosen = [ROWS[int(number) - 1] for number in sys.argv[1:]] or ROWS
    heads = ("", "n", "per min", "first to", "over the", "whole", "smallest", "most in", "refused", "not saved")
    print(COLUMNS.format(*heads) + "\n" + COLUMNS.format("", "", "", "last", "bound", "run", "gap", "a second", "", ""))
    more = []
    for row in chosen:
        own = own_chain(row)
        print_row(row.name, row, own)
        print_row(f"    naive chain, Wait {whole_seconds(row.requests_per_minute)} s", row, naive_chain(row))
        hold(row, own, limits)
        more.append(
            f"  {row.name:<46} {own.budget_writes:>2} budget writes a run, {own.transitions:.2f} state transitions "
            f"and {own.events:.1f} history events a symbol"
        )
    print("\n" + "\n".join(more))
    print(
        f"  Load of this machine: {os.getloadavg()[1]:.1f} on {os.cpu_count()} cores; other work makes requests late."
    )
    limits.report_and_exit()


if __name__ == "__main__":
    main()
