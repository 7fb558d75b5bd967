"""Slots that a killed run reserved and never used are the next run's."""

import json

import pytest

from stockflow.embedded import killed
from stockflow.embedded.killed import give_slots_of_killed_run_back
from stockflow.testing import FakeAws
from stockflow_functions.domain.budget.arithmetic import ReservationRequest
from stockflow_functions.domain.clock import SystemClock, to_iso
from tests.helpers.made_runs import keep_journal, made_run

SYMBOLS = ["A", "B", "C", "D", "E"]


@pytest.fixture
def aws():
    return FakeAws()


@pytest.fixture
def machine_is_up(monkeypatch):
    """The machine was started long before the run."""
    monkeypatch.setattr(killed, "_up_since_ms", lambda: 0)


def leave(aws, tmp_path, called):
    """A run with five slots that was killed when the Fetches of these symbols had been called; gives its slots."""
    slots = aws.services.budget.reserve(ReservationRequest(len(SYMBOLS), "r")).slots
    run = made_run(dict.fromkeys(SYMBOLS, "ok"), execution="r")
    run.events = [event for event in run.events[:-1] if fetched(event) in {None, *called}]
    folder = tmp_path / "runs/r"
    keep_journal(folder, run, len(run.events))
    work = [{"symbol": symbol, "not_before": to_iso(slots.at_ms(n))} for n, symbol in enumerate(SYMBOLS)]
    (folder / "plan.json").write_text(json.dumps({"work": work}))
    return slots


def fetched(event):
    """The symbol whose Fetch an event calls."""
    call = json.loads(event.get("taskScheduledEventDetails", {}).get("parameters", "{}"))
    return call["Payload"]["symbol"] if "slot" in call.get("Payload", {}) else None


def used(aws):
    return sum(aws.services.budget.read().used.values())


@pytest.mark.usefixtures("machine_is_up")
@pytest.mark.parametrize(("called", "left"), [((), 0), (("A",), 1), (("A", "C"), 3), (SYMBOLS, 5)])
def test_slots_behind_the_last_fetch_are_free_again(aws, tmp_path, called, left):
    """Though their time has passed; one before it may have been used, whatever came of it."""
    leave(aws, tmp_path, called)
    aws.clock.ms += 3_600_000

    give_slots_of_killed_run_back(tmp_path, aws.services)

    assert used(aws) == left


def test_after_the_machine_went_down_the_journal_is_not_believed(aws, tmp_path, monkeypatch):
    """Its last seconds may be lost: only slots to come are free."""
    monkeypatch.setattr(killed, "_up_since_ms", lambda: 4_000_000_000_000)
    leave(aws, tmp_path, ("A",))
    aws.clock.ms += 3_600_000

    give_slots_of_killed_run_back(tmp_path, aws.services)

    assert used(aws) == 5


@pytest.mark.usefixtures("machine_is_up")
@pytest.mark.parametrize("damage", [lambda text: text[:-1], lambda text: text.replace('{"event"', "{event", 1)])
def test_a_journal_with_a_gap_is_not_believed(aws, tmp_path, damage):
    """The run may have asked more than it tells: its last line is torn, or one amid the others can't be read."""
    leave(aws, tmp_path, ("A",))
    file = tmp_path / "runs/r/journal.jsonl"
    file.write_text(damage(file.read_text()))
    aws.clock.ms += 3_600_000

    give_slots_of_killed_run_back(tmp_path, aws.services)

    assert used(aws) == 5


@pytest.mark.usefixtures("machine_is_up")
@pytest.mark.parametrize("journal", ["", '{"journal": 2}\n'])
def test_without_a_journal_that_can_be_read_only_slots_to_come_are_free(aws, tmp_path, journal):
    """A run of another release, say."""
    leave(aws, tmp_path, ("A",))
    (tmp_path / "runs/r/journal.jsonl").write_text(journal)
    aws.clock.ms += 3_600_000

    give_slots_of_killed_run_back(tmp_path, aws.services)

    assert used(aws) == 5


@pytest.mark.usefixtures("machine_is_up")
def test_without_its_plan_only_slots_to_come_are_free(aws, tmp_path):
    """Which slot the Fetch had that was called is not known."""
    leave(aws, tmp_path, ("A",))
    (tmp_path / "runs/r/plan.json").unlink()
    aws.clock.ms += 3_600_000

    give_slots_of_killed_run_back(tmp_path, aws.services)

    assert used(aws) == 5


def test_the_machine_was_started_before_this_test():
    """And not at some time that the clock does not know."""
    assert 0 < killed._up_since_ms() < SystemClock().now_ms()


@pytest.mark.usefixtures("machine_is_up")
def test_of_a_run_whose_folder_is_not_known_only_slots_to_come_are_free(aws, tmp_path):
    """It was another machine's, or is of the run before the last one: its journal can't be asked."""
    leave(aws, tmp_path, ("A",))

    give_slots_of_killed_run_back(None, aws.services)

    # Three of them begin within the next five seconds: by another clock their requests may be under way.
    assert 0 < used(aws) < 5
