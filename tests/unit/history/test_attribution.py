"""Which visit and which iteration an event belongs to."""

import pytest

from stockflow.history.attribution import attribute
from stockflow.history.definition import read_definition
from stockflow.history.visits import details_of
from tests.helpers.made_runs import made_run, mixed
from tests.helpers.recorded import NAMES, events_of, history

of_other_workflows = pytest.mark.parametrize("events", NAMES, indirect=True)


@pytest.fixture
def events(request):
    return events_of(request.param)


@of_other_workflows
def test_index_events_are_of_the_iteration_they_name(events):
    """A MapIteration event is in the iteration whose Map and index it names."""
    places = attribute(events).places
    for event in events:
        if event["type"].startswith("MapIteration"):
            details = details_of(event)
            assert places[event["id"]].scope.iterations[-1] == (details["name"], details["index"])


@of_other_workflows
def test_exits_find_their_entry_in_the_same_scope(events):
    """Each Exited event is of a visit that has its Entered event, of the same name, in the same scope."""
    found = attribute(events)
    for event in events:
        if event["type"].endswith("StateExited"):
            visit = found.places[event["id"]].visit
            assert visit.entered is not None
            assert visit.name == details_of(event)["name"]
            assert found.places[visit.entered["id"]].scope is found.places[event["id"]].scope


@of_other_workflows
def test_execution_events_are_at_the_root(events):
    """What is said of the execution is in no state and no iteration."""
    places = attribute(events).places
    for event in events:
        if event["type"].startswith("Execution"):
            assert (places[event["id"]].visit, places[event["id"]].scope.iterations) == (None, ())


@of_other_workflows
def test_events_of_states_all_have_a_visit(events):
    """No event but the execution's own is left without a state."""
    found = attribute(events)
    homeless = [
        e["id"] for e in events if found.places[e["id"]].visit is None and not e["type"].startswith("Execution")
    ]
    assert (homeless, found.orphans) == ([], 0)


@of_other_workflows
def test_visits_are_as_many_as_entries(events):
    """Nothing is invented: there is one visit for each Entered event."""
    found = attribute(events)
    assert len(found.visits) == sum(event["type"].endswith("StateEntered") for event in events)


def test_a_lanes_next_iteration_is_not_the_one_before():
    """The chain runs from iteration 0 into iteration 1; the index does not."""
    found = attribute(
        history(
            "1 < 0 ExecutionStarted",
            "2 < 0 MapStateEntered name=M",
            "3 < 2 MapStateStarted length=2",
            "4 < 3 MapIterationStarted name=M index=0",
            "5 < 4 PassStateEntered name=P",
            "6 < 5 PassStateExited name=P",
            "7 < 6 MapIterationSucceeded name=M index=0",
            "8 < 6 MapIterationStarted name=M index=1",
            "9 < 8 PassStateEntered name=P",
            "10 < 9 PassStateExited name=P",
            "11 < 10 MapIterationSucceeded name=M index=1",
            "12 < 11 MapStateSucceeded",
            "13 < 11 MapStateExited name=M",
            "14 < 13 PassStateEntered name=After",
        )
    )
    iterations = {number: place.scope.iterations for number, place in found.places.items()}
    assert iterations[6] == (("M", 0),)
    assert iterations[8] == iterations[10] == (("M", 1),)
    assert iterations[12] == iterations[13] == iterations[14] == ()


def test_aborted_siblings_go_to_their_own_iterations():
    """All hang on the event that failed in iteration 0; the anonymous abort follows its iteration's event."""
    found = attribute(
        history(
            "2 < 0 MapStateEntered name=M",
            "3 < 2 MapStateStarted length=2",
            "4 < 3 MapIterationStarted name=M index=0",
            "5 < 3 MapIterationStarted name=M index=1",
            "6 < 4 TaskStateEntered name=T",
            "7 < 5 TaskStateEntered name=T",
            "8 < 6 TaskFailed error=Boom",
            "9 < 8 MapIterationFailed name=M index=0",
            "10 < 8 MapIterationAborted name=M index=1",
            "11 < 8 TaskStateAborted",
            "12 < 8 MapStateFailed",
        )
    )
    assert found.places[11].scope.iterations == (("M", 1),)
    assert found.places[11].visit is found.places[7].visit
    assert found.places[12].visit is found.places[2].visit


