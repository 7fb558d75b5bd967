"""kill -9 of ``stockflow run`` at any moment: the folder stays a dataset, and the next run goes on from it."""

import itertools
import json
import multiprocessing
import os
import random
import resource
import signal
import time

import pandas
import pytest
from click.testing import CliRunner

from functions.clock import SystemClock
from stockflow.cli import main
from stockflow.embedded import interpreter
from stockflow.embedded.vendor.bodies import simulated_series
from stockflow.embedded.vendor.sessions import last_settled_session
from stockflow.embedded.vendor.terms import DAILY

KILLS = 8
SEED = 6
SYMBOLS = [f"S{number:02}" for number in range(12)]
# With --force each run writes each symbol's object anew, so that there is always something to be torn.
OPTIONS = ["--force", "--requests-per-minute", "60000", "--requests-per-day", "0"]
SOON_SECONDS = 120
IMPORTED_ONCE = [
    "stockflow.embedded.aws",
    "stockflow.commands.run",
    *(f"functions.{state}.app" for state in ("plan", "fetch", "transform", "save", "notify")),
]


def run_command(folder, symbols, torn_write, largest_file_bytes):
    """``stockflow run`` in a process of its own, with nothing of this one's settings.

    Args:
        torn_write: it dies in the middle of that one of its writes to the disk, half of the bytes written; 0: not.
        largest_file_bytes: the disk takes no larger file, and of a larger one only as much; None: any.
    """
    os.chdir(folder)
    for name in set(os.environ) - {"PATH"}:
        del os.environ[name]
    with open("output", "w", encoding="utf-8") as output:  # noqa: PTH123 # the descriptor is what is needed
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    if torn_write:
        os.fsync = dying_fsync(torn_write)
    if largest_file_bytes:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file_bytes, resource.RLIM_INFINITY))
        interpreter._StoppableTime.sleep = lambda _, seconds: None
    main(["run", *symbols, *OPTIONS])


def dying_fsync(torn_write):
    fsync, writes = os.fsync, itertools.count(1)

    def half_way(descriptor):
        if next(writes) == torn_write:
            os.ftruncate(descriptor, os.fstat(descriptor).st_size // 2)
            os.kill(os.getpid(), signal.SIGKILL)
        fsync(descriptor)

    return half_way


@pytest.fixture(scope="module")
def start():
    """Starts a run in a folder. Its process is forked from one that has imported everything, which saves seconds."""
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(IMPORTED_ONCE)

    def start_one(folder, symbols=SYMBOLS, torn_write=0, largest_file_bytes=None):
        process = processes.Process(target=run_command, args=(folder, symbols, torn_write, largest_file_bytes))
        process.start()
        return process

    return start_one


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
    return len(list(new[0].glob("symbols/*.json"))) if new else -1


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
def killed(tmp_path_factory, start):
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


def test_a_disk_that_takes_no_more_leaves_the_dataset_as_it_was(killed, start):
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


def content_of(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
