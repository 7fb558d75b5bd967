"""A smoke run's events are told from all others, in whatever form a state gets them."""

import pytest

from stockflow_functions.aws.scratch import prefix_of

SMOKE_RUN = {"execution": "e", "trigger": "smoke"}


@pytest.mark.parametrize(
    "event",
    [
        {"input": {"trigger": "smoke"}, "execution": "e"},
        {"run": SMOKE_RUN, "symbol": "AAPL"},
        {"report": "summary", "plan": {"run": SMOKE_RUN}},
        {"report": "failure", "input": {"trigger": "smoke"}, "error": {}},
        {"report": "event", "event": {"detail": {"name": "e", "input": '{"trigger": "smoke"}'}}},
    ],
    ids=["Plan", "Fetch", "Notify", "NotifyFailure", "EventBridge"],
)
def test_a_smoke_run_keeps_its_objects_apart(event):
    """Each state of a smoke run finds the same prefix."""
    assert prefix_of(event, "e") == "scratch/e/"


@pytest.mark.parametrize(
    "event",
    [
        {"input": {"trigger": "schedule"}, "execution": "e"},
        {"input": {}, "execution": "e"},
        {"input": ["smoke"], "execution": "e"},
        {"input": None, "execution": "e"},
        {"run": {"execution": "e", "trigger": "console"}, "input": {"trigger": "smoke"}},
        {"report": "event", "event": {"detail": {"name": "e"}}},
        {"report": "event", "event": {"detail": {"name": "e", "input": "no JSON"}}},
        {},
    ],
)
def test_any_other_run_has_no_prefix(event):
    """The dataset is where it always is, whatever odd thing an input may be."""
    assert prefix_of(event, "e") == ""