def test_an_outer_map_that_fails_with_its_inner_one_is_told_apart():
    """Two MapStateFailed in a row: the first closes the inner Map, the second the outer."""
    found = attribute(
        history(
            "2 < 0 MapStateEntered name=Outer",
            "3 < 2 MapStateStarted length=1",
            "4 < 3 MapIterationStarted name=Outer index=0",
            "5 < 4 MapStateEntered name=Inner",
            "6 < 5 MapStateStarted length=1",
            "7 < 6 MapIterationStarted name=Inner index=0",
            "8 < 7 FailStateEntered name=F",
            "9 < 8 MapIterationFailed name=Inner index=0",
            "10 < 8 MapStateFailed",
            "11 < 10 MapIterationFailed name=Outer index=0",
            "12 < 10 MapStateFailed",
            "13 < 12 ExecutionFailed error=E",
        )
    )
    assert found.places[8].scope.iterations == (("Outer", 0), ("Inner", 0))
    assert found.places[10].visit.name == "Inner"
    assert (found.places[12].visit.name, found.places[12].scope.iterations) == ("Outer", ())


def test_inner_maps_of_two_outer_iterations_are_told_apart():
    """Both have an iteration 0 open at once; the chain leads to the right Map, the index to its iteration."""
    found = attribute(
        history(
            "2 < 0 MapStateEntered name=Outer",
            "3 < 2 MapStateStarted length=2",
            "4 < 3 MapIterationStarted name=Outer index=0",
            "5 < 3 MapIterationStarted name=Outer index=1",
            "6 < 4 MapStateEntered name=Inner",
            "7 < 5 MapStateEntered name=Inner",
            "8 < 6 MapStateStarted length=1",
            "9 < 7 MapStateStarted length=1",
            "10 < 8 MapIterationStarted name=Inner index=0",
            "11 < 9 MapIterationStarted name=Inner index=0",
            "12 < 10 PassStateEntered name=P",
            "13 < 12 PassStateExited name=P",
            "14 < 13 MapIterationSucceeded name=Inner index=0",
        )
    )
    assert found.places[14].scope is found.places[12].scope
    assert found.places[14].scope.iterations == (("Outer", 0), ("Inner", 0))


def test_the_same_state_name_in_two_maps_is_two_states():
    """States are told apart by their path."""
    found = attribute(
        history(
            "2 < 0 MapStateEntered name=A",
            "3 < 2 MapStateStarted length=1",
            "4 < 3 MapIterationStarted name=A index=0",
            "5 < 4 PassStateEntered name=Work",
            "6 < 5 PassStateExited name=Work",
            "7 < 6 MapIterationSucceeded name=A index=0",
            "8 < 7 MapStateSucceeded",
            "9 < 7 MapStateExited name=A",
            "10 < 9 MapStateEntered name=B",
            "11 < 10 MapStateStarted length=1",
            "12 < 11 MapIterationStarted name=B index=0",
            "13 < 12 PassStateEntered name=Work",
        )
    )
    assert [found.places[n].visit.path for n in (5, 13)] == [("A", "Work"), ("B", "Work")]


def test_branches_of_a_parallel_are_told_apart_by_the_definition():
    """Two branches begin with a state of the same name; each entry takes the next branch that begins so."""
    branch = {"StartAt": "Go", "States": {"Go": {"Type": "Pass", "End": True}}}
    machine = {"StartAt": "P", "States": {"P": {"Type": "Parallel", "Branches": [branch, branch], "End": True}}}
    found = attribute(
        history(
            "2 < 0 ParallelStateEntered name=P",
            "3 < 2 ParallelStateStarted",
            "4 < 3 PassStateEntered name=Go",
            "5 < 3 PassStateEntered name=Go",
            "6 < 5 PassStateExited name=Go",
            "7 < 4 PassStateExited name=Go",
            "8 < 7 ParallelStateSucceeded",
            "9 < 8 ParallelStateExited name=P",
        ),
        read_definition(machine),
    )
    assert [found.places[n].visit.path for n in (4, 5, 6, 7)] == [
        ("P", 0, "Go"),
        ("P", 1, "Go"),
        ("P", 1, "Go"),
        ("P", 0, "Go"),
    ]
    assert found.places[9].visit.path == ("P",)


