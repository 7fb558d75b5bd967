"""Opening a run: what may be named, and one helpful sentence for each thing that may not."""

import json
import os

import pytest

from stockflow.errors import CommandFailed, Unusable
from stockflow.sources import SavedRun, open_run, save_run
from stockflow.sources.journal import lock_of
from stockflow.sources.opening import arn_in
from tests.helpers.made_runs import keep_journal, made_run
from tests.helpers.recorded import history

ARN = "arn:aws:states:eu-west-1:123456789012:execution:daily-prices:2026-11-20"


@pytest.fixture
def out(tmp_path):
    """An output folder with two runs, the second saved later."""
    for age, name in ((2, "monday"), (1, "tuesday")):
        files = save_run(tmp_path / "out" / "runs" / name, made_run({"NFLX": "bad"}, execution=name))
        moment = files.run.stat().st_mtime - age * 60
        os.utime(files.run, (moment, moment))
    return tmp_path / "out"


def test_latest_is_the_newest_folder(out):
    """By the time its run.json was written."""
    assert open_run("latest", out).run.execution == "tuesday"


def test_a_newer_run_that_was_killed_is_the_latest(out):
    """Though it has no run.json; its journal was written last."""
    keep_journal(out / "runs" / "wednesday", made_run({"NFLX": "ok"}, execution="wednesday"), 9)

    assert open_run("latest", out).run.execution == "wednesday"


def test_a_newer_run_that_goes_on_is_said(out):
    """The latest is the one before it: there is more to see of that."""
    keep_journal(out / "runs" / "wednesday", made_run({"NFLX": "ok"}, execution="wednesday"), 9)
    with lock_of(out / "runs" / "wednesday"):
        opened = open_run("latest", out)

    assert opened.run.execution == "tuesday"
    assert opened.model.missing == ["A newer run is still going: wednesday."]


def test_the_only_run_is_the_latest_though_it_goes_on(tmp_path):
    """There is no other to be shown."""
    keep_journal(tmp_path / "runs" / "today", made_run({"NFLX": "ok"}, execution="today"), 9)
    with lock_of(tmp_path / "runs" / "today"):
        assert open_run("latest", tmp_path).model.status == "RUNNING"


@pytest.mark.parametrize("place", ["monday", "{out}/runs/monday", "{out}/runs/monday/run.json"])
def test_a_run_is_found_by_name_folder_and_file(out, place):
    """However it is named, its folder is known, for the manifest and the runs beside it."""
    opened = open_run(place.format(out=out), out)
    assert (opened.run.execution, opened.folder, opened.reference) == (
        "monday",
        out / "runs/monday",
        str(out / "runs/monday"),
    )


def test_a_run_in_the_default_folder_is_named_shortly(out, monkeypatch):
    """Its commands need no path."""
    monkeypatch.chdir(out.parent)
    assert open_run("monday").reference == "monday"


class TestAKeptCopy:
    """A run on AWS that was shown once is kept; AWS forgets it, and a night may have no credentials."""

    @staticmethod
    def gone(arn):
        raise CommandFailed(f"There is no execution {arn}.")

    def kept(self, out, arn):
        run = made_run({"NFLX": "bad"}, execution="2026-11-20")
        run.description["executionArn"] = arn
        save_run(out / "runs" / "2026-11-20", run)

    def test_it_is_opened_where_aws_gives_nothing(self, out):
        """With the reason, and how old it is."""
        self.kept(out, ARN)
        opened = open_run(ARN, out, fetch=self.gone)
        assert [row.symbol for row in opened.model.rows] == ["NFLX"]
        assert "copy of 2026-11-21T08:00:00.000Z" in opened.model.missing[0]
        assert opened.model.missing[0].endswith(f"There is no execution {ARN}.")

    def test_another_run_of_that_name_is_not(self, out):
        """Two stacks may each have a run of one name."""
        self.kept(out, ARN.replace("eu-west-1", "us-east-1"))
        with pytest.raises(CommandFailed, match="There is no execution"):
            open_run(ARN, out, fetch=self.gone)


