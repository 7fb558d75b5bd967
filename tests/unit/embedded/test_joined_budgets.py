"""Two budgets of one key become one."""

import pytest

from stockflow.embedded.joined_budgets import joined
from stockflow.testing import NOON_MS, FakeClock, FakeDynamoDb
from stockflow_functions.aws.state_table.item import account_of
from stockflow_functions.aws.state_table.store import BudgetStore
from stockflow_functions.domain.budget.arithmetic import ReservationRequest, Terms
from stockflow_functions.domain.budget.quota_day import QuotaDays

TERMS = Terms(2000, 25, 86_400_000, QuotaDays("America/New_York", 0))
TODAY = "2026-11-20"


def budget(count, execution="run", name="b", at_ms=NOON_MS, **changed):
    """An item as a run of so many symbols leaves it."""
    table = FakeDynamoDb()
    BudgetStore(table, "t", name, TERMS, FakeClock(at_ms)).reserve(ReservationRequest(count, execution))
    return {**table.items[f"budget#{name}"], **changed}


def number(value):
    return {"N": str(value)}


def test_the_days_requests_are_added_up():
    """Each budget has counted its own, and the vendor both."""
    account = account_of(joined(budget(7), budget(5), NOON_MS))

    assert account.used == {TODAY: 12}


@pytest.mark.parametrize("turned", [False, True])
def test_the_line_goes_on_behind_the_later_slot(turned):
    """With the run that it is of, whichever of the two has it: that run's slots can be given back."""
    early, late = budget(2, "early"), budget(9, "late")

    account = account_of(joined(*((late, early) if turned else (early, late)), NOON_MS))

    assert (account.last_run, account.last_slot_ms) == ("late", account.last_run_slots.last_ms)
    assert account.last_slot_ms == account_of(late).last_slot_ms


def test_the_vendors_refusals_hold_for_both():
    """A back-off, a spent day and a refused key."""
    kept = budget(1, hold_until_ms=number(NOON_MS + 9), hold_ms=number(5), refused_executions={"SS": ["a"]})
    old = budget(1, spent_until_ms=number(NOON_MS + 7), refused_executions={"SS": ["b"]})

    account = account_of(joined(kept, old, NOON_MS))

    assert (account.hold_until_ms, account.hold_ms, account.spent_until_ms) == (NOON_MS + 9, 5, NOON_MS + 7)
    assert account.refused_executions == {"a", "b"}


def test_it_keeps_the_name_of_the_first():
    """Under which this run looks for it."""
    assert joined(budget(1, name="new"), budget(1, name="old"), NOON_MS)["pk"] == {"S": "budget#new"}


def test_of_an_older_form_the_counts_are_kept():
    """And no slot comes closer to one that it may have given."""
    account = account_of(joined(budget(7), budget(5, version=number(0)), NOON_MS + 60_000))

    assert account.used == {TODAY: 12}
    assert account.last_slot_ms == NOON_MS + 60_000


@pytest.mark.parametrize(("kept", "old"), [(99, 1), (1, 99)])
def test_what_a_newer_release_wrote_is_not_understood(kept, old):
    """The shared one stands as it is: where it is the newer, the run will refuse it."""
    one = budget(7, version=number(kept))

    assert joined(one, budget(5, version=number(old)), NOON_MS) == one
