"""``stockflow show`` as a person types it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from stockflow.cli.main import main
from stockflow.sources import SavedRun, save_run
from stockflow.sources import opening as sources
from tests.helpers.made_runs import made_run
from tests.helpers.recorded import history


@pytest.fixture
def out(tmp_path, monkeypatch):
    """An output folder with one run, in the current directory."""
    monkeypatch.chdir(tmp_path)
    save_run(Path("out/runs/friday"), made_run({"AAPL": "ok", "NFLX": "bad"}, execution="friday"))
    return Path("out")


def show(*arguments):
    return CliRunner().invoke(main, ["show", *arguments])


def test_it_says_why_the_run_failed_and_where_the_page_is(out):
    """State, error, symbols and message; the last line is the page."""
    result = show("latest")
    assert result.exit_code == 0
    assert "friday: failed after" in result.output
    assert "Transform: BadPrices (NFLX)" in result.output
    assert "No row of NFLX's answer" in result.output
    assert result.output.splitlines()[-1] == "out/runs/friday/report.html"


def test_the_page_is_made_anew(out):
    """Also of a run whose page was deleted."""
    page = out / "runs/friday/report.html"
    page.unlink()
    show("friday")
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_json_prints_one_object_and_writes_nothing(out):
    """For other programs."""
    page = out / "runs/friday/report.html"
    page.unlink()
    result = show("latest", "--json")
    printed = json.loads(result.stdout)
    assert [(cause["state"], cause["symbols"]) for cause in printed["root_causes"]] == [("Transform", ["NFLX"])]
    assert not page.exists()


def test_json_of_a_bare_history_has_its_times(tmp_path):
    """The first and the last event tell them, where nothing else does."""
    file = tmp_path / "old.json"
    file.write_text(json.dumps(history("1 < 0 ExecutionStarted", "3 < 1 ExecutionFailed error=E")))
    printed = json.loads(show(str(file), "--json").stdout)
    assert printed["started_at"] == "2026-11-20T22:00:00.100Z"
    assert printed["stopped_at"] == "2026-11-20T22:00:00.300Z"


def test_json_of_a_history_that_was_cut_off_has_no_end(tmp_path):
    """Its last event is not the run's."""
    file = tmp_path / "old.json"
    file.write_text(json.dumps(history("1 < 0 ExecutionStarted", "2 < 0 FailStateEntered name=F")))
    printed = json.loads(show(str(file), "--json").stdout)
    assert (printed["started_at"], printed["stopped_at"]) == ("2026-11-20T22:00:00.100Z", None)


def test_the_page_goes_where_it_is_asked_for(out):
    """Its folder is made if need be."""
    result = show("friday", "--output", "some/where/page.html")
    assert result.output.splitlines()[-1] == "some/where/page.html"
    assert Path("some/where/page.html").is_file()


def test_a_bare_history_has_its_page_in_the_current_folder(out, tmp_path):
    """Not beside the file: that folder is somebody else's."""
    (tmp_path / "elsewhere").mkdir()
    file = tmp_path / "elsewhere" / "old.json"
    file.write_text(json.dumps(history("2 < 0 FailStateEntered name=F", "3 < 2 ExecutionFailed error=E")))
    result = show(str(file))
    assert "F: E" in result.output
    assert Path("old.html").is_file()
    assert sorted(path.name for path in file.parent.iterdir()) == ["old.json"]


def test_a_run_on_aws_is_kept_in_the_output_folder(out, monkeypatch):
    """So that it can be looked at, and replayed, when AWS has forgotten it."""
    run = made_run({"NFLX": "unknown"}, execution="on-aws")
    monkeypatch.setattr("stockflow.sources.aws_source.fetch_execution", lambda arn, wanted="": run)
    result = show("arn:aws:states:eu-west-1:123456789012:execution:daily-prices:on-aws")
    assert result.output.splitlines()[-1] == "out/runs/on-aws/report.html"
    assert sources.open_run("on-aws").run.execution == "on-aws"


def test_open_opens_the_page_in_the_browser(out, monkeypatch):
    """By its address on this disk."""
    opened = []
    monkeypatch.setattr("webbrowser.open", lambda address: opened.append(address) or True)
    show("latest", "--open")
    assert opened == [(out / "runs/friday/report.html").resolve().as_uri()]


def test_where_no_browser_opens_it_says_so(out, monkeypatch):
    """On a server there is none."""
    monkeypatch.setattr("webbrowser.open", lambda _: False)
    assert "open out/runs/friday/report.html yourself" in show("latest", "--open").output


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["nope"], 1, "there are friday"),
        (["--output-dir", "empty", "latest"], 1, "There is no run under empty/runs"),
        (["out"], 1, "There is no run.json in out"),
        (["out/runs/friday/report.html"], 2, "is not JSON"),
        (["arn:aws:states:eu-west-1:123456789012:stateMachine:x"], 2, "the ARN of a stateMachine"),
        (["friday", "--output", "out/runs/friday/run.json/page.html"], 2, "name another place with --output"),
        ([], 2, "Missing argument 'RUN'"),
    ],
)
def test_what_cannot_be_shown_is_one_sentence(out, arguments, status, said):
    """No traceback; 1 where there is no such run, 2 where it can't be used."""
    result = show(*arguments)
    assert (result.exit_code, said in result.output, "Traceback" in result.output) == (status, True, False)


def test_a_run_that_went_well_is_told_shortly(out):
    """No cause, no note."""
    save_run(out / "runs/good", made_run({"AAPL": "ok"}, execution="good"))
    assert show("good").output.splitlines()[1:] == ["  1 saved", "out/runs/good/report.html"]


def test_a_run_without_anything_is_shown_too(out):
    """An execution that has only just been started."""
    save_run(out / "runs/empty", SavedRun(description={"name": "empty", "status": "RUNNING"}))
    assert "Note: The history is empty." in show("empty").output
