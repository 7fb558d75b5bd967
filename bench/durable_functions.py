"""Dollars of a run of 1,000 symbols on Step Functions, beside the same run written as AWS Lambda durable functions.

Arithmetic, no measurement: counts of this project's own cost formula, and of a durable function that calls the same
five functions. It leaves out on both sides what is the same: free tiers, logs, alarms, the secret.

Prices: aws.amazon.com/lambda/pricing, us-east-1, as transcribed in 2026-09. What counts as a durable operation (the
start of an execution, a step, a wait, a chained invoke, and each context that a map opens) was read from the metric
``DurableExecutionOperations`` on AWS by others: docs/adr/0057. Nothing of it was run here.
"""

from dataclasses import dataclass
from math import ceil

from stockflow_functions.aws.dollars import (
    DOLLARS_PER_LAMBDA_GB_SECOND,
    DOLLARS_PER_LAMBDA_REQUEST,
    DOLLARS_PER_STATE_TRANSITION,
)
from stockflow_functions.daily_prices.cost import RunWork, run_cost

SYMBOLS = 1_000

DOLLARS_PER_OPERATION = 8.00 / 1_000_000
DOLLARS_PER_GB_WRITTEN = 0.25
DOLLARS_PER_GB_MONTH_RETAINED = 0.15
MOST_OPERATIONS = 3_000
"""Of one execution; it can't be raised (docs.aws.amazon.com/lambda, "Lambda quotas")."""

OPERATIONS_OF_A_SYMBOL = 5
"""The map's context, the wait for its slot, and three chained invokes."""
RESUMPTIONS_OF_A_SYMBOL = 4
"""Each operation that waits ends the invocation; its end begins another, which replays what was done."""
BYTES_OF_A_SYMBOL = 4_096
"""Inputs and outputs of Fetch, Transform and Save as this workflow has them, rounded up."""
RETAINED_MONTHS = 14 / 30
ORCHESTRATOR_MB = 256
SECONDS_OF_A_RESUMPTION = 0.3
"""Assumed: two AWS calls to read and write checkpoints, and the replay."""


@dataclass(frozen=True)
class DurableRun:
    """The counts of a run of so many symbols as durable executions."""

    symbols: int

    @property
    def executions(self) -> int:
        """One where all operations fit into it; else children of one that does nothing but call them."""
        children = ceil(self.symbols / self.symbols_of_an_execution)
        return 1 if children == 1 else 1 + children

    @property
    def symbols_of_an_execution(self) -> int:
        """Beside its start, the map's own context, Plan and Notify."""
        return (MOST_OPERATIONS - 4) // OPERATIONS_OF_A_SYMBOL

    @property
    def operations(self) -> int:
        """Each child's start and its invoke by the parent count too."""
        extra = 2 * (self.executions - 1)
        return 4 + extra + OPERATIONS_OF_A_SYMBOL * self.symbols

    def dollars(self) -> dict[str, float]:
        """What the orchestration costs, line by line; the five functions, S3 and DynamoDB are not in it."""
        resumptions = self.executions + RESUMPTIONS_OF_A_SYMBOL * self.symbols
        gigabytes = BYTES_OF_A_SYMBOL * self.symbols / 1e9
        return {
            "durable operations": self.operations * DOLLARS_PER_OPERATION,
            "replays": resumptions
            * (
                DOLLARS_PER_LAMBDA_REQUEST
                + ORCHESTRATOR_MB / 1024 * SECONDS_OF_A_RESUMPTION * DOLLARS_PER_LAMBDA_GB_SECOND
            ),
            "data": gigabytes * (DOLLARS_PER_GB_WRITTEN + RETAINED_MONTHS * DOLLARS_PER_GB_MONTH_RETAINED),
        }


def main() -> None:
    """Prints both bills, and the ratio."""
    cost = run_cost(RunWork(saved=SYMBOLS))
    transitions = cost["state_transitions"] * DOLLARS_PER_STATE_TRANSITION
    rest = cost["dollars"] - transitions
    run = DurableRun(SYMBOLS)
    durable = run.dollars()
    total = rest + sum(durable.values())
    print(f"dollars of a run of {SYMBOLS:,} symbols          Step Functions  durable functions")
    print(f"  {'functions, S3, DynamoDB, events':<40} {rest:>14.4f} {rest:>18.4f}")
    print(f"  {cost['state_transitions']:>7,.0f} {'state transitions':<32} {transitions:>14.4f} {'':>18}")
    for name, dollars in durable.items():
        count = f"{run.operations:>7,} {name}" if name == "durable operations" else f"        {name}"
        print(f"  {count:<40} {'':>14} {dollars:>18.4f}")
    print(f"  {'all':<40} {cost['dollars']:>14.4f} {total:>18.4f}")
    print(f"  {'ratio':<40} {1:>14.2f} {total / cost['dollars']:>18.2f}")
    print(f"executions: 1 on Step Functions, {run.executions} durable ({MOST_OPERATIONS:,} operations each at most)")


if __name__ == "__main__":
    main()
