"""A smoke run's events are told from all others, in whatever form a state gets them."""

import pytest

from stockflow_functions.daily_prices.fetch.app import call_of as fetch_call
from stockflow_functions.daily_prices.plan.app import call_of as plan_call
from stockflow_functions.reporting.notifier import call_of as notify_call

SMOKE_RUN = {"execution": "e", "trigger": "smoke"}
FETCH = {"symbol": "AAPL", "slot": {"moves": 0}, "retry_count": 0}
FAILURE = {"report": "failure", "execution": "e", "error": {}, "retry_count": 0}


def plan(given):
    return plan_call({"input": given, "execution": "e", "retry_count": 0})


def changed(**detail):
    return notify_call({"report": "event", "event": {"detail": {"name": "e", **detail}}})


@pytest.mark.parametrize(
    "call",
    [
        plan({"trigger": "smoke"}),
        fetch_call({"run": SMOKE_RUN, **FETCH}),
        notify_call({"report": "summary", "plan": {"run": SMOKE_RUN}, "retry_count": 0}),
        notify_call({**FAILURE, "input": {"trigger": "smoke"}}),
        changed(input='{"trigger": "smoke"}'),
    ],
    ids=["Plan", "Fetch", "Notify", "NotifyFailure", "EventBridge"],
)
def test_a_smoke_run_keeps_its_objects_apart(call):
    """Each state of a smoke run finds the same prefix."""
    assert call.prefix == "scratch/e/"


@pytest.mark.parametrize(
    "call",
    [
        plan({"trigger": "schedule"}),
        plan({}),
        plan(["smoke"]),
        plan(None),
        fetch_call({"run": {"execution": "e", "trigger": "console"}, "input": {"trigger": "smoke"}, **FETCH}),
        notify_call({**FAILURE, "input": "smoke"}),
        changed(),
        changed(input="no JSON"),
        notify_call({"report": "alarm", "event": {}}),
    ],
)
def test_any_other_run_has_no_prefix(call):
    """The dataset is where it always is, whatever odd thing an input may be."""
    assert call.prefix == ""
