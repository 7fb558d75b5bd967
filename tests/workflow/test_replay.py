"""``stockflow replay``: one state of a laptop run again, exactly, and without effect."""

import json
import os
import re
import shlex
import subprocess
import sys
from dataclasses import replace
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from stockflow.cli.main import main
from stockflow.cloud.stack import Aws
from stockflow.embedded.aws import EmbeddedAws
from stockflow.embedded.faults import AwsFault
from stockflow.simulated_alpha_vantage import SimulatedVendor
from stockflow_functions.channels.delivery import Delivery
from stockflow_functions.daily_prices.transform import app as transform_app
from stockflow_functions.domain.prices.finding import Finding, summed_up
from stockflow_functions.domain.prices.parquet import decode, encode
from stockflow_functions.domain.prices.series import DAILY
from tests.helpers.vendor_bodies import bar, body, weekdays

from .conftest import FAST, SOON_SECONDS

UNSET = ("ALPHA_VANTAGE_API_KEY", "ALPHA_VANTAGE_BASE_URL", "MOCK_MODE", "SLACK_WEBHOOK_URL_INFO")
DAYS = weekdays("2026-09-01", 20)
GOOD = {day: bar(100.0 + n) for n, day in enumerate(DAYS)}
IMPOSSIBLE = {day: bar(10.0, high=1.0, low=20.0) for day in DAYS[:2]}


def contents(folder):
    """Every file with its bytes and the moment it was written."""
    files = (file for file in folder.rglob("*") if file.is_file())
    return {file.relative_to(folder): (file.read_bytes(), file.stat().st_mtime_ns) for file in files}


def ended_run(folder, symbols, **vendor_options):
    """Runs these symbols in the folder and closes it all; gives what is left."""
    with SimulatedVendor(**vendor_options) as vendor, EmbeddedAws(folder, FAST, vendor=vendor) as aws:
        arn = aws.start({"symbols": symbols})
        manifest = aws.wait(arn, timeout_seconds=SOON_SECONDS)
        return SimpleNamespace(
            root=folder, folder=aws.run_folder(arn), manifest=manifest, events=aws.history_since(arn, 0)
        )


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """A run of AAPL, MSFT (cut off once, then well), NFLX (no usable bar) and XX (unknown), which has ended."""
    recorded = tmp_path_factory.mktemp("recorded")
    (recorded / "daily").mkdir()
    for symbol, rows in {"AAPL": GOOD, "MSFT": GOOD, "NFLX": IMPOSSIBLE}.items():
        (recorded / f"daily/{symbol}.compact.json").write_bytes(body(rows, symbol))
    folder = tmp_path_factory.mktemp("ran") / "out"
    return ended_run(folder, ["AAPL", "MSFT", "NFLX", "XX"], recordings=recorded, faults={"MSFT": ["truncated"]})


@pytest.fixture
def replay(ran, monkeypatch):
    """Replays in that run, and says how it went and whether any file was touched."""
    for name in UNSET:
        monkeypatch.delenv(name, raising=False)

    def call(*arguments, script=None, run=ran):
        before = contents(run.root)
        done = CliRunner().invoke(main, ("replay", str(run.folder), *arguments), input=script)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.output
        return SimpleNamespace(status=done.exit_code, text=done.output, touched=contents(run.root) != before)

    return call


@pytest.mark.parametrize(
    "arguments",
    [
        ("--symbol", "AAPL", "--state", "Fetch"),
        ("--symbol", "AAPL", "--state", "Transform"),
        ("--symbol", "AAPL", "--state", "Save"),
        ("--symbol", "MSFT", "--state", "Save"),
        ("--state", "Notify"),
    ],
)
def test_a_good_state_gives_the_same_again(replay, arguments):
    """With the run's own objects and time a state returns what it returned then, to the last field."""
    done = replay(*arguments)

    assert done.status == 0, done.text
    assert "The same output as then." in done.text


def test_a_replayed_plan_shows_an_idle_budget(replay, monkeypatch):
    """With the settings of the run a plan differs only in slots and in what the budget had counted, and says why."""
    for name, value in FAST.items():
        monkeypatch.setenv(name, value)

    done = replay("--state", "Plan")

    # Where one symbol's slot then is another one's slot now, the diff pairs the two by their time.
    changed = set(re.findall(r'^[-+] +"(\w+)"', done.text, re.MULTILINE)) - {"symbol"}
    assert {"day_used"} <= changed <= {"not_before", "first_slot_at", "last_slot_at", "day_used", "sentence"}
    assert "Here the table was empty" in done.text
    assert (done.status, done.touched) == (0, False)


