"""A run in shards, read as one run."""

import json

import pytest

from stockflow.errors import CommandFailed
from stockflow.history.as_json import model_as_json
from stockflow.history.saved_run import SavedRun
from stockflow.workflows import model_of
from tests.helpers.sharded_runs import RUN, manifest, records, shard, whole

STORIES = [{"AAPL": "ok", "NFLX": "bad"}, {"IBM": "ok", "TSLA": "ok"}, {"MSFT": "bad", "ORCL": "ok"}]


def in_shards(*read, stories=STORIES, broken=None):
    """The run with its shards, of which only those with these numbers have their histories."""
    run = whole(stories, broken=broken)
    for number, symbols in enumerate(stories, 1):
        own = shard(stories, number)
        status = "FAILED" if number in (broken or {}) else "SUCCEEDED"
        run.shards.append(
            {
                "number": number,
                "description": {"name": own.execution, "status": status},
                "symbols": list(symbols),
                "events": own.events if number in read else [],
            }
        )
    run.records = list(manifest(stories)["symbols"])
    return run


def test_each_symbol_has_one_row():
    """Shards have none, and failed symbols come first, those of the first shard before others."""
    rows = model_of(in_shards(1, 2, 3)).rows
    assert [row.symbol for row in rows] == ["NFLX", "MSFT", "AAPL", "IBM", "TSLA", "ORCL"]


def test_a_row_says_in_which_shard_it_is():
    """The shard's number, then the item's in it."""
    row = model_of(in_shards(1, 2, 3)).row_of("TSLA")
    assert row.iterations == (("EachShard", 1), ("EachSymbol", 1))


def test_the_visits_of_all_shards_count_in_the_same_states():
    """There is one picture: the definition's."""
    counts = model_of(in_shards(1, 2, 3)).counts()
    assert counts["EachSymbol", "Fetch"].total() - counts["EachSymbol", "Fetch"]["retries"] == 6
    assert not any(path[0] == "EachShard" and len(path) > 1 for path in counts)


def test_the_ids_of_events_are_unique():
    """A shard's have its number before them."""
    events = model_as_json(model_of(in_shards(1, 2)))["events"]
    ids = [event["id"] for event in events]
    assert len(set(ids)) == len(ids)
    assert {"0001:1", "0002:1", 1} <= set(ids)


def test_what_failed_in_a_shard_is_the_cause():
    """Not the Fail state in which the run ended; with the symbols as they failed, and events that name their shard."""
    model = model_of(in_shards(1, 2, 3))
    (cause,) = model_as_json(model)["root_causes"]
    assert (cause["path"], cause["error"], cause["symbols"]) == (
        ["EachSymbol", "Transform"],
        "BadPrices",
        ["MSFT", "NFLX"],
    )
    assert [str(event).partition(":")[0] for event in cause["events"]] == ["0003", "0001"]


def test_a_shard_that_was_not_read_has_what_its_symbols_records_say():
    """Outcome, state and error, but no way."""
    row = model_of(in_shards(1)).row_of("MSFT")
    assert (row.outcome, row.bad, row.place, row.failure.error, row.way) == (
        "failed",
        True,
        "Transform",
        "BadPrices",
        [],
    )
    assert row.iterations == (("EachShard", 2),)


def test_records_count_among_the_causes():
    """A failure of which only the record is at hand has the same cause as one whose history is."""
    model = model_of(in_shards(1))
    (cause,) = model.root_causes
    assert (len(cause.visits), list(cause.told)) == (1, ["MSFT"])
    assert model.symbols_of(cause) == ["NFLX", "MSFT"]


def test_the_fail_state_is_not_the_cause_where_only_records_are_at_hand():
    """It says no more than that symbols failed."""
    assert [cause.state for cause in model_of(in_shards()).root_causes] == ["Transform"]


def test_a_shard_that_broke_off_fails_its_symbols():
    """Each has the shard's own way, and the cause names them all."""
    run = in_shards(1, 2, broken={2: "States.TaskFailed"})
    lost = {"error": "InvalidApiKey"}
    run.shards[1]["events"] = [
        *whole([{}]).events[:2],
        {"id": 3, "previousEventId": 2, "type": "TaskFailed", "taskFailedEventDetails": lost},
        {"id": 4, "previousEventId": 3, "type": "ExecutionFailed", "executionFailedEventDetails": lost},
    ]
    run.records = records({"AAPL": "ok", "NFLX": "bad"})
    model = model_of(run)
    assert [(row.status, row.place) for row in (model.row_of("IBM"), model.row_of("TSLA"))] == [("failed", "Plan")] * 2
    cause = next(cause for cause in model.root_causes if cause.state == "Plan")
    assert (cause.error, model.symbols_of(cause)) == ("InvalidApiKey", ["IBM", "TSLA"])


def test_a_visit_is_found_by_a_shards_event():
    """As the page and --json write its id."""
    model = model_of(in_shards(1, 3))
    visit = model.find_visit(symbol="MSFT")
    assert model.find_visit(event_id=f"0003:{visit.entered['id']}") is visit
    assert model.execution_of(visit) == f"{RUN}-shard-0003"


def test_a_states_visit_is_the_runs_own_before_its_shards():
    """Plan ran four times."""
    assert model_of(in_shards(1, 2, 3)).find_visit(state="Plan").scope.owner is None


def test_an_event_of_a_shard_that_was_not_read_is_unknown():
    """The sentence names it."""
    with pytest.raises(CommandFailed, match="no event 0003:7"):
        model_of(in_shards(1)).find_visit(event_id="0003:7")


def test_a_saved_run_keeps_its_shards():
    """One from AWS is whole in its file."""
    run = in_shards(1)
    again = SavedRun.from_dict(json.loads(run.to_json()))
    assert (again.shards, again.records) == (run.shards, run.records)
