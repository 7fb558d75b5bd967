"""A run without a run.json: what its journal tells, whole, torn, or of another release."""

import json
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest

from stockflow.errors import CommandFailed, Unusable
from stockflow.history.as_json import model_as_json
from stockflow.page.page import render_page
from stockflow.sources import open_run, save_run
from stockflow.sources.journal import is_going, lock_of, read_journal
from stockflow.sources.opening import killed_before
from tests.helpers.made_runs import keep_journal, made_run

STORIES = {"A": "ok", "B": "bad", "C": "ok", "D": "ok"}


@pytest.fixture
def run():
    return made_run(STORIES, execution="r", lanes=4)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "out/runs/r"


def opened(folder):
    return open_run(str(folder), folder.parent.parent)


def last_in(run, kind, state):
    """How many events there are when the last of a state is the newest."""
    return max(
        event["id"]
        for event in run.events
        if event["type"] == kind and event.get("stateEnteredEventDetails", {}).get("name") == state
    )


def record(folder, symbol, status):
    (folder / "symbols").mkdir(exist_ok=True)
    (folder / "symbols" / f"{symbol}.json").write_text(json.dumps({"symbol": symbol, "status": status}))


def test_a_killed_run_says_so_and_since_when(run, folder):
    """Its status, the last moment that is known, and a sentence."""
    keep_journal(folder, run, 40)
    told = model_as_json(opened(folder).model)

    assert (told["status"], told["stopped_at"]) == ("KILLED", run.events[39]["timestamp"])
    assert any("killed" in sentence and "event 40 of" in sentence for sentence in told["missing"])
    assert [event["id"] for event in told["events"]] == list(range(1, 41))


def test_a_killed_run_says_in_which_states(run, folder):
    """Each state that was under way, with its symbols."""
    keep_journal(folder, run, last_in(run, "TaskStateEntered", "Transform"))
    causes = {cause["state"]: cause for cause in model_as_json(opened(folder).model)["root_causes"]}

    assert causes["Transform"]["error"] == "Killed"
    assert causes["Transform"]["symbols"]
    assert {"WaitForSlot", "Fetch", "Transform", "Save"} >= causes.keys()


def test_a_state_that_failed_before_the_kill_is_still_told(run, folder):
    """What went wrong by itself comes beside what was cut off."""
    keep_journal(folder, run, last_in(run, "TaskStateEntered", "Save"))
    errors = {cause["error"] for cause in model_as_json(opened(folder).model)["root_causes"]}

    assert errors == {"BadPrices", "Killed"}


def test_the_last_call_that_was_under_way_is_the_one_to_look_at(run, folder):
    """Where no state is named; a state that failed goes first."""
    called = [event["id"] for event in run.events if event["type"] == "TaskScheduled"]
    keep_journal(folder, run, called[4])
    visit = opened(folder).model.find_visit()

    assert visit.attempts[-1].scheduled["id"] == called[4]


def test_a_kill_between_two_states_names_the_one_before(run, folder):
    """With the symbol that had left it."""
    left = next(event for event in run.events if event["type"] == "TaskStateExited" and event["id"] > 30)
    keep_journal(folder, run, left["id"])
    causes = model_as_json(opened(folder).model)["root_causes"]
    messages = {cause["state"]: cause["message"] for cause in causes if cause["error"] == "Killed"}

    assert "after this" in messages[left["stateExitedEventDetails"]["name"]]


def test_the_page_of_a_killed_run_has_the_command_to_go_on(run, folder):
    """With its status as a word, and what to type."""
    keep_journal(folder, run, 40)
    page = render_page(opened(folder).model, opened(folder).surroundings())

    assert "<title>Killed: r" in page
    assert f"stockflow resume {folder}" in page


@pytest.mark.parametrize("status", ["saved", "unchanged"])
def test_a_record_is_believed_where_the_journal_has_no_end(run, folder, status):
    """Save writes the record before the history can tell of it."""
    keep_journal(folder, run, 40)
    record(folder, "C", status)

    assert opened(folder).model.row_of("C").outcome == status


