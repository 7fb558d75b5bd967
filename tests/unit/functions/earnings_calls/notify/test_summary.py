"""The report at the end of a run of calls."""

import pytest

from stockflow.local_servers.slack_inbox import SlackInbox
from stockflow_functions.earnings_calls.names import DEFERRED_AS
from stockflow_functions.earnings_calls.notify.app import reporter_of
from stockflow_functions.earnings_calls.outcome import CallOutcome
from stockflow_functions.reporting.notifier import Desk, Notifier
from tests.helpers.aws_with_slack import AwsWithSlack

EXECUTION = "2026-10-30-morning"
NO_REQUESTS = {"planned": 0, "first_slot_at": None, "last_slot_at": None, "interval_ms": None}


@pytest.fixture
def stage():
    with SlackInbox() as inbox:
        yield AwsWithSlack(inbox, TONE_ENGINE="VADER 3.3.2 (local lexicon)")


def item(name, door):
    return {"symbol": name, "call": {"door": door}, "not_before": "2026-10-30T06:00:01.000Z"}


def summary(*entries, planned=0, unchanged=(), trigger="schedule"):
    run = {
        "execution": EXECUTION,
        "execution_arn": f"arn:aws:states:eu-west-1:210987654321:execution:EarningsCalls:{EXECUTION}",
        "started_at": "2026-10-30T06:00:00.250Z",
        "trigger": trigger,
    }
    doors = {".mp3": "audio", "json": "transcript"}
    plan = {
        "run": run,
        "work": [item(entry["symbol"], doors.get(entry["symbol"][-4:], "vendor")) for entry in entries],
        "deferred": [],
        "unchanged": list(unchanged),
        "skipped": None,
        "requests": {**NO_REQUESTS, "planned": planned},
        "warnings": [],
        "sentence": "…",
        "symbols": list(entries),
    }
    return {"report": "summary", "plan": plan, "retry_count": 0}


def saved(stage, name, **more):
    record = CallOutcome(name, "saved", company="AAPL", call_date="2026-10-29", passages=9, tone=0.18, **more)
    stage.s3.put_json(f"runs/{EXECUTION}/symbols/{name.replace('/', '%2F')}.json", record.as_dict())
    return {"symbol": name, "status": "saved"}


def notified(stage, event):
    result = Notifier(reporter_of(stage.services), Desk.of(stage.services)).notify(event)
    return result, stage.s3.json(f"runs/{EXECUTION}/manifest.json")


def test_the_manifest_has_the_records_of_the_calls(stage):
    """And what judged them; people are told the tone."""
    result, manifest = notified(stage, summary(saved(stage, "AAPL/2026-10-29.json")))
    assert (result["outcome"], result["sentence"]) == ("succeeded", "AAPL, 2026-10-29: tone +0.18.")
    assert manifest["symbols"][0]["passages"] == 9
    assert manifest["engines"] == {"speech": "Amazon Transcribe", "tone": "VADER 3.3.2 (local lexicon)"}
    assert [message.channel for message in stage.inbox.messages] == ["info"]


@pytest.mark.parametrize(("planned", "source"), [(0, ""), (1, "www.alphavantage.co")])
def test_the_vendors_host_is_noted_where_it_was_asked(stage, planned, source):
    """A transcript that people dropped in comes from them."""
    _, manifest = notified(stage, summary(saved(stage, "AAPL/2026Q3"), planned=planned))
    assert manifest["source"] == source


def test_calls_that_were_deferred_are_remembered(stage):
    """The next scheduled run asks for them first."""
    late = {"symbol": "AMZN/2026Q3", "status": "deferred"}
    _, manifest = notified(stage, summary(late, planned=1))
    assert manifest["outcome"] == "partial"
    assert stage.services.deferred.remembered(DEFERRED_AS) == ["AMZN/2026Q3"]


def test_a_call_that_was_killed_has_the_maps_error(stage):
    """Its record is missing: what the Map says of it has to do."""
    killed = {"status": "failed", "error": {"type": "Sandbox.Timedout", "state": "JudgeTone"}}
    _, manifest = notified(stage, summary({"symbol": "AAPL/2026-10-29.mp3", **killed}))
    assert manifest["symbols"][0]["error"]["state"] == "JudgeTone"
    assert "Sandbox.Timedout in JudgeTone" in stage.inbox.messages[0].text


def test_calls_that_are_in_the_dataset_already_are_unchanged(stage):
    """They had no iteration, and no record."""
    _, manifest = notified(stage, summary(unchanged=["AAPL/2026-10-29.json"]))
    assert (manifest["symbols"][0]["status"], manifest["outcome"]) == ("unchanged", "succeeded")
