"""The last good run of each symbol, out of the folders beside a run."""

import json

from stockflow.history.compare import LastGood
from stockflow.sources import model_of, save_run
from stockflow.sources.earlier_runs import last_good_runs
from stockflow.sources.run_folder import read_manifest
from stockflow_functions.daily_prices.workflow import DAILY_PRICES
from tests.helpers.made_runs import made_run


def manifest(execution, started, finished, **symbols):
    return {
        "execution": execution,
        "started_at": started,
        "finished_at": finished,
        "symbols": [
            {"symbol": name, "status": status, "rows_added": added, "rows_changed": 0, "attempts": 1}
            for name, (status, added) in symbols.items()
        ],
    }


def put(runs, value, run=None):
    folder = runs / value["execution"]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "manifest.json").write_text(json.dumps(value))
    if run:
        save_run(folder, run)
    return folder


NOW = manifest("now", "2026-11-20T22:30:00.000Z", "2026-11-20T22:31:00.000Z", NFLX=("failed", 0), AAPL=("saved", 1))


def test_the_newest_good_run_of_each_symbol_is_found(tmp_path):
    """NFLX was good the day before yesterday, AAPL yesterday; each is taken from its own run."""
    put(
        tmp_path,
        manifest("d1", "2026-11-18T22:30:00.000Z", "2026-11-18T22:31:00.000Z", NFLX=("saved", 3), AAPL=("saved", 3)),
    )
    put(
        tmp_path,
        manifest(
            "d2", "2026-11-19T22:30:00.000Z", "2026-11-19T22:31:00.000Z", NFLX=("failed", 0), AAPL=("unchanged", 0)
        ),
    )
    folder = put(tmp_path, NOW)
    found = last_good_runs(folder, read_manifest(folder), DAILY_PRICES.done)
    assert found == {
        "NFLX": LastGood("d1", "saved", 3, 0, 1, None, "2026-11-18T22:30:00.000Z"),
        "AAPL": LastGood("d2", "unchanged", 0, 0, 1, None, "2026-11-19T22:30:00.000Z"),
    }


def test_its_seconds_are_those_of_its_history(tmp_path):
    """They are kept at the head of its run.json, which is all that is read of it."""
    before = made_run({"NFLX": "ok"})
    earlier = manifest("d1", "2026-11-18T22:30:00.000Z", "2026-11-18T22:31:00.000Z", NFLX=("saved", 3))
    put(tmp_path, earlier, before)
    folder = put(tmp_path, NOW)
    seconds = last_good_runs(folder, read_manifest(folder), DAILY_PRICES.done)["NFLX"].seconds
    assert seconds == model_of(before).row_of("NFLX").seconds


def test_later_runs_are_no_comparison(tmp_path):
    """A page made anew compares with what was before its run, not after it."""
    put(tmp_path, manifest("later", "2026-11-21T22:30:00.000Z", "2026-11-21T22:31:00.000Z", NFLX=("saved", 3)))
    folder = put(tmp_path, NOW)
    assert last_good_runs(folder, read_manifest(folder), DAILY_PRICES.done) == {}


def test_folders_that_cannot_be_read_are_passed_over(tmp_path):
    """Half a manifest, none, one of another kind, and a run.json that is none."""
    for name, text in (("half", '{"execution'), ("list", "[]"), ("strange", '{"symbols": 5, "finished_at": 3}')):
        (tmp_path / name).mkdir()
        (tmp_path / name / "manifest.json").write_text(text)
    (tmp_path / "empty").mkdir()
    (tmp_path / "a-file").write_text("x")
    good = put(tmp_path, manifest("d1", "2026-11-18T22:30:00.000Z", "2026-11-18T22:31:00.000Z", NFLX=("saved", 3)))
    (good / "run.json").write_text("no run")
    folder = put(tmp_path, NOW)
    assert last_good_runs(folder, read_manifest(folder), DAILY_PRICES.done) == {
        "NFLX": LastGood("d1", "saved", 3, 0, 1, None, "2026-11-18T22:30:00.000Z")
    }


def test_without_a_manifest_nothing_is_compared(tmp_path):
    """A history from elsewhere has none."""
    assert last_good_runs(tmp_path, read_manifest(tmp_path), DAILY_PRICES.done) == {}
