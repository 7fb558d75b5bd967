"""Every way that a run of daily prices can go."""

import json
import time

import pytest

from stockflow.embedded.faults import AwsFault
from stockflow.local_servers.slack_inbox import SlackReply
from stockflow_functions.channels import delivery
from tests.helpers.forgetting import forget_symbols

from .conftest import entered, prices, statuses


def said(aws, channel):
    return [message.text for message in aws.slack.messages if message.channel == channel]


def test_all_well(run):
    """Two new symbols are saved with 100 rows each, the run succeeds, and Slack is told on the info channel."""
    done = run({"symbols": ["aapl", " MSFT ", "AAPL"]})

    assert done.status == "SUCCEEDED"
    assert done.manifest["outcome"] == "succeeded"
    assert statuses(done.manifest) == {"AAPL": "saved", "MSFT": "saved"}
    assert [done.symbols[symbol]["rows_added"] for symbol in ("AAPL", "MSFT")] == [100, 100]
    assert len(prices(done.aws, "AAPL")) == 100
    assert len(said(done.aws, "info")) == 1


def test_the_run_is_in_its_folder(run):
    """A run leaves its manifest, its saved run and its page."""
    done = run({"symbols": "AAPL"})

    assert {path.name for path in done.folder.iterdir()} >= {"manifest.json", "run.json", "report.html", "plan.json"}
    assert json.loads((done.folder / "manifest.json").read_text()) == done.manifest


def test_a_symbol_costs_four_state_transitions(run):
    """WaitForSlot, Fetch, Transform and Save are each entered once a symbol."""
    done = run({"symbols": ["A", "B", "C"]})

    assert [entered(done.events, state) for state in ("WaitForSlot", "Fetch", "Transform", "Save")] == [3, 3, 3, 3]


def test_the_same_again_changes_nothing(start_aws):
    """A second run over the same answers finds every symbol unchanged and writes no price object."""
    aws = start_aws()
    aws.wait(aws.start({"symbols": ["AAPL"]}))
    file = aws.output_dir / "prices/daily/AAPL.parquet"
    first, written_ns = file.read_bytes(), file.stat().st_mtime_ns
    forget_symbols(aws)

    manifest = aws.wait(aws.start({"symbols": ["AAPL"]}))

    assert statuses(manifest) == {"AAPL": "unchanged"}
    assert (file.read_bytes(), file.stat().st_mtime_ns) == (first, written_ns)


def test_a_second_process_adds_to_the_first(start_aws):
    """What one embedded AWS left in a folder is what the next one begins with: it asks for what is missing alone."""
    first = start_aws()
    first.wait(first.start({"symbols": ["AAPL"]}))
    first.close()

    second = start_aws()
    manifest = second.wait(second.start({"symbols": ["AAPL", "MSFT"]}))

    assert statuses(manifest) == {"AAPL": "fresh", "MSFT": "saved"}
    assert [request.symbol for request in second.vendor.requests] == ["MSFT"]


def test_a_run_of_fresh_symbols_asks_nothing(start_aws):
    """It succeeds with Plan and Notify alone, and people hear that all is up to date."""
    aws = start_aws()
    aws.wait(aws.start({"symbols": ["AAPL"]}))

    arn = aws.start({"symbols": ["AAPL"]})
    manifest = aws.wait(arn)

    assert (aws.status(arn), manifest["outcome"], statuses(manifest)) == ("SUCCEEDED", "succeeded", {"AAPL": "fresh"})
    assert len(aws.vendor.requests) == 1
    assert aws.slack.messages[-1].text.startswith("Prices are up to date already: 1 fresh")


def test_adjusted_full_history(run):
    """The adjusted series since 1999 is stored with its three further columns."""
    done = run({"symbols": ["IBM"], "series": "daily_adjusted", "outputsize": "full"})

    table = prices(done.aws, "IBM", "daily_adjusted")
    assert list(table.columns)[-3:] == ["adjusted_close", "dividend_amount", "split_coefficient"]
    assert len(table) > 6000


def test_throttled_and_then_well(run):
    """A symbol that is refused once is fetched in a slot of its own and saved."""
    done = run({"symbols": ["AAPL", "MSFT"]}, faults={"AAPL": ["throttled"]})

    assert statuses(done.manifest) == {"AAPL": "saved", "MSFT": "saved"}
    assert done.symbols["AAPL"]["attempts"] > 1
    assert done.status == "SUCCEEDED"


def test_an_unknown_symbol_among_good_ones(run):
    """The others are saved; the run ends red, and the warning names the symbol, its state and its error."""
    done = run({"symbols": ["AAPL", "UNKNOWN1", "MSFT"]})

    assert statuses(done.manifest) == {"AAPL": "saved", "UNKNOWN1": "failed", "MSFT": "saved"}
    assert done.symbols["UNKNOWN1"]["error"]["type"] == "UnknownSymbol"
    assert done.symbols["UNKNOWN1"]["error"]["state"] == "Fetch"
    assert (done.status, done.description["error"]) == ("FAILED", "SymbolsFailed")
    assert done.manifest["outcome"] == "partial"
    (warning,) = said(done.aws, "warning")
    assert "UNKNOWN1" in warning


