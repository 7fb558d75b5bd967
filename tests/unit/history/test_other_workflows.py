"""The histories that are written here are as AWS would give them."""

import pytest

from stockflow.history.visits import details_of
from tests.helpers.other_workflows import OTHER_WORKFLOWS
from tests.helpers.recorded import RECORDED, events_of


def links(names):
    """Types of events, each with the type of the event that it hangs on."""
    found = set()
    for name in names:
        events = events_of(name)
        types = {0: "", **{event["id"]: event["type"] for event in events}}
        found |= {(types[event["previousEventId"]], event["type"]) for event in events}
    return found


def details(names):
    """Types of events, each with a detail that it has."""
    return {(event["type"], key) for name in names for event in events_of(name) for key in details_of(event)}


@pytest.mark.parametrize("name", OTHER_WORKFLOWS)
def test_events_are_numbered_and_hang_on_earlier_ones(name):
    """As in every history of AWS's."""
    events = events_of(name)
    assert [event["id"] for event in events] == list(range(1, len(events) + 1))
    assert all(event["previousEventId"] < event["id"] for event in events)


@pytest.mark.parametrize("seen", [links, details])
def test_nothing_was_recorded_that_is_not_written_here_too(shared, seen):
    """Each kind of link and each detail of each kind of event: a clone without the recordings loses none."""
    assert seen(RECORDED) - seen(OTHER_WORKFLOWS) == set()
