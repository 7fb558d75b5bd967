"""One run at a time, and what the others are told."""

import json
import threading

import pytest

from stockflow.embedded.holder import Holder
from stockflow.embedded.tickets import Tickets, lock_of
from stockflow.embedded.turn import Line
from stockflow.embedded.waiting import Waiting
from stockflow.errors import Unusable
from stockflow.testing import NOON_MS, FakeClock
from stockflow_functions.aws.state_table.item import VERSION

SAID = "Waiting for the run in /other/out (since 2026-11-20 17:00:00 UTC), which asks with the same key. "


class Other(FakeClock):
    """Another run, which has its turn and ends when this one has slept so often; the clock is the test's."""

    def __init__(self, folder, sleeps=3):
        super().__init__()
        self.lock, self.left, self.happenings = lock_of(folder / "key.lock"), sleeps, {}
        self.budget = folder / "key.json"
        self.lock.acquire()
        self.note("/other/out")

    def note(self, folder):
        file = self.budget.with_suffix(".holder.json")
        Holder.here(self.budget, self.budget, NOON_MS).note(file)
        file.write_text(json.dumps({**json.loads(file.read_text()), "folder": folder}))

    def plan(self, last_slot_ms):
        numbers = {"version": VERSION, "last_slot_ms": last_slot_ms}
        item = {"pk": {"S": "budget#b"}, **{name: {"N": str(number)} for name, number in numbers.items()}}
        self.budget.write_text(json.dumps({"items": [item]}))

    def sleep(self, seconds):
        super().sleep(seconds)
        self.happenings.pop(len(self.slept_seconds), lambda: None)()
        if len(self.slept_seconds) == self.left:
            self.lock.release()


@pytest.fixture
def line(tmp_path):
    return Line(tmp_path / "key.lock", "asks with the same key", "wait for its end")


def wait(line, folder, clock, **options):
    """Takes a turn, and gives what was said until then and who had it before."""
    said = []
    with line.turn(folder, folder / "key.json", Waiting(said.append, clock=clock, **options)) as before:
        return said, before


def test_the_first_is_told_nothing(line, tmp_path):
    """Nobody is there to wait for."""
    clock = FakeClock()

    assert wait(line, tmp_path, clock) == ([], None)
    assert clock.slept_seconds == []


def test_the_next_one_knows_whose_turn_it_was(line, tmp_path):
    """Its slots may be left."""
    wait(line, tmp_path / "a", FakeClock())
    _, before = wait(line, tmp_path / "b", FakeClock())

    assert before.folder == str(tmp_path / "a")


def test_the_second_begins_when_the_first_has_ended(line, tmp_path):
    """And says both: whom it waits for, and that it begins."""
    said, before = wait(line, tmp_path, Other(tmp_path))

    assert said == [f"{SAID}This run begins when that one has ended.", "It is this run's turn, after 0.60 s."]
    assert before.folder == "/other/out"


def test_the_second_says_when_it_is_expected_to_begin(line, tmp_path):
    """By the last request for which the other one has a slot."""
    other = Other(tmp_path)
    other.plan(NOON_MS + 100_000)

    said, _ = wait(line, tmp_path, other)

    assert said[0] == (
        f"{SAID}This run is expected to begin at 2026-11-20 17:01:40 UTC, after that one's last request."
    )


def test_what_is_known_later_is_said_then_and_only_once(line, tmp_path):
    """The other one had no slots yet; once it has, there is a time to tell."""
    other = Other(tmp_path, sleeps=9)
    other.happenings[2] = lambda: other.plan(NOON_MS + 100_000)

    said, _ = wait(line, tmp_path, other)

    assert [sentence.partition(". ")[2][:21] for sentence in said[:-1]] == [
        "This run begins when ",
        "This run is expected ",
    ]