def test_an_unknown_symbol_costs_one_request(run):
    """In whichever of its ways the vendor says so, and were it to answer better the next time."""
    ways = ("unknown", "empty_object", "no_rows")
    done = run({"symbols": list("ABC")}, faults=dict(zip("ABC", [[way] for way in ways], strict=True)))

    assert {symbol["error"]["type"] for symbol in done.symbols.values()} == {"UnknownSymbol"}
    assert sorted(request.symbol for request in done.aws.vendor.requests) == ["A", "B", "C"]
    assert [symbol["attempts"] for symbol in done.symbols.values()] == [1, 1, 1]


def test_a_failed_symbol_can_leave_the_run_green(run):
    """With FAIL_RUN_ON_SYMBOL_FAILURE off, a partial run ends well."""
    done = run({"symbols": ["AAPL", "UNKNOWN1"]}, {"FAIL_RUN_ON_SYMBOL_FAILURE": "false"})

    assert (done.status, done.manifest["outcome"]) == ("SUCCEEDED", "partial")


def test_the_quota_spent_half_way(run):
    """Once the vendor says that the day is spent, nothing more is asked; the rest is deferred, which is no failure."""
    symbols = [f"S{number}" for number in range(6)]
    done = run({"symbols": symbols}, {"REQUESTS_PER_MINUTE": "100"}, requests_per_day=3)

    assert sorted(statuses(done.manifest).values()) == ["deferred"] * 3 + ["saved"] * 3
    assert len(done.aws.vendor.requests) == 4
    assert done.status == "SUCCEEDED"
    assert len(said(done.aws, "warning")) == 1


def test_more_symbols_than_the_day_pays_for(run):
    """Plan defers what the day's quota can't pay for before anything is asked."""
    done = run({"symbols": ["A", "B", "C"]}, {"REQUESTS_PER_DAY": "2"})

    assert statuses(done.manifest) == {"A": "saved", "B": "saved", "C": "deferred"}
    assert len(done.aws.vendor.requests) == 2


def test_a_refused_key(run):
    """The run ends red after one request, on the error channel, and the key is in no file."""
    secret = "SECRETKEY12345"
    environment = {"ALPHA_VANTAGE_API_KEY": secret, "REQUESTS_PER_MINUTE": "60"}
    done = run({"symbols": ["A", "B", "C"]}, environment, api_keys=["another"])

    assert (done.status, done.description["error"]) == ("FAILED", "InvalidApiKey")
    assert done.manifest["outcome"] == "failed"
    assert done.manifest["error"]["type"] == "InvalidApiKey"
    assert done.manifest["error"]["state"] == "Fetch"
    assert len(done.aws.vendor.requests) == 1
    assert len(said(done.aws, "error")) == 1
    files = [path for path in done.aws.output_dir.rglob("*") if path.is_file()]
    assert not [path for path in files if secret.encode() in path.read_bytes()]


def test_the_vendor_is_down(run, no_back_off):
    """Every symbol fails as ProviderUnavailable after its retries, and the run ends red."""
    done = run({"symbols": ["A", "B"]}, faults={"*": ["http_503_html"] * 20})

    assert {symbol["error"]["type"] for symbol in done.symbols.values()} == {"ProviderUnavailable"}
    assert (done.status, done.manifest["outcome"]) == ("FAILED", "failed")


def test_s3_refuses_the_dataset(run):
    """A denied write fails the symbol in Save, and says so."""

    def deny(aws):
        aws.faults.add(AwsFault("s3", "AccessDenied", operation="PUT", key_contains="prices/"))

    done = run({"symbols": ["AAPL"]}, prepare=deny)

    assert done.symbols["AAPL"]["error"] == {
        "type": "StorageDenied",
        "message": done.symbols["AAPL"]["error"]["message"],
        "state": "Save",
    }
    assert "prices/daily/AAPL.parquet" in done.symbols["AAPL"]["error"]["message"]


def test_s3_refuses_everything(run):
    """Even without any record there is a manifest that says which state failed, and how."""

    def deny(aws):
        aws.faults.add(AwsFault("s3", "AccessDenied", operation="PUT"))

    done = run({"symbols": ["AAPL"]}, prepare=deny)

    assert done.status == "FAILED"
    assert done.manifest["outcome"] == "failed"


def test_slack_is_down(run, no_back_off, monkeypatch):
    """Prices are saved and the manifest is written; the run that nobody could be told of ends red."""
    monkeypatch.setattr(delivery, "WAIT_SECONDS", 0.01)
    done = run({"symbols": ["AAPL"]}, prepare=lambda aws: aws.slack.answer_always(SlackReply(500)))

    assert statuses(done.manifest) == {"AAPL": "saved"}
    assert len(prices(done.aws, "AAPL")) == 100
    assert (done.status, done.description["error"]) == ("FAILED", "NotificationFailed")


