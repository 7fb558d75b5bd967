"""The shards of a run on this machine, from its folder."""

import json

import pytest

from stockflow.cli.listing import local_runs
from stockflow.errors import CommandFailed
from stockflow.sources import open_run, shards
from stockflow.sources.saved_since import saved_since
from stockflow_functions.aws import keys
from tests.helpers.made_runs import keep_journal
from tests.helpers.sharded_runs import LAST_BEFORE_SHARDS, RUN, entries, shard, whole, write

STORIES = [{"AAPL": "ok", "NFLX": "bad"}, {"IBM": "ok", "TSLA": "ok"}, {"MSFT": "ok", "ORCL": "ok"}]


@pytest.fixture
def one_history(monkeypatch):
    """A page has room for one shard."""
    monkeypatch.setattr(shards, "MOST_EVENTS", 1)


def numbers(opened):
    return [one["number"] for one in opened.run.shards if one["events"]]


def test_a_folder_of_a_run_in_shards_is_one_run(tmp_path):
    """With the histories and the log lines of all its shards, where there is room."""
    write(tmp_path, STORIES)

    opened = open_run("latest", tmp_path)

    assert numbers(opened) == [1, 2, 3]
    assert len(opened.model.rows) == 6
    assert set(shard(STORIES, 2).logs) <= set(opened.run.logs)
    assert opened.run.missing == []


def test_its_own_file_has_no_events_of_shards(tmp_path):
    """They are in the shards' folders, but each symbol's seconds are at its head."""
    place = write(tmp_path, STORIES)

    saved = json.loads((place / "run.json").read_text())

    assert (saved["shards"], len(saved["events"])) == ([], 13)
    assert saved["summary"]["seconds"].keys() == {symbol for symbols in STORIES for symbol in symbols}


def test_what_failed_comes_first(tmp_path, one_history):
    """The others have the rows that the manifest gives, with their seconds, and a sentence says how to see one."""
    write(tmp_path, STORIES)

    opened = open_run("latest", tmp_path)

    assert numbers(opened) == [1]
    row = opened.model.row_of("ORCL")
    assert (row.outcome, row.way, row.seconds > 0) == ("saved", [], True)
    assert f"stockflow show {RUN}/shards/0002" in opened.run.missing[0]


@pytest.mark.parametrize("wanted", ["ORCL", "0003"])
def test_what_is_wanted_comes_before_all_else(tmp_path, one_history, wanted):
    """A symbol, or a shard."""
    write(tmp_path, STORIES)
    assert numbers(open_run("latest", tmp_path, wanted=wanted)) == [3]


def test_a_shard_opens_by_itself(tmp_path):
    """As any run, by its folder below the run's."""
    write(tmp_path, STORIES)
    opened = open_run(f"{RUN}/shards/0002", tmp_path)
    assert [row.symbol for row in opened.model.rows] == ["IBM", "TSLA"]


def test_a_damaged_shard_leaves_its_records(tmp_path):
    """Its symbols have rows all the same."""
    write(tmp_path, STORIES)
    (tmp_path / keys.run(keys.shard_execution(RUN, 2)) / "run.json").write_text("{")

    opened = open_run("latest", tmp_path)

    assert numbers(opened) == [1, 3]
    assert opened.model.row_of("IBM").outcome == "saved"


def killed(folder):
    """A run of four shards: one has ended, one was under way, one has just begun, and the last never did."""
    stories = [*STORIES, {"META": "ok"}]
    write(folder, STORIES[:1], ended=False)
    place = folder / keys.run(RUN)
    (place / "shards.json").write_text(json.dumps(entries(stories)))
    keep_journal(place, whole(stories), LAST_BEFORE_SHARDS)
    for number, events in ((2, 26), (3, 2)):
        keep_journal(folder / keys.run(keys.shard_execution(RUN, number)), shard(stories, number), events)
    return place


def test_a_killed_run_has_all_its_symbols(tmp_path):
    """Those of settled shards, of shards under way, and of shards that had not begun."""
    killed(tmp_path)

    opened = open_run("latest", tmp_path)

    rows = {row.symbol: row.outcome or row.status for row in opened.model.rows}
    assert opened.model.status == "KILLED"
    assert rows["AAPL"] == "saved"
    assert rows["NFLX"] == "failed"
    assert rows["META"] == "not reached"
    assert len(rows) == 7
    assert "1 shard of 4 had not begun." in opened.run.missing


def test_a_killed_run_goes_as_far_as_its_shards(tmp_path):
    """Its own last event is long before."""
    killed(tmp_path)
    stopped = open_run("latest", tmp_path).run.description["stopDate"]
    assert stopped == shard([*STORIES], 2).events[25]["timestamp"]


def test_shards_are_not_listed_as_runs(tmp_path):
    """And the killed run is listed with what its shards saved."""
    killed(tmp_path)
    (run,) = local_runs(tmp_path, 10)
    assert (run.execution, run.outcome) == (RUN, "killed")
    assert "saved" in run.statuses


def test_what_a_later_runs_shards_saved_is_not_left_to_do(tmp_path):
    """It was saved since."""
    killed(tmp_path)
    (tmp_path / keys.plan(RUN)).write_text(json.dumps({"run": {"started_at": "1", "series": "daily"}}))
    later = tmp_path / "runs" / "later"
    for name, value in (
        ("plan.json", {"run": {"started_at": "2", "series": "daily"}}),
        ("shards/0001/manifest.json", {"symbols": [{"symbol": "META", "status": "saved"}]}),
    ):
        (later / name).parent.mkdir(parents=True, exist_ok=True)
        (later / name).write_text(json.dumps(value))

    assert saved_since(open_run(RUN, tmp_path)) == {"META"}


def test_a_list_of_shards_alone_is_no_run(tmp_path):
    """The process was killed before its journal had begun, or the folder was emptied."""
    place = tmp_path / keys.run(RUN)
    place.mkdir(parents=True)
    (place / "shards.json").write_text("[]")
    with pytest.raises(CommandFailed, match=r"no run\.json"):
        open_run(RUN, tmp_path)
