"""``stockflow resume``: which symbols are left, and one sentence where there is nothing to do."""

import json

import pytest

from stockflow.cli.commands import resume as command
from stockflow.sources import open_run, save_run
from stockflow.sources.journal import lock_of
from tests.helpers.made_runs import keep_journal, made_run

STORIES = {"A": "ok", "B": "bad", "C": "ok", "D": "ok"}
PLANNED = {"series": "daily", "outputsize": "compact"}


@pytest.fixture
def started(monkeypatch):
    """The inputs with which runs would be started."""
    inputs = []
    monkeypatch.setattr(command, "run_here_again", lambda opened, given, *_: inputs.append(given) or 0)
    return inputs


def leave(tmp_path, name, *saved, events=40, stories=STORIES, began="2026-11-20T22:30:00.000Z", **planned):
    """A killed run with these records and this plan."""
    folder = tmp_path / "out/runs" / name
    keep_journal(folder, made_run(stories, execution=name, lanes=4), events)
    plan = {"run": {"started_at": began, **PLANNED, **planned}}
    (folder / "plan.json").write_text(json.dumps(plan))
    (folder / "symbols").mkdir()
    for symbol in saved:
        (folder / f"symbols/{symbol}.json").write_text(json.dumps({"symbol": symbol, "status": "saved"}))
    return folder


@pytest.mark.parametrize("events", [6, 7, 8, 9, 10, 11])
def test_a_run_that_was_killed_right_after_its_plan_asks_for_all(stockflow, started, tmp_path, events):
    """There is no row of a symbol yet, but the plan names them."""
    leave(tmp_path, "r", events=events)
    stockflow("resume")

    assert started == [{"symbols": list(STORIES), **PLANNED}]


@pytest.mark.parametrize("reference", [(), ("latest",), ("r",), ("out/runs/r",), ("out/runs/r/journal.jsonl",)])
def test_what_is_not_saved_is_asked_for(stockflow, started, tmp_path, reference):
    """With the series and the size of that run; it is the latest where none is named."""
    leave(tmp_path, "r", "A", "D")
    done = stockflow("resume", *reference)

    assert done.exit_code == 0, done.output
    assert started == [{"symbols": ["B", "C"], **PLANNED}]
    assert done.stdout == "Continuing r: 2 symbols, B, C.\n"


def test_a_run_that_was_killed_in_its_plan_goes_on_as_a_whole(stockflow, started, tmp_path):
    """With its own input."""
    leave(tmp_path, "r", events=3)
    stockflow("resume")

    assert started == [{"symbols": list(STORIES)}]


def test_a_run_that_was_killed_before_its_plan_does_too(stockflow, started, tmp_path):
    """The head of the journal has the input."""
    leave(tmp_path, "r", events=1)
    stockflow("resume")

    assert started == [{"symbols": list(STORIES)}]


def test_nothing_left_is_a_sentence(stockflow, started, tmp_path):
    """As where it was killed in the report."""
    leave(tmp_path, "r", *STORIES)
    done = stockflow("resume")

    assert (done.exit_code, started) == (0, [])
    assert done.stdout == "Nothing is left to do: every symbol of r is done.\n"


def test_what_a_later_run_has_saved_is_left_out(stockflow, started, tmp_path):
    """So going on twice asks once."""
    leave(tmp_path, "r", "A")
    leave(tmp_path, "later", "B", "C", began="2026-11-20T23:30:00.000Z")
    stockflow("resume", "r")

    assert started == [{"symbols": ["D"], **PLANNED}]


@pytest.mark.parametrize(
    "other",
    [
        {"began": "2026-11-20T21:30:00.000Z"},
        {"began": "2026-11-20T23:30:00.000Z", "series": "daily_adjusted"},
        {"began": "2026-11-20T23:30:00.000Z", "outputsize": "full"},
    ],
)
def test_what_another_run_has_saved_is_not(stockflow, started, tmp_path, other):
    """One before it, or of another series or size."""
    leave(tmp_path, "r", "A")
    leave(tmp_path, "other", "B", "C", **other)
    stockflow("resume", "r")

    assert started == [{"symbols": ["B", "C", "D"], **PLANNED}]


def test_all_saved_since_is_a_sentence(stockflow, started, tmp_path):
    """Which says that another run did it."""
    leave(tmp_path, "r", "A")
    leave(tmp_path, "later", "B", "C", "D", began="2026-11-20T23:30:00.000Z")
    done = stockflow("resume", "r")

    assert started == []
    assert done.stdout.endswith("every symbol of r is done, or has been saved since.\n")


def test_a_run_that_goes_on_is_not_resumed(stockflow, started, tmp_path):
    """It would be asked for twice."""
    folder = leave(tmp_path, "r", "A")
    with lock_of(folder):
        done = stockflow("resume", "r")

    assert (done.exit_code, started) == (2, [])
    assert "r is still going" in done.stderr


@pytest.mark.parametrize("journal", [True, False])
def test_a_run_that_ended_by_itself_is_not_resumed(stockflow, started, tmp_path, journal):
    """The sentence names rerun; it does not matter whether the run was killed before its run.json was written."""
    run = made_run(STORIES, execution="r")
    run.engine["name"] = "moto"
    if journal:
        keep_journal(tmp_path / "out/runs/r", run, len(run.events))
    else:
        save_run(tmp_path / "out/runs/r", run)
    done = stockflow("resume", "r")

    assert (done.exit_code, started) == (2, [])
    assert done.stderr == "stockflow: r has ended (failed): write stockflow rerun r for what it did not save.\n"


def test_a_run_that_was_stopped_is_resumed(stockflow, started, tmp_path):
    """As with Ctrl-C: it too left symbols for later."""
    folder = leave(tmp_path, "r", "A")
    run = open_run(str(folder), tmp_path / "out").run
    run.description["status"] = "ABORTED"
    save_run(folder, run)
    done = stockflow("resume", "r")

    assert done.exit_code == 0, done.output
    assert {symbol for given in started for symbol in given["symbols"]} >= {"B", "D"}


def test_a_run_on_aws_is_another_command(stockflow, started, tmp_path):
    """Which is named."""
    run = made_run(STORIES, execution="r")
    run.engine["name"] = "AWS Step Functions"
    folder = tmp_path / "out/runs/r"
    folder.mkdir(parents=True)
    (folder / "run.json").write_text(run.to_json())
    done = stockflow("resume", "r")

    assert (done.exit_code, started) == (2, [])
    assert "stockflow rerun r --aws" in done.stderr


def test_no_run_at_all_is_a_sentence(stockflow, started):
    """It says how to start one."""
    done = stockflow("resume")

    assert (done.exit_code, started) == (2, [])
    assert "start one with `stockflow run`" in done.stderr


def test_a_run_that_is_not_known_is_a_sentence(stockflow, started, tmp_path):
    """It says which runs there are."""
    leave(tmp_path, "r")
    done = stockflow("resume", "s")

    assert (done.exit_code, started) == (2, [])
    assert "r" in done.stderr.splitlines()[0]


def test_rerun_asks_for_what_is_not_saved_too(stockflow, monkeypatch, tmp_path):
    """The records count there as well."""
    inputs = []
    monkeypatch.setattr("stockflow.cli.commands.rerun.run_here_again", lambda _, given, *__: inputs.append(given) or 0)
    leave(tmp_path, "r", "A", "D")
    stockflow("rerun", "r")

    assert inputs == [{"symbols": ["B", "C"], **PLANNED}]
