"""What a call of a state's function is for; each state's module reads that from its event."""

from dataclasses import dataclass

from stockflow_functions.aws import scratch


@dataclass(frozen=True)
class Call:
    """One call.

    Attributes:
        execution: the run's name; None if the event belongs to no run.
        trigger: what started the run, as its input or its plan has it.
        symbol: the item of the Map; None for a state outside of it.
        attempt: how often the workflow has called the state for this item, this call included.
    """

    execution: str | None = None
    trigger: object = None
    symbol: str | None = None
    attempt: int = 1

    @property
    def prefix(self) -> str:
        """The prefix of the bucket below which the run keeps its objects: "" except for a smoke run."""
        return scratch.prefix_of(self.execution, self.trigger)
