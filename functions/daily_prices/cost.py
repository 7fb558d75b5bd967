"""What a run costs on AWS, by formula: the counts of what it does, and dollars. Pure arithmetic, no AWS call.

One formula serves the estimate before a run (``stockflow plan``) and the ``cost`` of a run's manifest. Counts of a
run in which no symbol is retried are exact except for reads and writes that only unusual prices need (a split looked
up, rows set aside, a restatement); the seconds of Lambda are typical ones, which measured values can replace.

Not included: free tiers (4,000 transitions, 1 M Lambda requests and 400,000 GB-seconds a month), storage, logs
(about 5 kB a symbol, $0.50 a GB), alarms ($0.10 a month each) and the secret ($0.40 a month).

The prices are in :mod:`stockflow_functions.aws.dollars`.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from stockflow_functions.aws.dollars import dollars
from stockflow_functions.daily_prices.cost_of_shards import NOTIFY_SECONDS, PLAN_SECONDS, READING_SECONDS, more_for
from stockflow_functions.daily_prices.functions import FUNCTIONS
from stockflow_functions.daily_prices.plan.shards import usual_shards
from stockflow_functions.runtime.workflow import Cost

STATES_OF_AN_EMPTY_RUN = 5
"""Plan, AnythingToFetch?, Notify, Outcome?, and the end."""
STATES_OF_A_RUN = STATES_OF_AN_EMPTY_RUN + 1
"""EachSymbol too. A run that ends through NotifyFailure enters one or three fewer."""
STATES_OF_A_REFETCH = 5
"""At most: the Retry of Fetch, which reserves a new slot; then ReadNewSlot, TakeNewSlot, WaitForSlot and Fetch. It is 1
where the new slot is less than half a minute ahead, and 4 where only the slot moved."""
WRITES_OF_A_REFETCH = 5
"""At most: a back-off, the call-in of the planned slots, a new slot, and the history's events counted twice."""

MEMORY_MB = {function.name: function.memory_mb for function in FUNCTIONS}
SECONDS = {"Plan": 0.5, "Fetch": 1.5, "Transform": 0.6, "Save": 0.6, "Notify": 2.0}
"""Typical seconds of one call. Fetch sleeps three quarters of a second: a Wait state drops fractions."""
NOTIFY_SECONDS_A_SYMBOL = 0.0001
"""Notify goes through the outcomes that the Map gave on: 0.03 ms of a whole core, of which its memory buys 0.29."""
COLD_START_SECONDS = {"Plan": 1.0, "Fetch": 1.0, "Transform": 2.5, "Save": 2.5, "Notify": 1.0}
"""Billed since 2025-08; one per run and state is assumed, as a daily run finds no warm instance."""

_STEPS = ("Fetch", "Transform", "Save")
_RUN_RECORDS = 3
"""Plan, manifest, notification marker."""
_KEYS_OF_A_LIST = 1_000
_TOLD_AGAIN = 1
"""The notification marker is written twice: before a message goes out, and after."""


@dataclass(frozen=True)
class RunWork:
    """What a run did or will do, in symbols.

    Args:
        saved: symbols that went all the way and had something to write.
        unchanged: symbols that went all the way and had nothing to write.
        stopped: symbols that failed or were deferred inside the Map, by the state they stopped in.
        refetches: requests beyond the first one of a symbol; each takes a new slot.
        fresh: symbols that were up to date, and were not asked for.
    """

    saved: int
    unchanged: int = 0
    stopped: Mapping[str, int] = field(default_factory=dict)
    refetches: int = 0
    fresh: int = 0

    @property
    def symbols(self) -> int:
        """Iterations of EachSymbol."""
        return self.saved + self.unchanged + self.stopping

    @property
    def stopping(self) -> int:
        """How many symbols did not go all the way."""
        return sum(self.stopped.values())

    def reached(self, state: str) -> int:
        """How many symbols entered Fetch, Transform or Save."""
        beyond = _STEPS[_STEPS.index(state) :]
        return self.saved + self.unchanged + sum(count for stop, count in self.stopped.items() if stop in beyond)


def typical_seconds(symbols: int) -> dict[str, float]:
    """Typical seconds of one call of each state's function, in a run of this many symbols."""
    return {**SECONDS, "Notify": SECONDS["Notify"] + symbols * NOTIFY_SECONDS_A_SYMBOL}