def test_the_error_notifier_is_replayed_too(tmp_path, replay):
    """A run that failed as a whole: its Plan fails the same again, and NotifyFailure tells what it told."""
    run = ended_run(tmp_path / "out", [])

    plan, notifier = replay("--state", "Plan", run=run), replay("--state", "NotifyFailure", run=run)

    assert "InvalidInput: There are no symbols" in plan.text
    assert "The same error as then." in plan.text
    assert "The same output as then." in notifier.text
    assert "Would have notified people (error):" in notifier.text
    assert (plan.status, plan.touched, notifier.status, notifier.touched) == (1, False, 0, False)


@pytest.mark.parametrize(
    ("state", "key"),
    [
        ("Fetch", r"raw/daily/AAPL/\S+\.json\.gz  [\d,]+ bytes, the same bytes as are there"),
        ("Transform", r"staged/\S+/AAPL\.parquet  [\d,]+ bytes, the same bytes as are there"),
        ("Save", r"prices/daily/AAPL\.parquet  [\d,]+ bytes, new"),
    ],
)
def test_nothing_is_written_but_told(replay, state, key):
    """No file is touched; what would have been written is listed, beside what is there."""
    done = replay("--symbol", "AAPL", "--state", state)

    assert not done.touched
    assert re.search(f"Would have written:\n  {key}", done.text), done.text


def test_nobody_is_told_anything(replay, monkeypatch):
    """A replayed Notify prints its message; the webhooks of the environment hear nothing."""
    monkeypatch.setenv("SLACK_WEBHOOK_URL_WARNING", "http://127.0.0.1:9/real")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    posted = []
    usual = Delivery._post
    monkeypatch.setattr(Delivery, "_post", lambda self, url, *rest: (posted.append(url), usual(self, url, *rest)))

    done = replay("--state", "Notify")

    assert re.search(r"Would have notified people \(warning\):\n  2 of 4 symbols failed", done.text), done.text
    assert [url for url in posted if "/real" in url] == []
    assert not done.touched


def test_a_failed_state_fails_the_same_again(replay, ran):
    """The traceback is printed from the handler on, and it is the one of then."""
    done = replay("--symbol", "NFLX")

    failed = next(event for event in ran.events if event["type"] == "TaskFailed" and "BadPrices" in str(event))
    trace = json.loads(failed["taskFailedEventDetails"]["cause"])["stackTrace"]
    frames = [re.search(r'File "(\S+)", line (\d+), in (\w+)', line).groups() for line in trace]
    assert done.status == 1
    assert re.findall(r'File "(\S+)", line (\d+), in (\w+)', done.text) == [
        frame for frame in frames if not frame[0].endswith("state.py")
    ]
    assert "stockflow_functions.domain.errors.BadPrices: None of the 2 bars of NFLX can be used" in done.text
    assert "The same error as then." in done.text
    assert not done.touched


def test_a_handler_that_is_mended_shows_its_output(replay, monkeypatch):
    """After a repair the replay says what failed then, and what is returned now; the status is 0."""
    monkeypatch.setattr(transform_app, "transform_answer", _lenient(transform_app.transform_answer))

    done = replay("--symbol", "NFLX")

    assert done.status == 0, done.text
    assert "Then it failed with BadPrices" in done.text
    assert '"rows": 0' in done.text


def _lenient(transform_answer):
    """The change under trial: a series without a usable bar counts as one that is not settled yet."""
    return lambda *arguments, **options: replace(transform_answer(*arguments, **options), left_out=2)


def test_a_bug_shows_its_whole_traceback(tmp_path, replay, monkeypatch):
    """An error that is none of the workflow's own is printed as Python prints it, and compared with then."""

    def broken(*_, **__):
        return {}["adjusted close"]

    monkeypatch.setattr(transform_app, "transform_answer", broken)

    done = replay("--symbol", "AAPL", run=ended_run(tmp_path / "out", ["AAPL"]))

    assert done.status == 1
    assert "in broken" in done.text
    assert "KeyError: 'adjusted close'" in done.text
    assert "The same error as then." in done.text


def test_a_changed_handler_shows_the_difference(replay, monkeypatch):
    """A handler that returns something else now is told by the lines that differ."""
    monkeypatch.setattr(transform_app, "summed_up", lambda findings: summed_up([*findings, Finding("", "Odd.")]))

    done = replay("--symbol", "AAPL", "--state", "Transform")

    assert done.status == 0
    assert '+    "Odd."' in done.text
    assert '"first_date"' not in done.text


