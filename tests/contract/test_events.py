"""The inputs in events/ are inputs that Plan takes, and the stack's rules make such inputs of AWS's events."""

import json
import re

import pytest
from moto.events.models import EventPattern

from stockflow_functions.daily_prices.plan.list_text import symbols_of_text
from stockflow_functions.daily_prices.plan.request import request_of
from stockflow_functions.daily_prices.plan.symbols import symbols_of
from stockflow_functions.domain.inputs import ObjectPlace
from stockflow_functions.reporting.alarm import alarm_message
from stockflow_functions.reporting.failed_run import FailedRun
from tests.helpers.stack import ROOT, resources

EVENTS = ROOT / "events"
MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:stockflow-DailyPrices"
INPUTS = sorted(EVENTS.glob("*.json"))


def read(name):
    return json.loads((EVENTS / name).read_text())


def rule(name):
    """A rule of the stack stockflow-dev, with names and ARNs put into its pattern."""
    found = resources("AWS::Events::Rule")[name]
    return {**found, "EventPattern": resolved(found["EventPattern"])}


def resolved(value):
    """What CloudFormation makes of the references that the patterns have."""
    match value:
        case {"Ref": name}:
            return {"Bucket": "stockflow", "DailyPrices": MACHINE}[name]
        case {"Fn::Sub": "${DailyPrices}:"}:
            return f"{MACHINE}:"
        case {"Fn::GetAtt": [alarm, "Arn"]} if alarm in resources("AWS::CloudWatch::Alarm"):
            return f"arn:aws:cloudwatch:us-east-1:123456789012:alarm:stockflow-dev-{alarm}"
        case {"Fn::If": ["IsScheduled", yes, _]}:
            return resolved(yes)
    if isinstance(value, dict):
        return {name: resolved(part) for name, part in value.items()}
    return [resolved(part) for part in value] if isinstance(value, list) else value


def matches(name, event):
    """Whether EventBridge would match the event to the rule, as moto has its rules."""
    return EventPattern.load(json.dumps(rule(name)["EventPattern"])).matches_event(event)


def altered(name, **changes):
    """A sample event in which some fields of ``detail``, or the event's own, are others."""
    event = read(name)
    for path, value in changes.items():
        *parents, last = path.split("__")
        part = event
        for parent in parents:
            part = part[parent]
        part[last] = value
    return event


def transformed(transformer, event):
    """What an InputTransformer makes of an event: JSON values put in the place of <names>."""

    def value(match):
        name = match.group(1)
        if name == "aws.events.event.json":
            return json.dumps(event)
        found = event
        for part in transformer["InputPathsMap"][name].removeprefix("$.").split("."):
            found = found[part]
        return json.dumps(found)

    return json.loads(re.sub(r"<([\w.-]+)>", value, transformer["InputTemplate"]))


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: path.stem)
def test_every_input_is_one_that_plan_takes(path):
    """Each file in events/ is a workflow input with usable symbols."""
    request = request_of(json.loads(path.read_text()))
    assert request.dropped or symbols_of(request.symbols, "AAPL")


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: path.stem)
def test_every_input_is_told_of(path):
    """Each file has its line in events/README.md."""
    assert f"`{path.name}`" in (EVENTS / "README.md").read_text()


def test_the_schedule_sends_the_scheduled_input():
    """What the template's schedule sends is events/scheduled.json, with the time that Scheduler puts in."""
    target = resources("AWS::Scheduler::Schedule")["Schedule"]["Target"]
    example = read("scheduled.json")
    sent = target["Input"].replace("<aws.scheduler.scheduled-time>", example["scheduled_time"])
    assert json.loads(sent) == example


def test_a_dropped_list_starts_a_run_of_it():
    """S3's event for an object under inbox/ matches the rule, and becomes the input that names the list."""
    event = read("eventbridge/object_created.json")
    assert matches("InboxRule", event)
    made = transformed(rule("InboxRule")["Targets"][0]["InputTransformer"], event)
    assert made == read("inbox_list.json")
    assert request_of(made).dropped == ObjectPlace("stockflow", "inbox/symbols.csv")


@pytest.mark.parametrize(
    "changes",
    [
        {"detail__object__key": "prices/daily/AAPL.parquet"},
        {"detail__object__key": "raw/inbox/x"},
        {"detail__object__key": "scratch/e/inbox/x"},
        {"detail__object__size": 0},
        {"detail__bucket__name": "another"},
        {"detail-type": "Object Deleted"},
        {"source": "custom.s3"},
    ],
    ids=str,
)
def test_no_other_object_starts_a_run(changes):
    """A run's own writes start no other run, nor does the empty object that the console makes of a folder."""
    assert not matches("InboxRule", altered("eventbridge/object_created.json", **changes))


def test_the_example_list_is_read_with_its_bad_line_reported():
    """The list in events/inbox gives its four symbols, and a sentence about the line that is none."""
    symbols, complaints = symbols_of_text((EVENTS / "inbox" / "symbols.csv").read_text())
    assert symbols == ["AAPL", "MSFT", "BRK-B", "TSCO.LON"]
    assert len(complaints) == 1


def test_an_alarm_reaches_notify():
    """CloudWatch's event for an alarm that begins matches the rule, and becomes the report that Notify understands."""
    event = read("eventbridge/alarm.json")
    assert matches("AlarmRule", event)
    made = transformed(rule("AlarmRule")["Targets"][0]["InputTransformer"], event)
    assert made == {"report": "alarm", "event": event}
    assert alarm_message(made["event"]).kind == "error"


@pytest.mark.parametrize(
    "changes",
    [
        {"detail__state__value": "OK"},
        {"detail__state__value": "INSUFFICIENT_DATA"},
        {"resources": ["arn:aws:cloudwatch:us-east-1:123456789012:alarm:stockflow-dev-RunFailed"]},
        {"resources": ["arn:aws:cloudwatch:us-east-1:123456789012:alarm:stockflow-prd-RunLate"]},
    ],
    ids=str,
)
def test_no_other_alarm_reaches_notify(changes):
    """The end of an alarm, the one of which the run has told, and another stack's are not handed on."""
    assert not matches("AlarmRule", altered("eventbridge/alarm.json", **changes))


@pytest.mark.parametrize("status", ["FAILED", "TIMED_OUT", "ABORTED"])
def test_an_end_that_no_catch_sees_reaches_notify(status):
    """An execution's red end matches the rule, and becomes the report that Notify understands."""
    event = altered("eventbridge/execution_timed_out.json", detail__status=status)
    assert matches("FailedRunRule", event)
    made = transformed(rule("FailedRunRule")["Targets"][0]["InputTransformer"], event)
    assert made["report"] == "event"
    assert FailedRun.from_event(made["event"]).execution == "2026-11-20-daily"


@pytest.mark.parametrize("qualifier", [":live", ":7"])
def test_a_run_of_a_version_or_an_alias_is_heard_of(qualifier):
    """However AWS names the machine in the event: by its own ARN, a version's or an alias's."""
    assert matches(
        "FailedRunRule",
        altered("eventbridge/execution_timed_out.json", detail__stateMachineArn=f"{MACHINE}{qualifier}"),
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"detail__status": "RUNNING"},
        {"detail__status": "SUCCEEDED"},
        {"detail__stateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:another"},
        {"detail__stateMachineArn": f"{MACHINE}OfAnother"},
    ],
    ids=str,
)
def test_no_other_execution_reaches_notify(changes):
    """A start, a green end and another workflow's failure are not handed on."""
    assert not matches("FailedRunRule", altered("eventbridge/execution_timed_out.json", **changes))
