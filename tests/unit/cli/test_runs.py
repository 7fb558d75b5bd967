"""``stockflow runs``: what ran, newest first."""

import json
import os
from datetime import UTC, datetime, timedelta

import pytest

from stockflow.cli.commands.runs import table
from stockflow.page.as_words import duration
from stockflow.sources.journal import lock_of
from stockflow.testing import client_error
from tests.helpers.fake_aws import EXECUTION, MACHINE, OUTPUTS, FakeCloudFormation
from tests.helpers.made_runs import keep_journal, made_run

FIRST = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)
HEADING = ["run", "started", "took", "outcome", "symbols", "failed"]


def manifest(day=0, outcome="succeeded", **symbols):
    started = FIRST + timedelta(days=day)
    return {
        "started_at": started.isoformat().replace("+00:00", "Z"),
        "finished_at": (started + timedelta(seconds=72)).isoformat().replace("+00:00", "Z"),
        "outcome": outcome,
        "symbols": [{"symbol": symbol, "status": status} for symbol, status in symbols.items()],
    }


def keep(folder, name, value, file="manifest.json"):
    place = folder / "out/runs" / name
    place.mkdir(parents=True, exist_ok=True)
    (place / file).write_text(json.dumps(value))


def execution(name, day=0, status="SUCCEEDED", seconds=72):
    started = FIRST + timedelta(days=day)
    stopped = {} if status == "RUNNING" else {"stopDate": started + timedelta(seconds=seconds)}
    return {"name": name, "executionArn": f"{EXECUTION}:{name}", "status": status, "startDate": started, **stopped}


def cells(done):
    return [[cell for cell in line.split("  ") if cell] for line in done.stdout.splitlines()]


def test_the_folders_runs_are_listed_newest_first(stockflow, tmp_path):
    """When it ran, how long, its outcome, what became of the symbols and which failed, whatever the names."""
    keep(tmp_path, "b-older", manifest(A="saved", B="unchanged"))
    keep(tmp_path, "a-newer", manifest(1, "partial", A="saved", B="failed", C="deferred"))

    listed = [[cell.strip() for cell in line] for line in cells(stockflow("runs"))]

    assert listed == [
        HEADING,
        ["a-newer", "2026-11-21 22:30:00 UTC", "1 min 12 s", "partial", "1 saved, 1 failed, 1 deferred", "B"],
        ["b-older", "2026-11-20 22:30:00 UTC", "1 min 12 s", "succeeded", "1 saved, 1 unchanged"],
    ]


def test_runs_of_calls_are_listed_beside_those_of_symbols(stockflow, tmp_path):
    """The heading has both words; among runs of calls alone it has theirs."""
    keep(tmp_path, "calls", {**manifest(1, **{"AAPL/2024Q1": "saved"}), "workflow": "earnings-calls"})
    alone = cells(stockflow("runs"))[0]
    keep(tmp_path, "prices", manifest(A="saved"))
    both = cells(stockflow("runs"))[0]

    assert [alone[4].strip(), both[4].strip()] == ["calls", "symbols or calls"]


def test_only_so_many_are_listed(stockflow, tmp_path):
    """--limit keeps the newest."""
    for day in range(5):
        keep(tmp_path, f"r{day}", manifest(day))

    assert [line[0].strip() for line in cells(stockflow("runs", "--limit", "2"))[1:]] == ["r4", "r3"]


def test_a_run_that_was_killed_is_called_so(stockflow, tmp_path):
    """With how far it got, by its journal and its records."""
    run = made_run({"A": "ok", "B": "ok"}, execution="r")
    keep_journal(tmp_path / "out/runs/r", run, 20)
    keep(tmp_path, "r/symbols", {"symbol": "A", "status": "saved"}, "A.json")
    last = datetime.fromisoformat(run.events[19]["timestamp"]) - datetime.fromisoformat(run.events[0]["timestamp"])

    row = [cell.strip() for cell in cells(stockflow("runs"))[1]]

    assert row == ["r", "2026-11-20 22:30:00 UTC", duration(last.total_seconds()), "killed", "1 saved"]


