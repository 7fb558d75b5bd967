"""Which scheduled run is due on a laptop."""

import json

import pytest

from stockflow.cli.due import INTERRUPTED, Schedule, due_ms
from stockflow_functions.domain.clock import from_iso, to_iso

FRIDAY = "2026-11-21T01:00:00.000Z"  # 20:00 in New York on Friday the 20th
MORE = "2026-11-21T09:17:00Z"


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-21T01:00:00Z", FRIDAY),
        ("2026-11-21T00:59:59Z", "2026-11-20T01:00:00.000Z"),
        ("2026-11-23T12:00:00Z", FRIDAY),  # after a weekend
        ("2026-11-27T12:00:00Z", "2026-11-26T01:00:00.000Z"),  # after Thanksgiving
        ("2026-07-01T12:00:00Z", "2026-07-01T00:00:00.000Z"),  # in summer
    ],
)
def test_a_run_is_due_four_hours_after_the_last_session(now, due):
    """By New York's clock and calendar, whatever this machine's are."""
    assert to_iso(due_ms(from_iso(now))) == due


@pytest.fixture
def runs():
    """Inputs that were run, and the exit status that the next ones have."""

    class Runs(list):
        status = 0

        def __call__(self, workflow_input):
            self.append(workflow_input)
            return self.status

    return Runs()


def ring(folder, runs, now=MORE, **workflow_input):
    """Cron asks at that time; gives the exit status."""
    return Schedule(folder, "daily-prices", workflow_input).run_if_due(from_iso(now), runs)


def test_what_is_due_runs_as_the_schedule_s_own(tmp_path, runs):
    """For the time at which it was due, so that a Saturday's catching up is of Friday's session."""
    ring(tmp_path, runs, symbols=["AAPL"])

    assert runs == [{"symbols": ["AAPL"], "trigger": "schedule", "scheduled_time": FRIDAY}]


def test_it_runs_once_a_session(tmp_path, runs, capsys):
    """The next hour says that nothing is due; the next session is."""
    times = ["2026-11-21T01:17:00Z", "2026-11-21T02:17:00Z", "2026-11-22T12:17:00Z", "2026-11-24T01:17:00Z"]
    assert [ring(tmp_path, runs, now) for now in times] == [0, 0, 0, 0]

    assert [each["scheduled_time"] for each in runs] == [FRIDAY, "2026-11-24T01:00:00.000Z"]
    assert capsys.readouterr().out == f"Nothing is due: the run of {FRIDAY} is done.\n" * 2


def test_what_failed_is_tried_three_times(tmp_path, runs, capsys):
    """A laptop that wakes up has no network at first; a symbol that fails for good ends it."""
    runs.status = 1

    assert [ring(tmp_path, runs) for _ in range(4)] == [1, 1, 1, 0]
    assert len(runs) == 3
    assert "is tried 3 times" in capsys.readouterr().out


def test_what_went_well_the_second_time_is_done(tmp_path, runs):
    """It is not tried a third time."""
    runs.status = 1
    ring(tmp_path, runs)
    runs.status = 0
    ring(tmp_path, runs)
    ring(tmp_path, runs)

    assert len(runs) == 2


def test_an_interrupted_run_is_still_due(tmp_path, runs):
    """However often: a machine that is switched off in its midst has not tried."""
    runs.status = INTERRUPTED

    assert [ring(tmp_path, runs) for _ in range(4)] == [INTERRUPTED] * 4


def test_each_input_has_a_schedule_of_its_own(tmp_path, runs):
    """Two series in one folder do not take each other's turn."""
    for series in ("daily", "daily_adjusted", "daily"):
        ring(tmp_path, runs, series=series)

    assert [each["series"] for each in runs] == ["daily", "daily_adjusted"]


@pytest.mark.parametrize("text", ["", "{", "[1]", "\udcff", '{"x": 1}'])
def test_a_damaged_note_makes_it_due(tmp_path, runs, text):
    """A run too many asks for nothing that is fresh; one too few loses a day."""
    ring(tmp_path, runs)
    file = tmp_path / ".stockflow/scheduled.json"
    file.write_bytes(text.encode(errors="surrogateescape"))
    ring(tmp_path, runs)

    assert len(runs) == 2
    assert json.loads(file.read_text())


def test_who_rings_while_it_goes_on_does_not_queue_up(tmp_path, capsys):
    """A large universe takes hours, and cron rings in each."""
    rung = []

    def go_on(_workflow_input):
        rung.append(ring(tmp_path, pytest.fail))
        return 0

    assert (ring(tmp_path, go_on), rung) == (0, [0])
    assert "is still going" in capsys.readouterr().out