@pytest.mark.parametrize(
    ("workflow_input", "word"),
    [
        ({}, "STOCK_SYMBOLS"),
        ({"symbols": ["../x"]}, "../x"),
        ({"symbols": ["A" * 40]}, "A" * 20),
        ({"symbols": ["🚀"]}, "🚀"),
        ({"symbols": ["A"], "serie": "daily"}, "serie"),
        ({"symbols": ["A"], "series": "hourly"}, "hourly"),
        (["A"], "object"),
        ("AAPL", "object"),
    ],
)
def test_an_input_that_cannot_be_used(run, workflow_input, word):
    """The run fails as InvalidInput with a sentence that quotes what is wrong, and asks for nothing."""
    done = run(workflow_input)

    assert (done.status, done.description["error"]) == ("FAILED", "InvalidInput")
    assert word in done.manifest["error"]["message"]
    assert done.manifest["error"]["state"] == "Plan"
    assert done.aws.vendor.requests == []
    assert len(said(done.aws, "error")) == 1


def test_nothing_to_do(run):
    """A scheduled run on a day on which the market is closed is skipped, and says why."""
    done = run({"symbols": ["AAPL"], "trigger": "schedule", "scheduled_time": "2026-12-25T22:30:00Z"})

    assert (done.status, done.manifest["outcome"]) == ("SUCCEEDED", "skipped")
    assert done.aws.vendor.requests == []


def test_a_stopped_run_ends_as_aborted(start_aws):
    """Its end is the last event, as on AWS, and says who stopped it, whatever its lanes were in the middle of."""
    aws = start_aws({"REQUESTS_PER_MINUTE": "30"})
    arn = aws.start({"symbols": [f"S{number}" for number in range(6)]})
    while not aws.vendor.requests:
        time.sleep(0.02)

    aws.stop(arn)
    manifest = aws.wait(arn, timeout_seconds=30)

    reason = {"error": "Stopped", "cause": "Stopped by the user on this machine."}
    last = json.loads((aws.run_folder(arn) / "run.json").read_text())["events"][-1]
    assert (aws.status(arn), manifest["error"]["type"]) == ("ABORTED", "Stopped")
    assert (last["type"], last["executionAbortedEventDetails"]) == ("ExecutionAborted", reason)


def test_a_stopped_run_gives_the_rest_of_the_day_back(start_aws):
    """What a stopped run had reserved and not asked for, the next run may ask for today."""
    aws = start_aws({"REQUESTS_PER_MINUTE": "30", "REQUESTS_PER_DAY": "20"})
    arn = aws.start({"symbols": [f"S{number}" for number in range(20)]})
    while not aws.vendor.requests:
        time.sleep(0.02)
    aws.stop(arn)
    aws.wait(arn, timeout_seconds=30)

    second = aws.start({"symbols": [f"S{number}" for number in range(20)]})
    while not (plan := aws.run_folder(second) / "plan.json").exists():
        time.sleep(0.02)
    planned = json.loads(plan.read_text())
    aws.stop(second)
    aws.wait(second, timeout_seconds=30)

    assert len(planned["work"]) > 10


# monkeypatch comes first in the next two, and so is undone last: the embedded AWS puts back the environment it found.
def test_a_proxy_for_the_internet_is_not_asked_for_this_machine(monkeypatch, run):
    """A laptop behind a proxy runs as any other: what is on 127.0.0.1 is reached directly."""
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    for variable in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(variable, "http://127.0.0.1:9")

    done = run({"symbols": ["AAPL"]})

    assert statuses(done.manifest) == {"AAPL": "saved"}


def test_a_profile_and_an_endpoint_for_aws_do_not_concern_the_laptop(monkeypatch, run):
    """Variables that lead boto3 to an account or an emulator leave the embedded AWS alone."""
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")

    done = run({"symbols": ["AAPL"]})

    assert statuses(done.manifest) == {"AAPL": "saved"}


def test_a_stopped_run_keeps_what_is_done(start_aws):
    """After a stop in the middle, what was saved is in the dataset and in the manifest."""
    aws = start_aws({"REQUESTS_PER_MINUTE": "60"})
    arn = aws.start({"symbols": [f"S{number}" for number in range(20)]})
    while len(list((aws.output_dir / "prices").rglob("*.parquet"))) < 2:
        time.sleep(0.02)
    aws.stop(arn)

    manifest = aws.wait(arn, timeout_seconds=30)

    saved = [symbol for symbol, status in statuses(manifest).items() if status == "saved"]
    assert manifest["outcome"] == "failed"
    assert len(saved) >= 2
    assert all(len(prices(aws, symbol)) == 100 for symbol in saved)
