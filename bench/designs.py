"""Dollars of 12,000 symbols at 1,200 a minute: rolling shards, beside the designs that they were chosen over.

Arithmetic, no measurement: counts of this project's own cost formula, and what each design has more or less of
them. What is assumed is named; free tiers, logs and alarms are left out throughout. What each of them can't do is in
docs/adr/0071.
"""

from collections.abc import Mapping

from stockflow_functions.aws.dollars import dollars
from stockflow_functions.daily_prices.cost import MEMORY_MB, SECONDS, RunWork, run_cost
from stockflow_functions.daily_prices.cost_of_shards import NOTIFY_SECONDS, PLAN_SECONDS, STATES_OF_A_SHARD
from stockflow_functions.daily_prices.plan.shards import usual_shards
from stockflow_functions.runtime.settings import Settings

SYMBOLS, PER_MINUTE = 12_000, 1_200

DOLLARS_PER_EXPRESS_REQUEST = 1.00 / 1_000_000
DOLLARS_PER_EXPRESS_GB_SECOND = 0.00001667
"""aws.amazon.com/step-functions/pricing, us-east-1; in steps of 64 MB."""
EXPRESS_MB = 64
DOLLARS_PER_SQS_REQUEST = 0.40 / 1_000_000
"""aws.amazon.com/sqs/pricing; a message is sent, received and deleted."""
STAGING_SECONDS = 0.2
"""Assumed, of Transform and Save together: a write and a read of the staged table, and a second start."""
SHARD_SECONDS = Settings.symbols_per_shard * 60 / PER_MINUTE + 10
"""From the start of a shard to its end."""
ANSWER_SECONDS = 0.75
"""Assumed: what a request itself takes, without a wait for its slot."""

Counts = Mapping[str, float]


def memory_gb(function: str) -> float:
    """Of a function."""
    return MEMORY_MB[function] / 1024


def with_more(counts: Counts, times: float, more: Counts) -> Counts:
    """The counts, with so many times more (or less) of these."""
    return {name: count + times * more.get(name, 0) for name, count in counts.items()}


def merged(counts: Counts) -> Counts:
    """Transform and Save in one function: no staged table, and a state less."""
    saved = {"state_transitions": -1, "lambda_invocations": -1, "s3_puts": -1, "s3_gets": -1, "s3_events": -3}
    return with_more(counts, SYMBOLS, {**saved, "lambda_gb_seconds": -memory_gb("Save") * STAGING_SECONDS})


def inner_states(counts: Counts, shards: int) -> Counts:
    """Children with states of their own (reserve, the inline Map, a result) in the place of runs of the machine."""
    notify = -memory_gb("Notify") * NOTIFY_SECONDS
    less = {"state_transitions": 3 - STATES_OF_A_SHARD, "lambda_invocations": -1, "lambda_gb_seconds": notify}
    return with_more(counts, shards, {**less, "s3_puts": -1, "s3_events": -3, "dynamodb_reads": -1})


def child_each(whole: Counts) -> Counts:
    """A child for each symbol, which reserves its own slot: a state, a call and a write more than in one Map."""
    plan = memory_gb("Plan") * PLAN_SECONDS
    more = {"state_transitions": 1, "lambda_invocations": 1, "lambda_gb_seconds": plan, "dynamodb_writes": 1}
    return with_more(whole, SYMBOLS, more)


def express(counts: Counts, shards: int) -> float:
    """Shards as Express children: no transitions inside, but their running time is paid for."""
    inside = {"state_transitions": -(4 * SYMBOLS + (STATES_OF_A_SHARD - 1) * shards) / shards}
    seconds = EXPRESS_MB / 1024 * SHARD_SECONDS * DOLLARS_PER_EXPRESS_GB_SECOND
    return dollars(with_more(counts, shards, inside)) + shards * (DOLLARS_PER_EXPRESS_REQUEST + seconds)


def alone(seconds: float) -> Counts:
    """All symbols by functions that ask, check and save in one call, so long each, without a workflow."""
    return {
        "lambda_gb_seconds": SYMBOLS * seconds * memory_gb("Save"),
        "s3_puts": 2 * SYMBOLS,
        "s3_gets": SYMBOLS,
        "s3_events": 5 * SYMBOLS,
        "dynamodb_reads": SYMBOLS,
        "dynamodb_writes": SYMBOLS / PER_MINUTE,
    }


def minute_windows() -> float:
    """A function that is called each minute and makes its requests one after the other, in threads where need be."""
    work = SECONDS["Transform"] + SECONDS["Save"] - STAGING_SECONDS
    return dollars({**alone(max(60 / PER_MINUTE, work)), "lambda_invocations": SYMBOLS / PER_MINUTE})


def queue() -> float:
    """A message for each symbol, whose delay is its slot, and a function that takes one at a time."""
    seconds = ANSWER_SECONDS + SECONDS["Transform"] + SECONDS["Save"] - STAGING_SECONDS
    return dollars({**alone(seconds), "lambda_invocations": SYMBOLS}) + 3 * SYMBOLS * DOLLARS_PER_SQS_REQUEST


def designs() -> dict[str, float]:
    """Dollars by design, this project's own first."""
    shards = usual_shards(SYMBOLS)
    rolling, whole = (run_cost(RunWork(saved=SYMBOLS), shards=count) for count in (shards, 0))
    return {
        "rolling shards, each a run of the machine": dollars(rolling),
        "A' the same, Transform and Save in one function": dollars(merged(rolling)),
        "B  shards with inner states of their own": dollars(inner_states(rolling, shards)),
        "   a child for each symbol": dollars(child_each(whole)),
        "C  shards as Express children": express(rolling, shards),
        "D  a function that paces a minute's window": minute_windows(),
        "E  a queue with delays": queue(),
    }


def main() -> None:
    """Prints the bills."""
    print(f"dollars of {SYMBOLS:,} symbols at {PER_MINUTE:,} a minute")
    for name, price in designs().items():
        print(f"  {name:<52} {price:>8.4f}")


if __name__ == "__main__":
    main()