def run_cost(work: RunWork, seconds: Mapping[str, float] | None = None, *, shards: int = 0) -> dict[str, float]:
    """Counts and dollars of one run.

    - ``state_transitions`` = 6 (5 with no symbol) + 4 a symbol that goes all the way; one that stops in Fetch,
      Transform or Save takes 3, 4 or 5; a refetch takes 5 more
    - ``lambda_invocations`` = 2 (Plan, Notify) + one a symbol in each of Fetch, Transform and Save + 2 a refetch
    - ``lambda_gb_seconds`` = sum over states of memory x (calls x seconds + one cold start)
    - ``s3_puts`` = plan, manifest, twice told.json, and what is known of symbols + a symbol's raw, staged, and prices,
      or where those are not written its record + a record a refetch
      + one to list the tables of each thousand symbols that are left out as fresh
    - ``s3_gets`` = told.json, the listings, and twice what is known of symbols + 2 a symbol in Transform (answer,
      prices), 2 in Save (staged, prices) + 1 in Notify for each that stopped
    - ``dynamodb_writes`` = 1 (all slots at once) + 5 a refetch, and then 1 a symbol, for its slot in the line that was
      called in; adding deferred symbols, however many, takes one more
    - ``dynamodb_reads`` = 1 in Plan (deferred symbols), 1 in Notify (budget) + 1 a call of Fetch (is its slot good?)
      + 1 a refetch, and then 1 a symbol
    - ``s3_events`` = 2 an object written, when it comes and when it goes (of prices, the one that it replaced), and 1 a
      record, for the delete marker that its expiry makes first (AmazonS3/latest/userguide/EventBridge)
    - ``dollars`` = sum of each count times its price above

    Args:
        work: what the run does.
        seconds: seconds of one call of each state's function; None for typical ones.
        shards: of how many it consists, which cost more (``cost_of_shards``); 0 for one that runs as a whole.
    """
    calls = _calls(work)
    counts: dict[str, float] = {
        "state_transitions": _state_transitions(work),
        "lambda_invocations": sum(calls.values()),
        "lambda_gb_seconds": round(_gb_seconds(calls, seconds or typical_seconds(work.symbols)), 3),
        "s3_puts": _s3_puts(work),
        "s3_gets": 1 + _gets_of_known(work) + 2 * work.reached("Transform") + 2 * work.reached("Save") + work.stopping,
        "dynamodb_writes": 1 + WRITES_OF_A_REFETCH * work.refetches + _turns(work),
        "dynamodb_reads": 2 + calls["Fetch"] + work.refetches + _turns(work),
        "s3_events": _s3_events(work),
    }
    more = more_for(shards, MEMORY_MB)
    counts = {name: round(count + more.get(name, 0), 3) for name, count in counts.items()}
    return {**counts, "dollars": round(dollars(counts), 6)}


def cost_of_items(count: int) -> Cost:
    """The cost of a run in which this many symbols go all the way at the first attempt, with typical seconds."""
    work, shards = RunWork(saved=count), usual_shards(count)
    counts, seconds = run_cost(work, shards=shards), typical_seconds(count)
    calls = {state: number for state, number in _calls(work).items() if number}
    return Cost(
        state_transitions=int(counts["state_transitions"]),
        lambda_seconds=sum(number * seconds[state] + COLD_START_SECONDS[state] for state, number in calls.items())
        + shards * (PLAN_SECONDS + NOTIFY_SECONDS + READING_SECONDS),
        dollars=counts["dollars"],
    )


def _state_transitions(work: RunWork) -> int:
    fixed = STATES_OF_A_RUN if work.symbols else STATES_OF_AN_EMPTY_RUN
    # WaitForSlot, the steps reached, and for a symbol that stopped the Pass state that catches it.
    steps = work.symbols + sum(work.reached(state) for state in _STEPS) + work.stopping
    return fixed + steps + STATES_OF_A_REFETCH * work.refetches


def _calls(work: RunWork) -> dict[str, int]:
    each = {state: work.reached(state) for state in _STEPS}
    each["Fetch"] += 2 * work.refetches
    return {"Plan": 1, **each, "Notify": 1}


def _turns(work: RunWork) -> int:
    """At most: the first repeated request calls in the planned slots, and every symbol behind reserves another."""
    return work.symbols if work.refetches else 0


def _gb_seconds(calls: Mapping[str, int], seconds: Mapping[str, float]) -> float:
    return sum(
        MEMORY_MB[state] / 1024 * (count * seconds[state] + COLD_START_SECONDS[state])
        for state, count in calls.items()
        if count
    )


def _s3_puts(work: RunWork) -> int:
    lists = math.ceil(work.fresh / _KEYS_OF_A_LIST)
    return _RUN_RECORDS + _TOLD_AGAIN + _known(work) + lists + _symbol_records(work) + work.saved + work.refetches


def _s3_events(work: RunWork) -> int:
    records = _RUN_RECORDS + _symbol_records(work) + work.refetches
    return 2 * (records + _TOLD_AGAIN + _known(work) + work.saved) + records


def _known(work: RunWork) -> int:
    """The object with what is known of symbols, of a run that asked for any."""
    return 1 if work.symbols else 0


def _gets_of_known(work: RunWork) -> int:
    """What is known of symbols, in Plan and in Notify, and the listings; where all are fresh, the first alone."""
    return 3 * _known(work) or min(1, work.fresh)


def _symbol_records(work: RunWork) -> int:
    """The symbols' raw answers and staged tables, and the outcomes that are noted on no object of the dataset."""
    return work.reached("Transform") + work.reached("Save") + work.symbols - work.saved