def test_a_saved_symbols_outcome_is_in_the_journal(tmp_path):
    """It has no record: what Save answered is all that there is of it."""
    run, folder = made_run({"A": "ok", "B": "ok"}, execution="r", lanes=2), tmp_path / "out/runs/r"
    keep_journal(folder, run, next(event["id"] for event in run.events if event["type"] == "MapStateExited") - 1)
    rows = {row["symbol"]: row.get("rows_added") for row in opened(folder).run.manifest["symbols"]}

    assert rows == {"A": 1, "B": 1}


def test_a_record_of_a_failure_is_not(run, folder):
    """It may be of an attempt before the last."""
    keep_journal(folder, run, 40)
    record(folder, "C", "failed")

    assert opened(folder).model.row_of("C").outcome == ""


def test_a_run_that_is_going_is_not_called_killed(run, folder):
    """Its process holds the lock."""
    keep_journal(folder, run, 40)
    with lock_of(folder):
        assert opened(folder).model.status == "RUNNING"


def test_many_who_ask_at_once_do_not_take_each_other_for_the_run(run, folder):
    """Each holds the lock for a moment; nobody says that the killed run goes on."""
    keep_journal(folder, run, 6)
    with ThreadPoolExecutor(4) as askers:
        answers = set(askers.map(lambda _: is_going(folder), range(200)))

    assert answers == {False}


def test_a_lock_that_cannot_be_tried_is_no_proof_of_a_kill(run, folder):
    """As on a disk that takes no writes: the status is not known, and a sentence says so."""
    keep_journal(folder, run, 40)
    (folder / "journal.lock").unlink()
    (folder / "journal.lock").symlink_to(folder / "journal.jsonl")
    model = opened(folder).model

    assert model.status == "UNKNOWN"
    assert any("journal.lock can't be tried" in sentence for sentence in model.missing)


def test_to_ask_whether_a_run_goes_on_leaves_the_answer_as_it_is(run, folder):
    """The lock's file stays, for it tells a killed run from one that ended in order."""
    keep_journal(folder, run, 40)

    assert [is_going(folder), is_going(folder), (folder / "journal.lock").is_file()] == [False, False, True]


def test_a_run_that_ended_is_what_it_ended_as(run, folder):
    """Though it was killed before its run.json was written."""
    keep_journal(folder, run, len(run.events))
    model = opened(folder).model

    assert model.status == run.description["status"]
    assert any("no run.json" in sentence for sentence in model.missing)


def test_what_a_lane_notes_after_the_end_is_left_out(run, folder):
    """As in a run.json."""
    late = {**run.events[5], "id": len(run.events) + 1}
    run.events.append(late)
    keep_journal(folder, run, len(run.events))

    assert opened(folder).run.events[-1]["type"] == "ExecutionFailed"


def test_a_journal_that_stops_in_a_run_that_ended_in_order_is_not_called_killed(run, folder):
    """The disk took no more of it."""
    keep_journal(folder, run, 40, in_order=True)
    model = opened(folder).model

    assert model.status == "UNKNOWN"
    assert any("stops at event 40" in sentence for sentence in model.missing)


def test_run_json_wins(run, folder):
    """It has all that the journal has, and the end."""
    keep_journal(folder, run, 40)
    save_run(folder, run)

    assert opened(folder).file.name == "run.json"
    assert len(opened(folder).run.events) == len(run.events)


def test_a_journal_may_be_named_itself(run, folder):
    """The file, as a run.json may be."""
    file = keep_journal(folder, run, 40)

    assert open_run(str(file), "out").model.status == "KILLED"


