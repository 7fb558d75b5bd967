"""kill -9 of ``stockflow run`` at any moment: the folder stays a dataset, and the run tells of itself and goes on."""

import itertools
import json
import os
import random
import resource
import signal
import time
from dataclasses import dataclass
from pathlib import Path

import pandas
import pytest
from click.testing import CliRunner, Result

from stockflow.cli.main import main
from stockflow.embedded.journal import Journals
from stockflow.simulated_alpha_vantage import SimulatedVendor
from stockflow.simulated_alpha_vantage.bodies import simulated_series
from stockflow.simulated_alpha_vantage.sessions import last_settled_session
from stockflow.simulated_alpha_vantage.terms import DAILY
from stockflow_functions.domain.clock import SystemClock
from tests.helpers import forked
from tests.helpers.back_off import no_back_off

KILLS = 8
SEED = 6
SYMBOLS = [f"S{number:02}" for number in range(12)]
# With --force each run writes each symbol's object anew, so that there is always something to be torn.
OPTIONS = ["--force", "--requests-per-minute", "60000", "--requests-per-day", "0"]
SOON_SECONDS = 120


def run_command(folder, symbols, torn_write, largest_file_bytes, last_event, environment, options):
    """``stockflow run`` in a process of its own.

    Args:
        last_event: it dies when this event of the run has happened, before the next one does; 0: not.
        torn_write: it dies in the middle of that one of its writes to the disk, half of the bytes written; 0: not.
        largest_file_bytes: the disk takes no larger file, and of a larger one only as much; None: any.
    """
    forked.begin(folder, environment)
    if torn_write:
        os.fsync = dying_fsync(torn_write)
    if last_event:
        Journals.witness = dying_witness(last_event)
    if largest_file_bytes:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file_bytes, resource.RLIM_INFINITY))
        no_back_off().start()
    main(["run", *symbols, *options])


def dying_witness(last_event):
    witness = Journals.witness

    def until_then(journals, execution_arn, event):
        witness(journals, execution_arn, event)
        if event["id"] == last_event:
            os.kill(os.getpid(), signal.SIGKILL)

    return until_then