@pytest.mark.parametrize("shape", ["answer", "list"])
def test_a_bare_history_is_opened(tmp_path, shape):
    """GetExecutionHistory's answer as it was printed, or its events alone; what is missing is said."""
    events = history("1 < 0 ExecutionStarted", "2 < 0 PassStateEntered name=P")
    file = tmp_path / "some-history.json"
    file.write_text(json.dumps({"events": events, "nextToken": "x"} if shape == "answer" else events))
    opened = open_run(str(file), tmp_path)
    assert (opened.run.execution, len(opened.run.events), opened.folder) == ("some-history", 2, None)
    assert any("Only the history" in sentence for sentence in opened.run.missing)
    assert any("first pages" in sentence for sentence in opened.run.missing) == (shape == "answer")


@pytest.mark.parametrize(
    "reference",
    [
        ARN,
        f"https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1#/v2/executions/details/{ARN}",
        f"https://console.aws.amazon.com/x?arn={ARN.replace(':', '%3A')}&tab=1",
    ],
)
def test_an_arn_is_found_in_a_console_address(reference):
    """As it is copied from the browser."""
    assert arn_in(reference) == ARN
    asked = []
    open_run(reference, "out", fetch=lambda arn: asked.append(arn) or SavedRun())
    assert asked == [ARN]


def test_what_comes_from_aws_is_masked():
    """Before anything is made of it."""
    run = SavedRun(events=history('1 < 0 ExecutionStarted input={"password":"hunter2"}'))
    opened = open_run(ARN, "out", fetch=lambda _: run)
    assert "hunter2" not in opened.run.to_json()
    assert opened.on_aws


def write(tmp_path, name, text):
    file = tmp_path / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(file)


class TestRefused:
    """One sentence each: what is wrong, where, what to write instead."""

    def refused(self, reference, out, kind):
        with pytest.raises(kind) as error:
            open_run(str(reference), out)
        sentence = str(error.value)
        assert "\n" not in sentence
        return sentence

    def test_nothing_of_that_name(self, out):
        """The runs that there are, newest first."""
        assert "there are tuesday, monday" in self.refused("wednesday", out, CommandFailed)

    def test_no_run_at_all(self, tmp_path):
        """How to start one."""
        assert "stockflow run" in self.refused("latest", tmp_path, CommandFailed)
        assert "there is none yet" in self.refused("x", tmp_path, CommandFailed)

    def test_a_folder_without_a_run(self, tmp_path):
        """A folder of something else, and one that has only what a bucket has of a run."""
        assert "it is not a run's folder" in self.refused(tmp_path, tmp_path, CommandFailed)
        write(tmp_path, "manifest.json", "{}")
        assert "it has a manifest.json, but no journal either" in self.refused(tmp_path, tmp_path, CommandFailed)

    def test_a_run_cut_in_half(self, out):
        """A copy that was not finished."""
        file = out / "runs/monday/run.json"
        file.write_text(file.read_text()[:4000])
        assert "is cut off after 4,000 characters" in self.refused("monday", out, Unusable)

    def test_a_run_of_another_version(self, out):
        """Older or newer than this stockflow reads."""
        file = out / "runs/monday/run.json"
        file.write_text(file.read_text().replace('"version": 1', '"version": 0', 1))
        assert "version 0" in self.refused("monday", out, Unusable)

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("hello", "is not JSON"),
            ("", "is not JSON"),
            (b"\xff\xfe\x00", "is not text"),
            ('{"StartAt": "A", "States": {}}', "a state machine's definition"),
            ('{"outcome": "failed", "symbols": []}', "a manifest"),
            ('{"a": 1}', "JSON of another kind"),
            ("5", "JSON of another kind"),
            ('{"events": 5}', "JSON of another kind"),
            ('[{"id": 1}]', "Event number 1"),
            ("[1, 2]", "Event number 1"),
            ("[" * 100_000, "nested too deeply"),
        ],
    )
    def test_a_file_of_another_kind(self, tmp_path, text, said):
        """What it is instead, and what to name."""
        assert said in self.refused(write(tmp_path, "file.json", text), tmp_path, Unusable)

    def test_the_arn_of_something_else(self, out):
        """A state machine is not one of its executions."""
        arn = "arn:aws:states:eu-west-1:123456789012:stateMachine:daily-prices"
        assert "the ARN of a stateMachine" in self.refused(arn, out, Unusable)