def test_a_run_that_goes_on_is_running(stockflow, tmp_path):
    """Its process holds the lock of its journal."""
    keep_journal(tmp_path / "out/runs/r", made_run({"A": "ok"}, execution="r"), 20)
    with lock_of(tmp_path / "out/runs/r"):
        row = [cell.strip() for cell in cells(stockflow("runs"))[1]]

    assert row == ["r", "2026-11-20 22:30:00 UTC", "running"]


@pytest.mark.parametrize("text", ["", "damaged", '{"journal": 2}', '{"event": {}}\n'])
def test_a_broken_journal_hides_no_other_run(stockflow, tmp_path, text):
    """Whatever stands in it."""
    keep(tmp_path, "good", manifest(A="saved"))
    (tmp_path / "out/runs/bad").mkdir()
    (tmp_path / "out/runs/bad/journal.jsonl").write_text(text)

    done = stockflow("runs")

    assert done.exit_code == 0, done.output
    assert {line[0].strip() for line in cells(done)[1:]} == {"good", "bad"}


def test_a_run_without_a_journal_is_unfinished(stockflow, tmp_path):
    """A folder with a plan and no manifest is listed by when it began."""
    keep(tmp_path, "killed", {"run": {"started_at": "2026-11-20T22:30:00.000Z"}}, "plan.json")

    assert [cell.strip() for cell in cells(stockflow("runs"))[1]] == ["killed", "2026-11-20 22:30:00 UTC", "unfinished"]


def test_a_run_that_was_fetched_from_aws_is_listed_by_its_status(stockflow, tmp_path):
    """What `stockflow show` kept of a run on AWS has no manifest beside it."""
    description = {"status": "FAILED", "startDate": "2026-11-20T22:30:00Z", "stopDate": "2026-11-20T22:30:02Z"}
    keep(tmp_path, "fetched", {"description": description}, "run.json")

    assert [cell.strip() for cell in cells(stockflow("runs"))[1]][2:] == ["2.0 s", "failed"]


@pytest.mark.parametrize("text", ["", "[1]", '{"symbols": 5}', '{"symbols": [5], "started_at": 7}'])
def test_a_broken_manifest_hides_no_other_run(stockflow, tmp_path, text):
    """Whatever stands in one folder, the others are listed."""
    keep(tmp_path, "good", manifest(A="saved"))
    keep(tmp_path, "bad", {})
    (tmp_path / "out/runs/bad/manifest.json").write_text(text)

    done = stockflow("runs")

    assert done.exit_code == 0, done.output
    assert {line[0].strip() for line in cells(done)[1:]} == {"good", "bad"}


def test_many_failed_symbols_are_counted(stockflow, tmp_path):
    """Five are named, the others counted."""
    keep(tmp_path, "r", manifest(outcome="failed", **{f"S{n}": "failed" for n in range(8)}))

    assert cells(stockflow("runs"))[1][-1].strip() == "S0, S1, S2, S3, S4 and 3 more"


def test_no_run_yet_is_said(stockflow):
    """An empty folder is no failure."""
    done = stockflow("runs")

    assert (done.exit_code, done.stdout) == (0, f"There is no run in {os.path.join('out', 'runs')} yet.\n")  # noqa: PTH118


def test_the_stacks_runs_are_listed_with_what_their_manifests_say(stockflow, cloud):
    """Runs of all versions, a running one, and one whose manifest is gone, over several pages."""
    cloud.stepfunctions.executions = [
        execution("now", 2, "RUNNING"),
        execution("partly", 1, "FAILED"),
        execution("gone", 0, "TIMED_OUT"),
    ]
    cloud.s3.place("runs/partly/manifest.json", json.dumps(manifest(1, "partial", A="saved", B="failed")).encode())

    listed = [[cell.strip() for cell in line] for line in cells(stockflow("runs", "--aws"))]

    assert listed == [
        HEADING,
        ["now", "2026-11-22 22:30:00 UTC", "running"],
        ["partly", "2026-11-21 22:30:00 UTC", "1 min 12 s", "partial", "1 saved, 1 failed", "B"],
        ["gone", "2026-11-20 22:30:00 UTC", "1 min 12 s", "timed_out"],
    ]


