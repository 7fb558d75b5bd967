"""What a run would take, as ``stockflow plan`` shows it: what is asked, and the answer. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from stockflow.history.json_values import JsonObject
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.domain.budget.arithmetic import (
    Account,
    Reservation,
    ReservationRequest,
    Terms,
    lead_ms,
    propose,
)
from stockflow_functions.domain.budget.day_quota import DayQuota
from stockflow_functions.domain.words import counted, named_few
from stockflow_functions.pacing.contracts import Requests
from stockflow_functions.runtime.settings import Settings
from stockflow_functions.runtime.workflow import Workflow

MOST_NAMED = 10
Row = tuple[str, object]


@dataclass(frozen=True)
class Basis:
    """What an estimate rests on: the settings, and the request budget as it is now.

    ``bucket`` is the dataset's, of a run on AWS.
    """

    settings: Settings
    account: Account
    now_ms: int
    bucket: Bucket | None = None


@dataclass(frozen=True)
class Estimate:
    """The planner's sentence, the figures with their names, and both for programs: docs/budget.md has the names."""

    sentence: str
    rows: list[Row]
    figures: JsonObject = field(default_factory=dict)


Estimator = Callable[[Workflow, Mapping[str, object], Basis, Path | None], Estimate]
"""By the workflow, its input, what it rests on, and the output folder; None for a run on AWS."""


def reservation_of(count: int, account: Account, own: Terms, now_ms: int) -> Reservation:
    """The slots that so many requests would have, and the budget after them, if they were reserved now.

    Raises:
        InvalidInput: the last slot would lie too far ahead.
    """
    proposal = propose(account, ReservationRequest(count, lead_ms=lead_ms(own)), own, now_ms)
    charges = proposal.slots.charges
    used = {day: account.used.get(day, 0) + charges.get(day, 0) for day in {*account.used, *charges}}
    return Reservation(proposal.slots, replace(account, used=used), proposal.terms)


def request_figures(requests: Requests) -> JsonObject:
    """The requests and the day's quota after them, for programs; ``requests`` is how many."""
    others = {name: value for name, value in requests.items() if name != "planned"}
    return {"requests": requests["planned"], **others}


def quota_row(requests: DayQuota) -> Row:
    """The day's quota after the run."""
    if not requests["day_limit"]:
        return "day's quota", "no daily limit"
    after = f"{requests['day_used']} used and {requests['day_left']} left after this run"
    return "day's quota", f"{requests['day_limit']} a day, {after}, until {requests['day_resets_at']}"


def deferred_rows(deferred: list[str], item: str) -> list[Row]:
    """Which items the day's quota can't pay for; ``item`` is the word for one."""
    return [("deferred", f"{counted(len(deferred), item)}: {named_few(deferred, MOST_NAMED)}")] if deferred else []
