"""stockflow backfill: what is said, begun and changed. What its runs do is tested where they do it."""

import json
from dataclasses import fields
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from stockflow.cli.folder_bucket import FolderBucket, alone_in
from stockflow.cli.main import main
from stockflow.cloud.stack import Aws
from stockflow.testing import FakeDynamoDb, FakeS3
from stockflow_functions.aws.backfills import BackfillStore
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.aws.freshness import FreshnessStore
from stockflow_functions.domain.backfill.noted import Claim, LastRun, SymbolEnd
from stockflow_functions.domain.errors import WriteConflict
from stockflow_functions.domain.outcome import Failure
from stockflow_functions.domain.prices.freshness import Known
from stockflow_functions.runtime.settings import Settings
from tests.helpers.fake_aws import FakeCloudFormation, FakeSession, FakeStepFunctions

REAL_KEY = {"ALPHA_VANTAGE_API_KEY": "SECRETKEY1234567"}


@pytest.fixture
def runs(monkeypatch):
    """The runs that the command makes, each as its input and what was prepared; each ends well."""
    made = []

    def run_here(workflow_input, environment, output_dir, *, steps):
        steps.prepare(SimpleNamespace(services=SimpleNamespace(bucket=FolderBucket(output_dir))))
        made.append(workflow_input)
        return 0

    monkeypatch.setattr("stockflow.cli.commands.run.run_here", run_here)
    return made


@pytest.fixture
def stockflow(tmp_path, monkeypatch, runs):
    """Runs the command in an empty folder with a list of 60 symbols, and nothing of this machine's environment."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sixty.txt").write_text("".join(f"S{number}\n" for number in range(60)))
    for name in [*(field.metadata["variable"] for field in fields(Settings)), *REAL_KEY, "MOCK_MODE"]:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("STOCKFLOW_STATE_DIR", str(tmp_path / "state"))

    def run(*arguments, **environment):
        return CliRunner().invoke(main, ["backfill", *arguments], env=environment)

    return run


@pytest.fixture
def store(tmp_path):
    return BackfillStore(FolderBucket(tmp_path / "out"))


def figures(done):
    assert done.exit_code == 0, done.output
    lines = [line for line in done.stdout.splitlines() if len(line) > 19 and line[18] == " "]
    return {line[:18].strip(): line[19:] for line in lines}


def test_it_is_said_what_it_takes(stockflow, runs, store):
    """Requests, days, minutes and dollars; with --plan nothing is begun."""
    done = stockflow("--universe", "sixty.txt", "--outputsize", "full", "--plan")

    assert done.stdout.startswith(
        "Whole history (daily) of 60 symbols: 3 days of 25 requests, 2 min of requests in all, $0.01.\n"
    )
    assert figures(done)["requests"] == "60 (60 of a whole history)"
    assert (runs, store.all()) == ([], [])


def test_what_is_there_takes_nothing(stockflow, tmp_path, runs):
    """Whoever brought it in: neither requests nor a backfill."""
    FreshnessStore(FolderBucket(tmp_path / "out"), lambda _: None).add(
        "daily", {"IBM": Known(0, "2026-11-20", "1999-11-01", full=True)}
    )
    (tmp_path / "out/prices/daily").mkdir(parents=True)
    (tmp_path / "out/prices/daily/IBM.parquet").write_bytes(b"a table")

    assert stockflow("IBM").stdout.startswith("Whole history (daily) of 1 symbol: all of it is there.")
    assert runs == []


def test_a_range_of_a_compact_answer_takes_no_whole_history(stockflow):
    """Of the last days, whatever day it is."""
    found = figures(stockflow("IBM", "--from", "2026-11-16", "--plan"))

    assert found["requests"] == "1 (0 of a whole history)"


def test_daily_runs_take_their_part_of_the_days(stockflow):
    """STOCK_SYMBOLS that need all leave a backfill what the weekends have."""
    daily = ",".join(f"D{number}" for number in range(25))

    alone = int(figures(stockflow("--universe", "sixty.txt", "--plan"))["days"])
    beside = int(figures(stockflow("--universe", "sixty.txt", "--plan", STOCK_SYMBOLS=daily))["days"])

    assert alone == 3 < beside


def test_a_daily_limit_and_whole_histories_do_not_go_together(stockflow):
    """Alpha Vantage's free key is refused; a key of a paid plan has no daily limit."""
    said = "gives whole histories to keys of a paid plan alone"

    assert said in stockflow("IBM", "--plan", **REAL_KEY).stdout
    assert said not in stockflow("IBM", "--plan", "--requests-per-day", "0", **REAL_KEY).stdout