def test_the_stacks_runs_of_all_workflows_are_listed_by_their_time(stockflow, cloud):
    """A run of calls stands between two of prices, where it belongs."""
    machine = MACHINE.replace("DailyPrices", "EarningsCalls")
    outputs = {**OUTPUTS, "EarningsCalls": machine}
    cloud.clients["cloudformation"] = FakeCloudFormation(outputs=outputs)
    called = {
        **execution("of-calls", 1),
        "executionArn": f"{EXECUTION.replace('DailyPrices', 'EarningsCalls')}:of-calls",
    }
    cloud.stepfunctions.executions = [execution("newer", 2), execution("older", 0), called]

    listed = [line[0].strip() for line in cells(stockflow("runs", "--aws"))]

    assert listed == ["run", "newer", "of-calls", "older"]


def test_a_smoke_run_is_listed_too(stockflow, cloud):
    """A smoke run keeps its manifest below scratch/."""
    cloud.stepfunctions.executions = [execution("smoke")]
    cloud.s3.place("scratch/smoke/runs/smoke/manifest.json", json.dumps(manifest(A="saved")).encode())

    assert "1 saved" in stockflow("runs", "--stack", "stockflow-dev").stdout


def test_manifests_that_may_not_be_read_are_told_of_once(stockflow, cloud):
    """Without the right to read the bucket the runs are listed by their status, with one sentence."""
    cloud.stepfunctions.executions = [execution(name) for name in ("a", "b", "c")]
    asked = []

    def denied(Bucket, Key):  # noqa: N803
        asked.append(Key)
        raise client_error("AccessDenied", "GetObject")

    cloud.s3.get_object = denied
    done = stockflow("runs", "--aws")

    assert done.exit_code == 0
    assert [line[-1].strip() for line in cells(done)[1:]] == ["succeeded"] * 3
    assert len(asked) == 1
    assert done.stderr.count("AccessDenied") == 1


def test_a_limit_is_kept_over_pages(stockflow, cloud):
    """Pages are read as far as the limit needs, no further."""
    cloud.stepfunctions.executions = [execution(f"r{n}", n) for n in range(9)]

    assert len(cells(stockflow("runs", "--aws", "--limit", "3"))) == 4


def test_runs_that_may_not_be_listed_are_a_sentence(stockflow, cloud):
    """The sentence names the right that is missing."""
    cloud.stepfunctions.refuses = client_error("AccessDeniedException", "ListExecutions")

    done = stockflow("runs", "--aws")

    assert done.exit_code == 1
    assert "states:ListExecutions" in done.stderr


def test_columns_are_as_wide_as_their_longest_cell():
    """A table stays a table in a pipe, however narrow."""
    assert table([("a", "bb"), ("ccc", "d")]) == ["a    bb", "ccc  d"]


def test_json_is_a_list_of_objects_newest_first(stockflow, tmp_path):
    """For other programs: what became of the symbols is counted, and those that failed are named."""
    keep(tmp_path, "older", manifest(A="saved", B="unchanged"))
    keep(tmp_path, "newer", manifest(1, "partial", A="saved", B="failed", C="deferred"))

    newer, older = json.loads(stockflow("runs", "--json").stdout)

    assert newer == {
        "execution": "newer",
        "folder": "out/runs/newer",
        "execution_arn": None,
        "started_at": "2026-11-21T22:30:00Z",
        "seconds": 72.0,
        "outcome": "partial",
        "item": "symbol",
        "counts": {"saved": 1, "failed": 1, "deferred": 1},
        "failed": ["B"],
    }
    assert (older["execution"], older["counts"]) == ("older", {"saved": 1, "unchanged": 1})


def test_json_of_no_run_is_an_empty_list(stockflow):
    """And not a sentence."""
    assert json.loads(stockflow("runs", "--json").stdout) == []


def test_json_of_a_run_that_goes_on_has_no_duration(stockflow, tmp_path):
    """Nor counts."""
    keep_journal(tmp_path / "out/runs/r", made_run({"A": "ok"}, execution="r"), 20)
    with lock_of(tmp_path / "out/runs/r"):
        (run,) = json.loads(stockflow("runs", "--json").stdout)

    assert (run["seconds"], run["outcome"], run["counts"]) == (None, "running", {})
