"""What a killed run had saved is not asked for again."""

import json

import pytest

from stockflow.embedded.killed_symbols import keep_what_killed_run_knew
from stockflow.testing import FakeAws
from stockflow_functions.daily_prices.outcome import SymbolOutcome
from stockflow_functions.domain.clock import from_iso
from stockflow_functions.domain.prices.freshness import Known
from tests.helpers.made_runs import keep_journal, made_run

STARTED = "2026-11-20T22:30:00.000Z"


@pytest.fixture
def aws():
    return FakeAws()


@pytest.fixture
def folder(tmp_path):
    """That of a run which was killed after it had saved A."""
    folder = tmp_path / "runs/r"
    run = made_run({"A": "ok", "B": "ok"}, execution="r")
    keep_journal(folder, run, len(run.events) - 1)
    plan = {"run": {"series": "daily", "outputsize": "full", "started_at": STARTED, "trigger": "laptop"}}
    (folder / "plan.json").write_text(json.dumps(plan))
    save(folder, "A")
    return folder


def save(folder, symbol):
    record = SymbolOutcome(symbol, "saved", attempts=1, first_date="1999-11-01", last_date="2026-11-20")
    (folder / "symbols").mkdir(parents=True, exist_ok=True)
    (folder / f"symbols/{symbol}.json").write_text(json.dumps(record.as_dict()))


def known(aws):
    return aws.services.freshness.read("daily").known


def test_the_next_run_knows_what_the_killed_one_had_saved(aws, folder, tmp_path):
    """As if its notifier had noted it."""
    keep_what_killed_run_knew(tmp_path, aws.services)

    assert known(aws)["A"] == Known(from_iso(STARTED), "2026-11-20", "1999-11-01", full=True)


def test_what_its_shards_had_saved_counts_too(aws, folder, tmp_path):
    """Each shard has a folder in the run's own."""
    save(folder / "shards/0001", "C")

    keep_what_killed_run_knew(tmp_path, aws.services)

    assert {"A", "C"} <= known(aws).keys()


def test_a_run_that_has_ended_is_left_alone(aws, folder, tmp_path):
    """Its notifier has noted what it knows."""
    (folder / "run.json").write_text("{}")

    keep_what_killed_run_knew(tmp_path, aws.services)

    assert not known(aws)


@pytest.mark.parametrize("plan", ["", "{}", '{"run": {"series": "daily", "started_at": "soon"}}'])
def test_a_run_without_a_usable_plan_keeps_nothing_and_stops_nobody(aws, folder, tmp_path, plan):
    """Its symbols are asked for once more."""
    (folder / "plan.json").write_text(plan)

    keep_what_killed_run_knew(tmp_path, aws.services)

    assert not known(aws)


def test_a_smoke_run_has_saved_nothing_that_counts(aws, folder, tmp_path):
    """What it saves is below scratch/."""
    plan = json.loads((folder / "plan.json").read_text())
    (folder / "plan.json").write_text(json.dumps({"run": {**plan["run"], "trigger": "smoke"}}))

    keep_what_killed_run_knew(tmp_path, aws.services)

    assert not known(aws)


def test_a_new_folder_has_no_run(aws, tmp_path):
    """Nothing is known, and nothing is written."""
    keep_what_killed_run_knew(tmp_path, aws.services)

    assert not aws.s3.puts