def test_the_first_days_part_is_made_at_once(stockflow, runs, store):
    """The backfill is in the folder before the run begins."""
    done = stockflow("--universe", "sixty.txt")

    (begun,) = store.all()
    assert begun.name.endswith("Z-sixty")
    assert (begun.symbols, begun.universe, begun.goal.outputsize) == (60, "sixty.txt", "full")
    assert store.symbols(begun)[:2] == ["S0", "S1"]
    assert runs == [{"backfill": "next"}]
    assert f"Begun: {begun.name}." in done.stdout


def test_one_of_named_symbols_says_how_many(stockflow):
    """Where a universe would have its name."""
    stockflow("IBM", "AAPL")

    assert "the whole history (daily) of 2 symbols, and was begun by" in stockflow("--status").stdout


def test_a_second_one_waits(stockflow, runs, store):
    """It is stored, and nothing is asked for."""
    stockflow("--universe", "sixty.txt")

    done = stockflow("IBM", "--from", "2026-01-02")

    first = store.unfinished()[0]
    assert f"It waits behind {first.name}, and begins when that is done or ended." in done.stdout
    assert (len(store.unfinished()), len(runs)) == (2, 1)


def test_without_arguments_it_goes_on(stockflow, runs, store):
    """A run that was killed in this folder keeps it from nothing."""
    stockflow("--universe", "sixty.txt")
    (begun,) = store.all()
    store.change(begun.name, lambda one: one.claimed(Claim("killed", "2999-01-01T00:00:00.000Z", 60), {}))

    done = stockflow()

    assert (done.exit_code, len(runs), store.all()[0].claim) == (0, 2, None)


def test_without_a_backfill_there_is_nothing_to_go_on_with(stockflow, runs):
    """That is no failure: cron asks every day."""
    done = stockflow()

    assert (done.exit_code, done.stdout, runs) == (0, "There is no backfill to go on with.\n", [])


def test_it_is_paused_resumed_and_ended(stockflow, runs, store):
    """A paused one makes no run, and an ended one lets the next begin."""
    stockflow("--universe", "sixty.txt")
    stockflow("--pause")
    paused = stockflow()
    stockflow("--resume")
    resumed = store.unfinished()
    stockflow("--end")

    assert "It is paused. `stockflow backfill --resume` goes on." in paused.stdout
    assert (len(runs), resumed[0].status, store.unfinished()) == (1, "open", [])


def test_its_standing_is_told(stockflow, store):
    """How far it is, its last run, who failed, and which wait."""
    stockflow("--universe", "sixty.txt")
    stockflow("IBM", "--series", "weekly")
    first, second = store.unfinished()
    ends = [SymbolEnd("S0", "saved"), SymbolEnd("S1", "failed", Failure("UnknownSymbol", "No.", "Fetch"))]
    run = LastRun("run-1", "2026-11-20T22:00:00.000Z", 0, 0)
    store.change(first.name, lambda one: one.counted(ends, run, "2026-11-20"))

    lines = stockflow("--status").stdout.splitlines()

    assert lines[0] == f"Backfill {first.name}: 1 of 60, 1 given up, 3 days to go."
    assert lines[2] == "The last run, run-1, ended at 2026-11-20T22:00:00.000Z: it asked for 2 and had 1."
    assert lines[3] == "Given up: S1 (1 UnknownSymbol)."
    assert lines[4] == f"Behind it waits {second.name}: whole history (weekly) of 1 symbol."


