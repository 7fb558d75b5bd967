"""A run in shards on this machine, from its start to its page: one run, whatever it was cut into."""

import json

import pytest

from stockflow.embedded import EmbeddedAws
from stockflow.embedded.nested import execution_of
from stockflow.history.as_json import model_as_json
from stockflow.sources import open_run
from stockflow_functions.aws import keys

SMALL_SHARDS = {
    "SYMBOLS_PER_SHARD": "2",
    "MOST_SYMBOLS_INLINE": "3",
    "REQUESTS_PER_MINUTE": "6000",
    "REQUESTS_PER_DAY": "0",
}
SYMBOLS = ["AAPL", "IBM", "NFLX", "TSLA", "ORCL", "MSFT"]


@pytest.fixture(scope="module")
def ended(tmp_path_factory):
    """Six symbols in three shards; the vendor does not know one of them."""
    folder = tmp_path_factory.mktemp("sharded")
    with EmbeddedAws(folder, SMALL_SHARDS) as aws:
        aws.vendor.fail("NFLX", "unknown*9")
        arn = aws.start({"symbols": SYMBOLS})
        manifest = aws.wait(arn, 120)
        name = arn.rpartition(":")[2]
        kept = {n: execution_of(f"{arn}-shard-{n:04}").exec_worker.env for n in (1, 2, 3)}
        lines = {line for log in aws.log_book.by_request_id().values() for line in log}
        complaints = aws.journals.complaints
    return folder, name, manifest, kept, lines, complaints


def test_each_symbol_is_in_the_manifest(ended):
    """The run's own has what became of all."""
    _, _, manifest, *_ = ended
    assert {one["symbol"]: one["status"] for one in manifest["symbols"]} == {
        **dict.fromkeys(SYMBOLS, "saved"),
        "NFLX": "failed",
    }


def test_a_shard_is_settled_and_forgotten(ended):
    """Its run.json is in its folder, its journal is gone, and neither moto nor the log book keeps what it did."""
    folder, name, _, kept, lines, complaints = ended
    assert complaints == []
    assert kept == {1: None, 2: None, 3: None}
    assert not any(f"{name}-shard-" in line and '"Fetch' in line for line in lines)
    for number in (1, 2, 3):
        place = folder / keys.run(f"{name}-shard-{number:04}")
        files = {file.name for file in place.iterdir()}
        assert {"run.json", "manifest.json", "plan.json"} <= files
        assert not files & {"journal.jsonl", "journal.lock", "report.html"}


def test_the_page_is_of_the_whole_run(ended):
    """A row for each symbol, and the failed one's cause."""
    folder, name, *_ = ended
    shown = model_as_json(open_run(name, folder).model)
    assert sorted(row["symbol"] for row in shown["symbols"]) == sorted(SYMBOLS)
    assert [(cause["state"], cause["symbols"]) for cause in shown["root_causes"]] == [("Fetch", ["NFLX"])]
    assert "NFLX" in (folder / keys.run(name) / "report.html").read_text()


def test_log_lines_are_with_the_shard_that_said_them(ended):
    """The run's own file has those of its own functions."""
    folder, name, *_ = ended
    own = json.loads((folder / keys.run(name) / "run.json").read_text())["logs"]
    of_shards = [
        json.loads((folder / keys.run(f"{name}-shard-{number:04}") / "run.json").read_text())["logs"]
        for number in (1, 2, 3)
    ]
    assert own
    assert all(of_shards)
    assert not any(own.keys() & logs.keys() for logs in of_shards)


def test_a_stopped_run_stops_its_shards(tmp_path):
    """What they were at is aborted, and the page says so."""
    with EmbeddedAws(tmp_path, {**SMALL_SHARDS, "REQUESTS_PER_MINUTE": "6"}) as aws:
        arn = aws.start({"symbols": SYMBOLS})
        while not aws.shards.under_way():
            assert aws.status(arn) == "RUNNING"
        aws.stop(arn)
        aws.wait(arn, 60)
        assert aws.shards.under_way() == []

    shown = model_as_json(open_run("latest", tmp_path).model)
    assert shown["status"] == "ABORTED"
    # A lane between two states breaks off with an error of the interpreter's, in a small run too.
    assert {row["status"] for row in shown["symbols"]} <= {"aborted", "not reached", "unfinished", "failed"}
    assert {row["outcome"] for row in shown["symbols"]} == {None}
    assert len(shown["symbols"]) == len(SYMBOLS)
