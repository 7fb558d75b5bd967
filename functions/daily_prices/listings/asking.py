"""The two requests of a refresh, each in a slot of the budget that all runs share."""

import gzip
from dataclasses import replace
from datetime import date

from stockflow_functions.aws import keys
from stockflow_functions.aws.state_table.store import BudgetStore
from stockflow_functions.domain.budget.arithmetic import Reservation, ReservationRequest, lead_ms
from stockflow_functions.domain.errors import InvalidInput, PutOff, QuotaExhausted
from stockflow_functions.domain.listings.csv_text import listings_of
from stockflow_functions.domain.listings.listing import ACTIVE, DELISTED, Listing
from stockflow_functions.pacing.asking import in_its_slot
from stockflow_functions.pacing.contracts import PacedRun
from stockflow_functions.pacing.release import release_slots
from stockflow_functions.pacing.request import PacedRequest
from stockflow_functions.pacing.slot import Slot
from stockflow_functions.pacing.waiting import wait_for
from stockflow_functions.runtime.services import Services
from stockflow_functions.vendors.port import Client

STATES = (ACTIVE, DELISTED)
LONGEST_AHEAD_MS = 600_000
"""A function may wait for its slots no longer than this: Lambda ends it after fifteen minutes."""


def ask(execution: str, as_of: date, services: Services) -> list[Listing]:
    """Who is listed and who was, by the vendor's two lists; both answers are kept as they came.

    Raises:
        QuotaExhausted: the day can't pay for both requests; none is made.
        PutOff: the next slots lie too far ahead, behind those of a run.
        StockflowError: what the vendor's answers mean.
    """
    budget = _budget(services)
    taken = _reserve(budget, execution)
    run: PacedRun = {"execution": execution, "generation": taken.account.generation, "spare_events": 0}
    try:
        bodies = [_body(state, run, taken.slots.at_ms(index), services) for index, state in enumerate(STATES)]
    finally:
        release_slots(budget, execution, services.logger)
    return [row for body in bodies for row in listings_of(body.decode(errors="replace"), as_of)]


def _budget(services: Services) -> BudgetStore:
    settings = services.settings
    terms = replace(settings.terms, max_ahead_ms=min(LONGEST_AHEAD_MS, settings.terms.max_ahead_ms))
    return BudgetStore(services.dynamodb, settings.table, settings.budget_name, terms, services.clock)


def _reserve(budget: BudgetStore, execution: str) -> Reservation:
    try:
        taken = budget.reserve(ReservationRequest(len(STATES), execution, lead_ms=lead_ms(budget.terms)))
    except InvalidInput:
        raise PutOff(
            f"The next slots are more than {LONGEST_AHEAD_MS // 60_000} minutes ahead, behind those of a run: refresh "
            "the listings when it has ended."
        ) from None
    if taken.slots.count < len(STATES):
        raise QuotaExhausted(
            f"The day's requests (REQUESTS_PER_DAY) do not leave the {len(STATES)} that a refresh of listings takes."
        )
    return taken


def _body(state: str, run: PacedRun, not_before_ms: int, services: Services) -> bytes:
    wait_for(not_before_ms, services.clock)
    slot = Slot(not_before_ms, generation=run["generation"])

    def request(client: Client) -> bytes:
        answer = client.listings(state)
        key = keys.raw_listings(state, run["execution"])
        services.bucket.put(key, gzip.compress(answer.body, mtime=0), content_type="application/gzip")
        return answer.body

    try:
        return in_its_slot(PacedRequest(run, f"listings:{state}", slot, retry_count=0), services, request)
    except PutOff:
        raise PutOff("Other requests went first, for longer than is waited: refresh the listings later.") from None