def test_an_event_names_the_attempt(replay, ran):
    """--event takes the very attempt that the event is of: MSFT's first, whose answer was cut off."""
    first = next(event["id"] for event in ran.events if event["type"] == "TaskFailed" and "Unavailable" in str(event))

    done = replay("--event", str(first))

    assert "Fetch of MSFT" in done.text
    assert "attempt 1 (event" in done.text
    assert "ProviderUnavailable: Alpha Vantage's JSON is cut off" in done.text
    assert "The same error as then." in done.text


def test_fetch_asks_nobody(replay, monkeypatch):
    """It gets the answer that was stored, or the one that was refused; the vendor of the environment hears nothing."""
    with SimulatedVendor() as vendor:
        monkeypatch.setenv("ALPHA_VANTAGE_BASE_URL", vendor.url)
        answered, refused = replay("--symbol", "AAPL", "--state", "Fetch"), replay("--symbol", "XX")

    assert vendor.requests == []
    assert answered.status == 0
    assert refused.status == 1
    assert "stockflow_functions.domain.errors.UnknownSymbol: " in refused.text
    assert "The same error as then." in refused.text


def in_the_debugger(run, *arguments, script):
    """In a process of its own, as on a terminal: click's runner gives the debugger other streams."""
    before = contents(run.root)
    command = [sys.executable, "-c", "from stockflow.cli.main import main; main()", "replay", str(run.folder)]
    environment = {"PATH": os.environ["PATH"], "HOME": str(run.root), "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [*command, *arguments, "--pdb"],
        input=script,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stderr == ""
    return SimpleNamespace(status=done.returncode, text=done.stdout, touched=contents(run.root) != before)


def test_the_debugger_stops_at_the_first_line_and_at_the_error(ran):
    """--pdb begins in the state's own function with its event, and after the error it is where that was raised."""
    script = "p event['symbol']\ncontinue\np len(done.rejected)\nquit\n"

    done = in_the_debugger(ran, "--symbol", "NFLX", script=script)

    assert "-> run, symbol, bucket = event" in done.text
    assert "(Pdb) 'NFLX'" in done.text
    assert re.search(r"-> raise BadPrices.*\n\(Pdb\) 2\n", done.text), done.text
    assert (done.status, done.touched) == (1, False)


def test_leaving_the_debugger_ends_the_replay(ran):
    """Quitting before the handler's end says so, without a traceback."""
    done = in_the_debugger(ran, "--symbol", "AAPL", "--state", "Transform", script="quit\n")

    assert done.text.splitlines()[-1].endswith("Left the debugger.")
    assert (done.status, done.touched) == (0, False)


@pytest.mark.parametrize(
    ("arguments", "status", "word"),
    [
        (("--symbol", "NONE"), 1, "AAPL"),
        (("--symbol", "AAPL", "--state", "Merge"), 1, "Transform"),
        (("--symbol", "AAPL"), 1, "--state"),
        (("--symbol", "AAPL", "--state", "WaitForSlot"), 2, "Transform"),
        (("--event", "99999"), 1, "99999"),
        (("--event", "0"), 2, "--event"),
    ],
)
def test_what_is_not_there_is_told_with_what_is(replay, arguments, status, word):
    """A symbol, a state or an event that the run has not: one sentence that says which it has."""
    done = replay(*arguments)

    assert (done.status, done.touched) == (status, False)
    assert word in done.text


def test_live_has_its_effects(tmp_path, replay):
    """With --live the state's writes are made: a staged table that is gone is there again."""
    run = ended_run(tmp_path / "out", ["AAPL"])
    staged = run.root / f"staged/{run.manifest['execution']}/AAPL.parquet"
    before = staged.read_bytes()
    staged.unlink()

    done = replay("--symbol", "AAPL", "--state", "Transform", "--live", run=run)

    assert done.status == 0, done.text
    assert "with effect" in done.text
    assert staged.read_bytes() == before


def test_a_price_object_that_changed_since_is_told(tmp_path, replay):
    """A folder keeps no earlier versions: where a later run wrote, the replay says that this is not as it was then."""
    run = ended_run(tmp_path / "out", ["AAPL"])
    file = run.root / "prices/daily/AAPL.parquet"
    file.write_bytes(encode(decode(file.read_bytes(), DAILY, "AAPL").table.iloc[:-1], DAILY))

    done = replay("--symbol", "AAPL", "--state", "Save", run=run)

    assert '-  "rows_added": 100' in done.text
    assert "Changed since that call, so not as it was found then: prices/daily/AAPL.parquet." in done.text


class OnAws:
    """The clients of an embedded AWS, with a Lambda that tells a function's settings."""

    def __init__(self, aws):
        self.region_name = "us-east-1"
        self.asked = []
        self._aws = aws

    def client(self, name, **options):
        return self if name == "lambda" else self._aws.session.client(name, **options)

    def get_function_configuration(self, FunctionName):  # noqa: N803 # boto3's own name
        self.asked.append(FunctionName)
        return {"Environment": {"Variables": {"S3_BUCKET": self._aws.settings.bucket}}}

    def versions(self):
        listed = self._aws.session.client("s3").list_object_versions(Bucket=self._aws.settings.bucket)["Versions"]
        return [(item["Key"], item["VersionId"]) for item in listed]


@pytest.fixture(scope="module")
def aws_run(tmp_path_factory):
    """A run whose objects are in S3 and have been written again since, with its saved run in a file elsewhere."""
    folder = tmp_path_factory.mktemp("aws")
    with SimulatedVendor() as vendor, EmbeddedAws(folder / "out", FAST, vendor=vendor) as aws:
        arn = aws.start({"symbols": ["AAPL"]})
        aws.wait(arn, timeout_seconds=SOON_SECONDS)
        aws.wait(aws.start({"symbols": ["AAPL"], "force": True}), timeout_seconds=SOON_SECONDS)
        saved = json.loads((aws.run_folder(arn) / "run.json").read_text())
        file = folder / "fetched.json"
        file.write_text(json.dumps({**saved, "engine": {"name": "AWS Step Functions"}}))
        yield aws, file


@pytest.fixture
def on_aws(aws_run, monkeypatch):
    """Replays in that run, and says how it went and whether any object was touched."""
    for name in UNSET:
        monkeypatch.delenv(name, raising=False)
    aws, file = aws_run
    session = OnAws(aws)
    monkeypatch.setattr("stockflow.cli.commands.replay.Aws", lambda region: Aws(region, session))

    def call(*arguments):
        before = session.versions()
        done = CliRunner().invoke(main, ("replay", str(file), *arguments))
        assert done.exception is None or isinstance(done.exception, SystemExit), done.output
        return SimpleNamespace(status=done.exit_code, text=done.output, touched=session.versions() != before)

    yield SimpleNamespace(replay=call, session=session, aws=aws)
    aws.faults.clear()


@pytest.mark.parametrize("state", ["Fetch", "Transform", "Save"])
def test_a_run_on_aws_is_replayed_with_the_bucket_of_the_time(on_aws, state):
    """What the bucket held at the call is read, whatever has been written since, and nothing is written."""
    done = on_aws.replay("--symbol", "AAPL", "--state", state)

    assert done.status == 0, done.text
    assert "The same output as then." in done.text, done.text
    assert not done.touched


def test_the_settings_are_those_of_the_function_version_that_ran(on_aws):
    """Lambda is asked for the very version that the history names."""
    on_aws.replay("--symbol", "AAPL", "--state", "Transform")

    (asked,) = on_aws.session.asked
    assert re.fullmatch(r"arn:aws:lambda:us-east-1:\d{12}:function:stockflow-Transform(-\d+)?:live", asked)


def test_the_test_state_command_can_be_pasted(on_aws):
    """Role, region, input and a definition whose parameters are those of the call: no path leads out of the state."""
    done = on_aws.replay("--symbol", "AAPL", "--state", "Transform")

    words = shlex.split(done.text.splitlines()[-1])
    given = dict(zip(words[3::2], words[4::2], strict=True))
    state = json.loads(given["--definition"])
    assert words[:3] == ["aws", "stepfunctions", "test-state"]
    assert given["--region"] == "us-east-1"
    assert given["--role-arn"].startswith("arn:aws:iam::")
    assert json.loads(given["--input"])["symbol"] == "AAPL"
    assert state["Parameters"]["Payload"]["answer"]["key"].startswith("raw/daily/AAPL/")
    assert "$$" not in given["--definition"]
    assert (state["Type"], state["Next"], len(state["Retry"])) == ("Task", "Save", 3)


def test_live_on_aws_writes_to_the_bucket(on_aws):
    """With --live the handler works on the real bucket; its log and its metrics stay off the terminal."""
    done = on_aws.replay("--symbol", "AAPL", "--state", "Transform", "--live")

    assert done.status == 0, done.text
    assert done.text.splitlines()[1:3] == ["The same output as then.", ""]
    assert done.touched


def test_a_bucket_that_may_not_be_read_is_no_failure_of_the_handler(on_aws):
    """A missing right is one sentence that names it, without a traceback."""
    on_aws.aws.faults.add(AwsFault("s3", "AccessDenied", operation="GET", key_contains="raw/daily"))

    done = on_aws.replay("--symbol", "AAPL", "--state", "Transform")

    assert done.status == 1
    assert "s3:GetObjectVersion" in done.text
    assert "Traceback" not in done.text