def test_one_that_waits_is_ended_by_its_name(stockflow, store):
    """The first one goes on."""
    stockflow("--universe", "sixty.txt")
    stockflow("IBM")
    first, second = store.unfinished()

    stockflow("--end", second.name)

    assert [one.name for one in store.unfinished()] == [first.name]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["IBM", "--from", "yesterday"], "--from is 'yesterday': write a date such as 2020-01-02."),
        (["IBM", "--from", "2999-01-01"], "--from is 2999-01-01, which lies ahead: write a date until"),
        (["IBM", "--from", "2020-01-02", "--outputsize", "compact"], "--from and --outputsize compact exclude"),
        (["IBM", "--universe", "sixty.txt"], "There are both symbols and --universe: give one of them."),
        (["--universe", "none.txt"], "The universe none.txt can't be read (No such file or directory)"),
        (["--universe", "listed:NASDAQ"], "listed:NASDAQ needs listings, and there are none"),
        (["--outputsize", "full"], "Of whom? Write symbols, or --universe FILE."),
        (["--pause", "--end"], "--pause and --end exclude each other: write one of them."),
        (["--status", "--series", "weekly"], "--status is of a backfill that there is"),
        (["--end"], "There is no backfill: `stockflow backfill --universe FILE` begins one."),
        (["--end", "nobody"], "There is no backfill nobody"),
        (["not a symbol"], "'not a symbol' (symbols[0]) can't be a symbol"),
    ],
)
def test_what_can_not_be_used_ends_in_a_sentence(stockflow, arguments, sentence):
    """Exit status 2, nothing begun."""
    done = stockflow(*arguments)

    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert sentence in done.stderr


def test_a_folder_that_a_run_uses_is_not_changed(stockflow, tmp_path):
    """Its run would not see the change, and write over it."""
    stockflow("--universe", "sixty.txt")

    with alone_in(tmp_path / "out"):
        done = stockflow("--pause")

    assert (done.exit_code, done.stderr) == (2, "stockflow: A run is using out: wait for its end, or stop it.\n")


def test_a_folder_is_written_on_condition(tmp_path):
    """As the bucket is: two changes from the same state, and the second one is refused."""
    bucket = FolderBucket(tmp_path)
    seen = bucket.put("backfills/one.json", b"1", if_none_match=True)
    bucket.put("backfills/one.json", b"2", if_match=seen)

    for condition in ({"if_match": seen}, {"if_none_match": True}):
        with pytest.raises(WriteConflict):
            bucket.put("backfills/one.json", b"3", **condition)
    assert list(bucket.keys("backfills/")) == ["backfills/one.json"]


@pytest.fixture
def cloud(monkeypatch):
    """A deployed stack in memory."""
    variables = {"STATE_TABLE": "table", "REQUESTS_PER_DAY": "25", "S3_BUCKET": "the-bucket"}
    configuration = SimpleNamespace(get_function_configuration=lambda **_: {"Environment": {"Variables": variables}})
    clients = {"cloudformation": FakeCloudFormation(), "lambda": configuration, "dynamodb": FakeDynamoDb()}
    clients |= {"s3": FakeS3(), "stepfunctions": FakeStepFunctions()}
    made = Aws("eu-west-1", FakeSession(**clients))
    monkeypatch.setattr("stockflow.cli.commands.backfill.Aws", lambda region: made)
    return SimpleNamespace(**clients, store=BackfillStore(Bucket(clients["s3"], "the-bucket")))


def test_on_aws_it_is_put_into_the_bucket(stockflow, cloud, runs):
    """The schedule goes on with it."""
    done = stockflow("--universe", "sixty.txt", "--aws")

    assert "The stack's schedule goes on with it each day" in done.stdout
    assert (len(cloud.store.unfinished()), cloud.stepfunctions.started, runs) == (1, [], [])


def test_on_aws_the_days_part_is_made_by_the_state_machine(stockflow, cloud):
    """Where a person does not want to wait for the schedule."""
    stockflow("--universe", "sixty.txt", "--aws")

    stockflow("--aws")

    assert [json.loads(start["input"]) for start in cloud.stepfunctions.started] == [{"backfill": "next"}]


def test_on_aws_it_is_changed_in_the_bucket(stockflow, cloud):
    """By conditional writes, beside the runs there."""
    stockflow("--universe", "sixty.txt", "--aws")

    stockflow("--pause", "--stack", "stockflow-dev")

    assert cloud.store.unfinished()[0].status == "paused"


def test_a_bucket_that_may_not_be_read_ends_in_a_sentence(stockflow, cloud):
    """Exit status 1."""
    cloud.s3.fail("AccessDenied")

    done = stockflow("--status", "--aws")

    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)
    assert "may not" in done.stderr
