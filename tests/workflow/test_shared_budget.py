"""One budget a key on a laptop: processes that share it, measured at the vendor's log."""

import json
import time
from itertools import pairwise

import pytest

from stockflow.simulated_alpha_vantage import SimulatedVendor
from stockflow_functions.domain.clock import from_iso
from tests.helpers import forked

KEY = "SHAREDKEY1234567"
INTERVAL_MS = 250
SOON_SECONDS = 120


@pytest.fixture
def vendor():
    with SimulatedVendor(requests_per_minute=60_000 / INTERVAL_MS) as simulated:
        yield simulated


@pytest.fixture
def start(tmp_path, vendor):
    """Starts ``stockflow run`` with the key, by its name; gives its process, and the file of what it says."""
    processes = []

    def run(name, count, output_dir="", requests_per_day=25):
        (tmp_path / name).mkdir()
        rates = ("--requests-per-minute", str(60_000 // INTERVAL_MS), "--requests-per-day", str(requests_per_day))
        symbols = [f"{name.upper()}{number}" for number in range(count)]
        process, said = forked.start_stockflow(
            tmp_path / name,
            *("run", *symbols, *rates, "--output-dir", str(tmp_path / (output_dir or name) / "out")),
            ALPHA_VANTAGE_BASE_URL=vendor.url,
            ALPHA_VANTAGE_API_KEY=KEY,
            STOCKFLOW_STATE_DIR=str(tmp_path / "state"),
            COLUMNS="200",
        )
        processes.append(process)
        return process, said

    yield run
    for process in processes:
        process.kill()
        process.join()


def until(condition, what):
    ends = time.monotonic() + SOON_SECONDS
    while not condition():
        assert time.monotonic() < ends, what
        time.sleep(0.02)


def until_it_waits(said):
    until(lambda: said.exists() and "Waiting for the run in" in said.read_text(), "the second run does not wait")


def used(tmp_path):
    """How many requests of the day the budget of the key has given out."""
    (file,) = [path for path in (tmp_path / "state/budgets").glob("*.json") if ".holder" not in path.name]
    (item,) = json.loads(file.read_text())["items"]
    return sum(int(count["N"]) for name, count in item.items() if name.startswith("used_on_"))


def slots_in(plan):
    return [from_iso(item["not_before"]) for item in json.loads(plan.read_text())["work"]]


@pytest.mark.parametrize("folder", ["one", "two"])
def test_two_runs_at_once_share_the_key_s_requests(tmp_path, vendor, start, folder):
    """In one folder or in two: the second says that it waits and that it begins, and the vendor refuses nothing."""
    first, _ = start("one", 8)
    until(lambda: vendor.requests, "the first run asks for nothing")
    second, said = start("two", 4, folder)
    for process in (first, second):
        process.join(SOON_SECONDS)

    assert (first.exitcode, second.exitcode) == (0, 0), said.read_text()
    assert [request.answered for request in vendor.requests] == ["data"] * 12
    assert [request.symbol[:3] for request in vendor.requests] == ["ONE"] * 8 + ["TWO"] * 4
    slots = sorted(slot for plan in tmp_path.glob("*/out/runs/*/plan.json") for slot in slots_in(plan))
    assert min(later - earlier for earlier, later in pairwise(slots)) == INTERVAL_MS
    lines = said.read_text().splitlines()
    assert lines[0].startswith(f"Waiting for the run in {tmp_path}/one/out (since ")
    assert any(line.startswith("It is this run's turn, after ") for line in lines[1:])
    assert used(tmp_path) == 12


def test_a_killed_run_is_not_waited_for_and_its_slots_are_the_next_one_s(tmp_path, vendor, start):
    """Though its folder is another one; of the day's requests only those are gone that it may have made."""
    first, _ = start("one", 25)
    until(lambda: len(vendor.requests) >= 3, "the first run asks for nothing")
    second, said = start("two", 12)
    until_it_waits(said)
    first.kill()
    second.join(SOON_SECONDS)
    text = said.read_text()

    assert second.exitcode == 0, text
    assert "deferred" not in text
    asked = [request.symbol for request in vendor.requests]
    assert [symbol for symbol in asked if symbol.startswith("TWO")] == [f"TWO{number}" for number in range(12)]
    assert {request.answered for request in vendor.requests} == {"data"}
    # A Fetch is called at the full second before its slot: those of the second in which it was killed may have asked.
    assert len(asked) <= used(tmp_path) <= len(asked) + 1000 // INTERVAL_MS + 1


def test_who_waits_and_is_interrupted_has_done_nothing(tmp_path, vendor, start):
    """Exit status 130, one sentence, no run in its folder; the other one does not notice."""
    first, _ = start("one", 12)
    until(lambda: vendor.requests, "the first run asks for nothing")
    second, said = start("two", 4)
    until_it_waits(said)
    second.terminate()  # SIGINT would be ignored where these tests run in the background of a shell
    second.join(SOON_SECONDS)
    first.join(SOON_SECONDS)

    assert (first.exitcode, second.exitcode) == (0, 130)
    assert said.read_text().splitlines()[-1] == "Stopped before its turn: nothing was asked for."
    assert not (tmp_path / "two/out").exists()
    assert len(vendor.requests) == 12