def test_a_moment_that_moves_is_told_again_after_ten_minutes_at_the_earliest(line, tmp_path):
    """A run in shards reserves a minute's slots each minute, for hours."""
    other = Other(tmp_path, sleeps=4500)  # a quarter of an hour
    other.happenings = {n * 300: lambda n=n: other.plan(NOON_MS + (n + 1) * 60_000) for n in range(15)}
    other.plan(NOON_MS + 60_000)

    said, _ = wait(line, tmp_path, other)

    assert len(said) == 3


def test_another_holder_is_told(line, tmp_path):
    """The one that went before has its turn now."""
    other = Other(tmp_path)
    other.happenings[1] = lambda: other.note("/third/out")

    said, _ = wait(line, tmp_path, other)

    assert ["/other/out" in said[0], "/third/out" in said[1]] == [True, True]


def test_who_came_before_goes_before(line, tmp_path):
    """Though nobody has the turn just now: the one before is about to take it."""
    said, clock = [], FakeClock()
    impatient = Waiting(said.append, most_seconds=1, clock=clock)
    with Tickets(tmp_path / "key.line").ticket(), pytest.raises(Unusable), line.turn(tmp_path, tmp_path, impatient):
        pass

    (sentence,) = said
    assert sentence.startswith("Waiting for another run, which asks with the same key. ")
    assert sentence.endswith("This run begins when that one has ended; 1 other run goes before this one.")


def test_a_file_that_says_nothing_useful_is_another_run(line, tmp_path):
    """Whoever wrote into it."""
    other = Other(tmp_path)
    (tmp_path / "key.holder.json").write_text('{"folder": "/x", "since": "today"}')

    said, before = wait(line, tmp_path, other)

    assert said[0].startswith("Waiting for another run, which")
    assert before is None


def test_who_does_not_want_to_wait_is_refused_with_whom_for(line, tmp_path):
    """At once, or after so many seconds."""
    other = Other(tmp_path, sleeps=1000)

    with pytest.raises(Unusable, match=r"^The run in /other/out .* asks with the same key: wait for its end\.$"):
        wait(line, tmp_path, other, most_seconds=0)
    assert other.slept_seconds == []


def test_nobody_waits_for_himself(line, tmp_path):
    """A thread that has the turn and wants it again would wait for ever."""
    clock = FakeClock()
    with line.turn(tmp_path / "mine", tmp_path, Waiting(clock=clock)), pytest.raises(Unusable, match="/mine"):
        wait(line, tmp_path, clock)


def test_another_thread_of_the_process_waits(line, tmp_path):
    """It is no other run's fault, and the turn comes."""
    said, has_turn, go_on = [], threading.Event(), threading.Event()

    def first():
        with line.turn(tmp_path / "a", tmp_path, Waiting()):
            has_turn.set()
            go_on.wait()

    class Clock(FakeClock):
        def sleep(self, seconds):
            super().sleep(seconds)
            go_on.set()
            thread.join()

    thread = threading.Thread(target=first)
    thread.start()
    has_turn.wait()
    said, _ = wait(line, tmp_path / "b", Clock())

    assert said[-1] == "It is this run's turn, after 0.20 s."


def test_who_gives_up_leaves_nothing_behind(line, tmp_path):
    """Ctrl-C while waiting: no ticket, and the other one's turn goes on."""
    other = Other(tmp_path)

    def interrupt():
        raise KeyboardInterrupt

    other.happenings[1] = interrupt
    with pytest.raises(KeyboardInterrupt):
        wait(line, tmp_path, other)

    assert list((tmp_path / "key.line").iterdir()) == []
    assert line.holder.folder == "/other/out"


def test_a_run_on_another_machine_is_called_by_it(line, tmp_path):
    """Its folder has that name there, and its budget can't be looked at."""
    other = Other(tmp_path)
    other.plan(NOON_MS + 100_000)
    file = tmp_path / "key.holder.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "host": "elsewhere"}))

    said, _ = wait(line, tmp_path, other)

    assert said[0].startswith("Waiting for the run in /other/out on elsewhere (since")
    assert said[0].endswith("This run begins when that one has ended.")