def test_a_torn_last_line_is_no_harm(run, folder):
    """Wherever it is torn, down to an empty file: what is before it is read, and nothing is complained of."""
    whole = keep_journal(folder, run, 6).read_bytes()
    begins = [0, *(n + 1 for n, byte in enumerate(whole) if byte == ord("\n"))]
    for line, (start, end) in enumerate(pairwise(begins)):
        for size in {start, start + 1, (start + end) // 2, end - 2}:
            (folder / "journal.jsonl").write_bytes(whole[:size])
            journal = read_journal(folder)
            assert (len(journal.events), journal.unreadable) == (min(6, max(0, line - 1)), 0)
            assert opened(folder).model.status == "KILLED"


@pytest.mark.parametrize("rest", [b"\x00" * 4096, b'{"event": {"id": 7, \xff\xfe', b"[1, 2]", b"5"])
def test_what_a_machine_without_power_left_at_the_end_is_passed_over(run, folder, rest):
    """Zeros, bytes that are no text, JSON of another kind."""
    file = keep_journal(folder, run, 6)
    file.write_bytes(file.read_bytes() + rest)

    assert len(opened(folder).run.events) == 6


def test_lines_that_cannot_be_read_are_counted(run, folder):
    """Those before the last; the rest is told."""
    run.logs.clear()
    lines = keep_journal(folder, run, 6).read_text().splitlines(keepends=True)
    lines[3] = "damaged\n"
    (folder / "journal.jsonl").write_text("".join(lines))
    model = opened(folder).model

    assert "1 line of the run's journal can't be read." in model.missing
    assert "1 event in between is not in the history." in model.missing


def test_a_journal_without_a_head_is_a_history(run, folder):
    """The folder has the name; the machine is drawn as far as the events show it."""
    lines = keep_journal(folder, run, 40).read_text().splitlines(keepends=True)
    (folder / "journal.jsonl").write_text("".join(lines[1:]))
    model = opened(folder).model

    assert (model.run.execution, model.drawn_from_events, len(model.run.events)) == ("r", True, 40)


def test_keys_that_are_not_known_are_passed_over(run, folder):
    """A later release may add some."""
    file = keep_journal(folder, run, 6)
    file.write_text(file.read_text().replace('{"journal": 1,', '{"journal": 1, "later": [5],', 1))

    assert opened(folder).model.status == "KILLED"


def test_a_journal_of_another_version_is_refused(run, folder):
    """With what to do instead; and it hides no other run."""
    file = keep_journal(folder, run, 6)
    file.write_text(file.read_text().replace('{"journal": 1,', '{"journal": 2,', 1))

    with pytest.raises(Unusable, match="journal of version 2, and this stockflow reads version 1"):
        opened(folder)
    assert killed_before(folder.parent.parent) is None


@pytest.mark.parametrize("description", [5, None, [], {"name": 5, "input": 7, "startDate": []}])
def test_a_head_of_another_kind_is_no_traceback(run, folder, description):
    """Whatever stands in it."""
    lines = keep_journal(folder, run, 6).read_text().splitlines(keepends=True)
    lines[0] = json.dumps({"journal": 1, "description": description}) + "\n"
    (folder / "journal.jsonl").write_text("".join(lines))

    assert render_page(opened(folder).model)


def test_secrets_of_a_journal_are_masked_when_it_is_read(run, folder):
    """By their shape and their key, as in every run that is opened."""
    run.logs["x"] = ["GET /query?apikey=ABCDEFGH12345678"]
    keep_journal(folder, run, 6)

    assert "ABCDEFGH12345678" not in opened(folder).run.to_json()


def test_a_killed_run_that_saved_all_has_nothing_to_go_on_with(run, folder):
    """Neither its page nor the terminal says so."""
    keep_journal(folder, run, 40)
    offered = "stockflow resume" in render_page(opened(folder).model)
    for symbol in STORIES:
        record(folder, symbol, "saved")

    assert (offered, "stockflow resume" in render_page(opened(folder).model)) == (True, False)


class TestKilledBefore:
    """The newest run of a folder, where that was killed."""

    def test_it_is_told(self, run, folder):
        """By its folder."""
        keep_journal(folder, run, 40)

        assert killed_before(folder.parent.parent) == folder

    def test_one_before_another_run_is_not(self, run, folder):
        """It was told when that one began."""
        keep_journal(folder, run, 40)
        save_run(folder.parent / "later", made_run({"A": "ok"}))

        assert killed_before(folder.parent.parent) is None

    def test_one_that_goes_on_is_not(self, run, folder):
        """Nor is an empty folder."""
        assert killed_before(folder.parent.parent) is None
        keep_journal(folder, run, 40)
        with lock_of(folder):
            assert killed_before(folder.parent.parent) is None


def test_a_journal_that_is_gone_when_it_is_read_is_no_run(folder):
    """A folder with the lock alone is that of a run that was killed before it had a journal."""
    folder.mkdir(parents=True)
    (folder / "journal.lock").touch()

    with pytest.raises(CommandFailed, match="not a run's folder"):
        opened(folder)
