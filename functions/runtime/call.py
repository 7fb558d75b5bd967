"""What a call of a state's function is for; each state's module says how its event tells."""

from dataclasses import dataclass

from stockflow_functions.aws import scratch


@dataclass(frozen=True)
class Call:
    """One call.

    Attributes:
        execution: the run's name; None where the event is of no run.
        trigger: what started the run, as its input or its plan has it.
        symbol: the item of the Map; None for a state outside of it.
        attempt: which time the workflow calls the state for this item, from 1.
    """

    execution: str | None = None
    trigger: object = None
    symbol: str | None = None
    attempt: int = 1

    @property
    def prefix(self) -> str:
        """Below which prefix of the bucket the run keeps its objects: "" but for a smoke run."""
        return scratch.prefix_of(self.execution, self.trigger)