def dying_fsync(torn_write):
    fsync, writes = os.fsync, itertools.count(1)

    def half_way(descriptor):
        if next(writes) == torn_write:
            os.ftruncate(descriptor, os.fstat(descriptor).st_size // 2)
            os.kill(os.getpid(), signal.SIGKILL)
        fsync(descriptor)

    return half_way


def start(
    folder, symbols=SYMBOLS, torn_write=0, largest_file_bytes=None, last_event=0, environment=None, options=OPTIONS
):
    """Starts a run in a folder."""
    return forked.start(
        run_command, folder, symbols, torn_write, largest_file_bytes, last_event, environment or {}, options
    )


def kill_at(process, folder, known_runs, saved, milliseconds):
    """Kills the run that many milliseconds after it has saved that many symbols; with -1, while it starts."""
    ends = time.monotonic() + SOON_SECONDS
    while saved >= 0 and saved_by_new_run(folder, known_runs) < saved:
        assert process.is_alive(), (folder / "output").read_text()
        assert time.monotonic() < ends, "the run saved nothing"
        time.sleep(0.001)
    time.sleep(milliseconds / 1000)
    process.kill()


def saved_by_new_run(folder, known_runs):
    new = [run for run in (folder / "out/runs").glob("*") if run.name not in known_runs]
    return len(saved_in(new[0])) if new else -1


def saved_in(run):
    """The symbols of which Save has answered, by the run's journal."""
    journal = run / "journal.jsonl"
    lines = journal.read_text().split("\n")[:-1] if journal.is_file() else []  # the last one may be half there
    calls = [json.loads(line)["event"] for line in lines if "TaskSucceeded" in line and "rows_unchanged" in line]
    answers = [json.loads(call["taskSucceededEventDetails"]["output"])["Payload"] for call in calls]
    return {answer["symbol"] for answer in answers}


def runs_in(folder):
    return {run.name for run in (folder / "out/runs").glob("*")}


def check_dataset(folder):
    """Each table reads whole, as pandas reads it and as ``stockflow verify`` does; gives how many there are."""
    tables = list((folder / "out/prices").rglob("*.parquet"))
    for path in tables:
        assert len(pandas.read_parquet(path)) == 100, path
    if tables:
        verified = CliRunner().invoke(main, ["verify", str(folder / "out")])
        assert verified.exit_code == 0, verified.output
        # A folder read as one table takes no half-written file for data.
        assert len(pandas.read_parquet(folder / "out/prices/daily")) == 100 * len(tables)
    return len(tables)


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    """A folder on which run after run was killed, at a random moment or in the middle of a write, and each time held to
    what a dataset is; then one ran to its end.
    """
    folder = tmp_path_factory.mktemp("killed")
    draw = random.Random(SEED)
    for number in range(KILLS):
        if number % 2:
            process = start(folder, torn_write=draw.randrange(1, len(SYMBOLS)))
        else:
            known, saved = runs_in(folder), draw.randrange(-1, len(SYMBOLS) - 4) if number else 3
            process = start(folder)
            kill_at(process, folder, known, saved, draw.uniform(0, 900 if saved < 0 else 60))
        process.join(SOON_SECONDS)
        assert process.exitcode == -signal.SIGKILL, (folder / "output").read_text()
        check_dataset(folder)
    assert check_dataset(folder) > 0
    process = start(folder)
    process.join(SOON_SECONDS)
    assert process.exitcode == 0, (folder / "output").read_text()
    return folder


def test_after_eight_kills_the_next_run_does_it_all(killed):
    """The folder is not in use any more, every symbol is saved, and the rows are the vendor's."""
    assert check_dataset(killed) == len(SYMBOLS)
    last = last_settled_session(SystemClock().now_ms())
    for symbol in SYMBOLS:
        answer = json.loads(simulated_series(symbol, DAILY, last, {}, full=False))["Time Series (Daily)"]
        table = pandas.read_parquet(killed / f"out/prices/daily/{symbol}.parquet")
        closes = dict(zip(table["date"].astype(str), table["close"], strict=True))
        assert closes == {day: float(bar["4. close"]) for day, bar in answer.items()}


def test_nothing_half_written_stays(killed):
    """What the killed runs left half-written beside the data was removed by the one that ran to its end."""
    assert list((killed / "out/prices").rglob(".*")) == []


def test_a_disk_that_takes_no_more_leaves_the_dataset_as_it_was(killed):
    """Writes that break off half-way, of tables and of the run itself, change no table; the command says why."""
    before = content_of(killed / "out/prices")
    process = start(killed, SYMBOLS[:3], largest_file_bytes=min(map(len, before.values())) - 1)
    process.join(SOON_SECONDS)

    said = (killed / "output").read_text()
    assert process.exitcode == 1
    assert "lacks run.json or report.html: File too large" in said
    assert "Traceback" not in said
    after = content_of(killed / "out/prices")
    assert [path for path in before | after if before.get(path) != after.get(path)] == []


def test_a_run_whose_journal_the_disk_does_not_take_says_so_once(killed):
    """It goes on to its end, and what it could write can be looked at; it is not called killed."""
    process = start(killed, SYMBOLS[:2], largest_file_bytes=9000)
    process.join(SOON_SECONDS)

    said = (killed / "output").read_text()
    assert said.count("journal.jsonl can't be written (File too large): the run continues") == 1
    shown = stockflow(killed, "show", "latest")
    assert shown.exit_code == 0, shown.output
    assert "killed" not in shown.stdout.partition("\n")[0]


def content_of(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


FEW = ["AAPL", "IBM", "MSFT", "NVDA"]
MOMENTS = 7
EVENTS_OF_FEW = 91
"""A run of these symbols has some more."""
KEY = "SECRETKEY1234567"


def stockflow(folder, *arguments, **environment):
    """A command in this process, on that folder."""
    kept = {"NO_COLOR": "1", "STOCKFLOW_STATE_DIR": str(forked.state_of(folder))}
    alone = {**dict.fromkeys(set(os.environ) - {"PATH", "HOME"}), **kept, **environment}
    return CliRunner().invoke(main, [*arguments, "--output-dir", str(folder / "out")], env=alone)


@dataclass
class Moment:
    """A run that was killed, what was said of it, and what became of it when another went on."""

    folder: Path
    last_event: int
    journal: str
    saved: set[str]
    asked: list[str]
    said: dict[str, Result]
    resumed: Result
    asked_again: list[str]
    once_more: Result

    @property
    def left(self):
        return sorted(set(FEW) - self.saved)


def moments():
    """The first event, one between the plan and its first symbol, then one of each stretch of a run to the report."""
    draw = random.Random(SEED)
    width = EVENTS_OF_FEW // MOMENTS
    return [1, 7, *(number * width + draw.randrange(1, width + 1) for number in range(MOMENTS))]


@pytest.fixture(scope="module", params=moments(), ids=lambda number: f"event{number}")
def moment(request, tmp_path_factory):
    """A run that was killed when that event had happened, and all that can be done with it."""
    folder = tmp_path_factory.mktemp("moment")
    with SimulatedVendor() as vendor:
        environment = {"ALPHA_VANTAGE_API_KEY": KEY, "ALPHA_VANTAGE_BASE_URL": vendor.url}
        process = start(folder, FEW, last_event=request.param, environment=environment)
        process.join(SOON_SECONDS)
        assert process.exitcode == -signal.SIGKILL, (folder / "output").read_text()
        asked = [request.symbol for request in vendor.requests]
        (run,) = (folder / "out/runs").iterdir()
        commands = {"show": (), "show --json": (), "runs": (), "replay": ()}
        said = {
            name: stockflow(folder, name.split()[0], *(["latest"] if name != "runs" else []), *name.split()[1:])
            for name in commands
        }
        before = {
            "journal": (run / "journal.jsonl").read_text(),
            "saved": saved_in(run),
        }
        resumed = stockflow(folder, "resume", *OPTIONS[1:], **environment)
        yield Moment(
            folder,
            request.param,
            asked=asked,
            said=said,
            resumed=resumed,
            asked_again=[request.symbol for request in vendor.requests[len(asked) :]],
            once_more=stockflow(folder, "resume", run.name, **environment),
            **before,
        )


def test_a_killed_run_says_that_it_was_killed(moment):
    """As any run: in a line on the terminal, as JSON, and in the list."""
    assert all(done.exit_code == 0 for name, done in moment.said.items() if name != "replay"), moment.said
    assert ": killed after " in moment.said["show"].stdout.splitlines()[0]
    assert json.loads(moment.said["show --json"].stdout)["status"] == "KILLED"
    assert " killed" in moment.said["runs"].stdout


def test_a_killed_run_tells_all_that_had_happened(moment):
    """To the last event before the kill."""
    told = json.loads(moment.said["show --json"].stdout)

    assert [event["id"] for event in told["events"]] == list(range(1, moment.last_event + 1))
    assert told["stopped_at"] == json.loads(moment.journal.splitlines()[-1]).get("event", told)["timestamp"]


def test_a_killed_run_names_what_was_under_way(moment):
    """Each symbol is saved, under way in one state, or its turn had not come."""
    told = json.loads(moment.said["show --json"].stdout)
    under_way = [symbol for cause in told["root_causes"] for symbol in cause["symbols"]]
    saved = [row["symbol"] for row in told["symbols"] if row["outcome"]]
    waiting = [row["symbol"] for row in told["symbols"] if not row["way"] and not row["outcome"]]

    assert {cause["error"] for cause in told["root_causes"]} == {"Killed"}
    assert set(saved) == moment.saved
    assert len(under_way) == len(set(under_way))
    assert {*under_way, *saved}.isdisjoint(waiting)
    assert {*under_way, *saved, *waiting} == (set(FEW) if told["symbols"] else set())


def test_a_call_that_was_under_way_can_be_made_again(moment):
    """Or a sentence says that there is none."""
    done = moment.said["replay"]

    assert done.exception is None or isinstance(done.exception, SystemExit), done.output
    assert "called at" in done.stdout or done.stderr.startswith("stockflow: No state of ")


def test_going_on_asks_only_for_what_is_not_saved(moment):
    """Each symbol once, whatever the kill cut off."""
    assert moment.resumed.exit_code == 0, moment.resumed.output
    assert sorted(moment.asked_again) == moment.left


def test_going_on_loses_nothing_and_doubles_nothing(moment):
    """Every table is whole, with the vendor's rows."""
    assert check_dataset(moment.folder) == len(FEW)


def test_going_on_twice_does_nothing(moment):
    """One sentence says that all is saved; a run that was killed before it had a plan begins anew."""
    planned = any(event in moment.journal for event in ('"name":"EachSymbol"', '"name":"AnythingToFetch?"'))

    assert moment.once_more.exit_code == 0, moment.once_more.output
    assert moment.once_more.stdout.startswith("Nothing is left to do" if planned else "Continuing ")


def test_requests_are_paid_for_and_no_more_than_may_have_been_made(moment):
    """The day's count is that of the vendor, but for calls that the kill may have caught before their request."""
    (file,) = (path for path in forked.state_of(moment.folder).rglob("*.json") if ".holder" not in path.name)
    (item,) = json.loads(file.read_text())["items"]
    used = sum(int(count["N"]) for name, count in item.items() if name.startswith("used_on_"))
    made = len(moment.asked) + len(moment.asked_again)

    assert made <= used <= made + (len(FEW) - len(moment.asked) if '"slot":' in moment.journal else 0)


def test_no_secret_is_in_the_journal(moment):
    """As in a run.json."""
    assert KEY not in moment.journal


def test_the_next_run_says_in_one_line_that_the_one_before_was_killed(tmp_path):
    """With how to look at it and how to go on; the one after says nothing any more."""
    process = start(tmp_path, FEW, last_event=40)
    process.join(SOON_SECONDS)
    first, second = (stockflow(tmp_path, "run", "IBM", *OPTIONS) for _ in range(2))

    (line,) = [line for line in first.stdout.splitlines() if "was killed" in line]
    assert "stockflow show " in line
    assert "stockflow resume " in line
    assert "killed" not in second.stdout


def test_a_run_that_is_going_is_not_called_killed(tmp_path):
    """By another process; it is shown as it stands, and can't be resumed."""
    process = start(tmp_path, FEW, options=["--requests-per-minute", "1", "--requests-per-day", "0"])
    ends = time.monotonic() + SOON_SECONDS
    while not list(tmp_path.glob("out/runs/*/plan.json")):
        assert process.is_alive(), (tmp_path / "output").read_text()
        assert time.monotonic() < ends, "the run planned nothing"
        time.sleep(0.01)
    shown, listed, resumed = (stockflow(tmp_path, *words) for words in (("show", "latest"), ("runs",), ("resume",)))
    process.kill()
    process.join()

    assert ": running for " in shown.stdout
    assert " running" in listed.stdout
    assert (resumed.exit_code, "is still going" in resumed.stderr) == (2, True)


def test_a_run_that_ended_leaves_no_journal(killed):
    """All that was in it is in run.json."""
    assert list(killed.glob("out/runs/*/run.json"))
    assert [run for run in killed.glob("out/runs/*/run.json") if (run.parent / "journal.jsonl").exists()] == []
