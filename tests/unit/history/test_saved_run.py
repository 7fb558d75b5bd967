"""run.json: written, read, and refused with a sentence."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from stockflow.errors import Unusable
from stockflow.history.saved_run import checked_events
from stockflow.history.times import milliseconds
from stockflow.sources import SavedRun, save_run
from tests.helpers.made_runs import made_run, mixed
from tests.helpers.recorded import history


def test_what_is_written_is_read_again(tmp_path):
    """Nothing is lost on the way through the file."""
    run = made_run(mixed(20))
    run.slack = [{"channel": "error", "received_at": "2026-11-20T22:30:00.000Z", "payload": {"text": "✕ failed"}}]
    files = save_run(tmp_path / "new" / "folder", run)
    again = SavedRun.from_dict(json.loads(files.run.read_text(encoding="utf-8")))
    for part in ("engine", "definition", "description", "events", "logs", "slack", "map_runs", "fetched_at", "missing"):
        assert getattr(again, part) == getattr(run, part)
    assert (again.version, again.redacted) == (1, True)


def test_each_event_has_a_line_of_its_own(tmp_path):
    """So that two runs can be compared, and one looked through, with text tools."""
    files = save_run(tmp_path, made_run({"AAPL": "ok"}))
    lines = files.run.read_text(encoding="utf-8").splitlines()
    assert sum(line.startswith('{"timestamp"') for line in lines) == len(made_run({"AAPL": "ok"}).events)


def test_what_boto3_gives_is_taken_as_it_is():
    """Times become texts, the definition is parsed, the metadata of the answer is dropped."""
    when = datetime(2026, 11, 20, 23, 30, 0, 250_000, tzinfo=timezone(timedelta(hours=1)))
    run = SavedRun(
        definition='{"StartAt": "P", "States": {}}',
        description={"name": "x", "startDate": when, "ResponseMetadata": {"RequestId": "r"}},
        events=[{"id": 1, "previousEventId": 0, "type": "ExecutionStarted", "timestamp": when}],
    )
    assert run.definition["StartAt"] == "P"
    assert run.description == {"name": "x", "startDate": "2026-11-20T22:30:00.250Z"}
    assert run.events[0]["timestamp"] == "2026-11-20T22:30:00.250Z"


def test_events_come_oldest_first_and_once():
    """A history may be newest first, and its pages may overlap."""
    events = history("1 < 0 ExecutionStarted", "2 < 0 PassStateEntered name=P", "3 < 2 PassStateExited name=P")
    assert [event["id"] for event in SavedRun(events=[*reversed(events), events[1]]).events] == [1, 2, 3]


@pytest.mark.parametrize("definition", ["{half", '"text"', "[1]", None])
def test_a_definition_that_is_none_is_empty(definition):
    """The graph is then drawn from the events."""
    assert SavedRun(definition=definition).definition == {}


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"version": 0, "events": []}, "version 0"),
        ({"version": 2, "events": []}, "version 2"),
        ({"events": []}, "version None"),
        ({"version": 1, "events": {}}, "no list under 'events'"),
        ({"version": 1, "logs": []}, "no dict under 'logs'"),
        ({"version": 1, "events": [{"id": "1", "type": "x"}]}, "Event number 1"),
        ({"version": 1, "events": [{"id": 1}]}, "Event number 1"),
        ({"version": 1, "events": [{"id": 1, "type": "x", "previousEventId": "0"}]}, "Event 1"),
        ({"version": 1, "events": ["x"]}, "Event number 1"),
    ],
)
def test_what_is_no_saved_run_is_refused_with_a_sentence(value, said):
    """The file and what is wrong with it are named."""
    with pytest.raises(Unusable) as error:
        SavedRun.from_dict(value, "out/runs/x/run.json")
    assert said in str(error.value)
    assert "out/runs/x/run.json" in str(error.value)


def test_good_events_are_given_back():
    """Checking changes nothing."""
    events = history("1 < 0 ExecutionStarted")
    assert checked_events(events, "x") == events


@pytest.mark.parametrize(
    ("value", "ms"),
    [
        ("2026-11-20T22:30:00.250Z", 1795213800250),
        ("2026-11-20T23:30:00.250+01:00", 1795213800250),
        ("2026-11-20T22:30:00.250", 1795213800250),
        (1795213800.25, 1795213800250),
        (1795213800250, 1795213800250),
        ("1795213800250", 1795213800250),
        (datetime(2026, 11, 20, 22, 30, tzinfo=UTC), 1795213800000),
        (datetime(2026, 11, 20, 22, 30), 1795213800000),  # noqa: DTZ001 # what some engines write
        ("yesterday", None),
        (None, None),
        (True, None),
    ],
)
def test_times_in_any_form_are_read(value, ms):
    """AWS, its command line, its logs and other engines write times in their own ways."""
    assert milliseconds(value) == ms


def test_half_a_file_is_never_seen(tmp_path, monkeypatch):
    """The file is replaced in one step: where writing fails, the old one stays and nothing is left beside it."""
    files = save_run(tmp_path, made_run({"AAPL": "ok"}))
    before = files.run.read_bytes()

    def full(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", full)
    with pytest.raises(OSError, match="No space"):
        save_run(tmp_path, made_run({"NFLX": "bad"}))
    assert files.run.read_bytes() == before
    assert sorted(file.name for file in tmp_path.iterdir()) == ["report.html", "run.json"]