def test_an_engine_that_lets_siblings_run_on_does_not_lose_them():
    """moto's iterations end after MapStateFailed, even after ExecutionFailed; they stay in their own iteration."""
    found = attribute(
        history(
            "2 < 0 MapStateEntered name=M",
            "3 < 2 MapStateStarted length=2",
            "4 < 3 MapIterationStarted name=M index=0",
            "5 < 3 MapIterationStarted name=M index=1",
            "6 < 4 FailStateEntered name=F",
            "7 < 5 WaitStateEntered name=W",
            "8 < 6 MapIterationFailed name=M index=0",
            "9 < 6 MapStateFailed",
            "10 < 9 ExecutionFailed error=E",
            "11 < 7 WaitStateExited name=W",
            "12 < 11 MapIterationSucceeded name=M index=1",
        )
    )
    assert found.places[11].visit is found.places[7].visit
    assert found.places[12].scope.iterations == (("M", 1),)


def test_a_redriven_attempt_goes_on_in_the_same_visit():
    """AWS schedules the new attempt from the state's own entry; the visit goes on and the Map ends anew."""
    found = attribute(
        history(
            "2 < 0 MapStateEntered name=M",
            "3 < 2 MapStateStarted length=1",
            "4 < 3 MapIterationStarted name=M index=0",
            "5 < 4 TaskStateEntered name=T",
            "6 < 5 TaskScheduled resource=invoke",
            "7 < 6 TaskFailed error=Boom",
            "8 < 7 MapIterationFailed name=M index=0",
            "9 < 7 MapStateFailed",
            "10 < 9 ExecutionFailed error=Boom",
            "11 < 10 ExecutionRedriven",
            "12 < 5 TaskScheduled resource=invoke",
            "13 < 12 TaskSucceeded resource=invoke",
            "14 < 13 TaskStateExited name=T",
            "15 < 14 MapIterationSucceeded name=M index=0",
            "16 < 15 MapStateSucceeded",
            "17 < 15 MapStateExited name=M",
        )
    )
    task, whole = found.places[5].visit, found.places[2].visit
    assert {found.places[n].visit for n in (12, 13, 14)} == {task}
    assert (whole.ended, whole.exited["id"], found.places[15].scope.ended) == ("succeeded", 17, "succeeded")


def test_a_history_without_its_beginning_still_tells_iterations():
    """The Map's own entry is cut off; what MapIteration events name is enough."""
    found = attribute(
        history(
            "50 < 49 MapIterationStarted name=M index=7",
            "51 < 50 TaskStateEntered name=T",
            "52 < 51 TaskStateExited name=T",
            "53 < 52 MapIterationSucceeded name=M index=7",
        )
    )
    assert found.places[52].scope.iterations == (("M", 7),)
    assert found.orphans == 1


def test_a_state_whose_surroundings_are_cut_off_keeps_its_place_in_the_definition():
    """The definition has the name once, inside a Map, so that is where the visit is counted."""
    inner = {"StartAt": "T", "States": {"T": {"Type": "Task", "End": True}}}
    machine = {"StartAt": "M", "States": {"M": {"Type": "Map", "ItemProcessor": inner, "End": True}}}
    found = attribute(history("50 < 49 TaskStateEntered name=T"), read_definition(machine))
    assert found.visits[0].path == ("M", "T")


def test_events_without_links_are_read_in_their_order():
    """An engine that names no previous event: what follows is taken to follow."""
    events = history("2 < 0 TaskStateEntered name=T", "3 < 0 TaskScheduled resource=x", "4 < 0 TaskStateExited name=T")
    for event in events:
        del event["previousEventId"]
    assert {place.visit.name for place in attribute(events).places.values()} == {"T"}


@pytest.mark.parametrize("lanes", [1, 3, 40])
def test_lanes_of_any_number_are_told_apart(lanes):
    """Every event of a made run is in the iteration of the symbol that its payload names."""
    run = made_run(mixed(60), lanes=lanes)
    names = list(mixed(60))
    found = attribute(run.events, read_definition(run.definition))
    wrong = []
    for event in run.events:
        given = details_of(event).get("input", "")
        iterations = found.places[event["id"]].scope.iterations
        if iterations and event["type"].endswith("Entered") and f'"symbol":"{names[iterations[0][1]]}"' not in given:
            wrong.append(event["id"])
    assert wrong == []
