"""What a run would take: slots, quota and cost, by the formulas in docs/budget.md. Pure."""

from dataclasses import dataclass, replace

from stockflow_functions.daily_prices.contracts import Plan, Run
from stockflow_functions.daily_prices.plan.output import planned
from stockflow_functions.domain.budget.arithmetic import (
    Account,
    Reservation,
    ReservationRequest,
    Terms,
    lead_ms,
    propose,
)
from stockflow_functions.runtime.workflow import Workflow
from stockflow_functions.vendors import DEFAULT, vendor_named

_UNNAMED: Run = {
    "execution": "",
    "execution_arn": "",
    "started_at": "",
    "trigger": "laptop",
    "series": "",
    "outputsize": "",
    "force": False,
}
"""The facts of a run that is not started: it has no name, and nothing else matters here."""


@dataclass(frozen=True)
class Estimate:
    """The estimate for a run: ``plan`` is what Plan would answer.

    Attributes:
        minutes: from now to the last request.
        state_transitions: of a run in which nothing is retried, like the next two.
        lambda_seconds: of all functions together, with one cold start each.
        dollars: of all that AWS meters for the run, without free tiers.
    """

    plan: Plan
    minutes: float
    state_transitions: int
    lambda_seconds: float
    dollars: float


def estimate(workflow: Workflow, symbols: list[str], account: Account, own: Terms, now_ms: int) -> Estimate:
    """What a run of these symbols would take, if it were planned now on this account.

    Raises:
        InvalidInput: its last slot would lie too far ahead.
    """
    proposal = propose(account, ReservationRequest(len(symbols), lead_ms=lead_ms(own)), own, now_ms)
    slots = proposal.slots
    used = {day: account.used.get(day, 0) + slots.charges.get(day, 0) for day in {*account.used, *slots.charges}}
    after = Reservation(slots, replace(account, used=used), proposal.terms)
    plan = planned(_UNNAMED, symbols, after, [], now_ms, vendor_named(DEFAULT).title)
    count = slots.count
    cost = workflow.cost(count)
    return Estimate(
        plan,
        minutes=(slots.last_ms - now_ms) / 60_000 if count else 0.0,
        state_transitions=cost.state_transitions,
        lambda_seconds=cost.lambda_seconds,
        dollars=cost.dollars,
    )
