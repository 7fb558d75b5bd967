"""What passes between the states of any workflow that asks a vendor, as types; docs/contracts.md has it as tables.

All times are UTC, ISO 8601 with milliseconds. A field is described in its class's docstring, in a line
``name: what it is``.
"""

from typing import NotRequired, TypedDict, final

from stockflow_functions.domain.budget.day_quota import DayQuota


class PlannerEvent(TypedDict):
    """What a planner receives.

    input: the execution's input, whatever it is.
    execution: the execution's name.
    execution_arn: its ARN.
    started_at: when it began.
    retry_count: how often the workflow has repeated the call.
    """

    input: object
    execution: str
    execution_arn: str
    started_at: str
    retry_count: int


class Reserved(TypedDict):
    """What the run carries of the slots that were reserved for it.

    generation: the budget's when it gave the slots; once it has been counted up, they have been called in.
    spare_events: how many events the run's history has room for beyond one request per symbol.
    own_lanes: whether each symbol has a lane of the Map of its own; absent if they share lanes.
    """

    generation: int
    spare_events: int
    own_lanes: NotRequired[bool]


class PacedRun(Reserved):
    """As much of a run as its requests need.

    execution: the execution's name.
    """

    execution: str


class WorkItem(TypedDict):
    """A symbol to fetch.

    symbol: in capitals.
    not_before: its slot.
    """

    symbol: str
    not_before: str


class Requests(DayQuota):
    """The requests that a run was planned with.

    planned: how many; one per symbol.
    first_slot_at: the first one's slot; null if there is none.
    last_slot_at: the last one's slot, likewise.
    interval_ms: milliseconds from slot to slot.
    """

    planned: int
    first_slot_at: str | None
    last_slot_at: str | None
    interval_ms: int | None


class RequestsMade(TypedDict):
    """The plan's requests, with the day's figures at the end of the run; without a plan, only `made`.

    made: the sum of the symbols' attempts.
    """

    made: int
    planned: NotRequired[int]
    first_slot_at: NotRequired[str | None]
    last_slot_at: NotRequired[str | None]
    interval_ms: NotRequired[int | None]
    day_limit: NotRequired[int | None]
    day_used: NotRequired[int | None]
    day_left: NotRequired[int | None]
    day_resets_at: NotRequired[str | None]


@final
class PlannedSlot(TypedDict):
    """A slot as the Map makes it from a work item.

    not_before: the moment from which the request may be made.
    moves: how often the symbol has waited for another slot; 0.
    """

    not_before: str
    moves: int


class MovedSlot(TypedDict):
    """A slot as `SlotMoved` carries it, for the workflow to wait for.

    not_before: the moment from which the request may be made.
    moves: how often the symbol has waited for another slot.
    tries: how many requests were made for the symbol before this slot.
    generation: the budget's when it gave the slot.
    """

    not_before: str
    moves: int
    tries: int
    generation: int
