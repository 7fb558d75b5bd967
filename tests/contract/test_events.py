"""The inputs in events/ are inputs that Plan takes, and the stack's rules make such inputs of AWS's events."""

import json
import re

import pytest

from functions.messages.alarm import alarm_message
from functions.notify.failed_run import FailedRun
from functions.plan.request import DroppedList, request_of
from functions.plan.symbols import symbols_of, symbols_of_text
from tests.contract.stack import ROOT, resources

EVENTS = ROOT / "events"
INPUTS = sorted(EVENTS.glob("*.json"))


def read(name):
    return json.loads((EVENTS / name).read_text())


def matches(pattern, event):
    """Whether EventBridge would match: the event has every field of the pattern, with one of its values.

    docs.aws.amazon.com/eventbridge/latest/userguide, "Event patterns"; as much of it as the template uses.
    """
    return all(
        matches(wanted, event.get(field, {}))
        if isinstance(wanted, dict)
        else any(fits(one, event.get(field)) for one in wanted)
        for field, wanted in pattern.items()
    )


def fits(wanted, value):
    """Whether one value of an event is as one value of a pattern wants it."""
    match wanted:
        case {"prefix": prefix}:
            return value.startswith(prefix)
        case {"numeric": [">", least]}:
            return value > least
        case _:
            return value == wanted


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
    rule, event = resources("AWS::Events::Rule")["InboxRule"], read("eventbridge/object_created.json")
    pattern = {**rule["EventPattern"], "detail": {**rule["EventPattern"]["detail"], "bucket": {"name": ["stockflow"]}}}
    assert matches(pattern, event)
    made = transformed(rule["Targets"][0]["InputTransformer"], event)
    assert made == read("inbox_list.json")
    assert request_of(made).dropped == DroppedList("stockflow", "inbox/symbols.csv")


@pytest.mark.parametrize(
    ("key", "size"),
    [("prices/daily/AAPL.parquet", 9), ("raw/inbox/x", 9), ("runs/inbox/manifest.json", 9), ("inbox/", 0)],
)
def test_no_other_object_starts_a_run(key, size):
    """A run's own writes start no other run, nor does the empty object that the console makes of a folder."""
    pattern = resources("AWS::Events::Rule")["InboxRule"]["EventPattern"]["detail"]["object"]
    assert not matches(pattern, {"key": key, "size": size})


def test_the_example_list_is_read_with_its_bad_line_reported():
    """The list in events/inbox gives its four symbols, and a sentence about the line that is none."""
    symbols, complaints = symbols_of_text((EVENTS / "inbox" / "symbols.csv").read_text())
    assert symbols == ["AAPL", "MSFT", "BRK-B", "TSCO.LON"]
    assert len(complaints) == 1


def test_an_alarm_reaches_notify():
    """CloudWatch's event for an alarm that begins matches the rule, and becomes the report that Notify understands."""
    rule, event = resources("AWS::Events::Rule")["AlarmRule"], read("eventbridge/alarm.json")
    assert matches({**rule["EventPattern"], "resources": [event["resources"]]}, event)
    made = transformed(rule["Targets"][0]["InputTransformer"], event)
    assert made == {"report": "alarm", "event": event}
    assert alarm_message(made["event"]).kind == "error"


def test_an_end_that_no_catch_sees_reaches_notify():
    """An execution's time-out matches the rule, and becomes the report that Notify understands."""
    rule, event = resources("AWS::Events::Rule")["FailedRunRule"], read("eventbridge/execution_timed_out.json")
    assert set(rule["EventPattern"]["detail"]["status"]) == {"FAILED", "TIMED_OUT", "ABORTED"}
    pattern = {**rule["EventPattern"], "detail": {"status": rule["EventPattern"]["detail"]["status"]}}
    assert matches(pattern, event)
    made = transformed(rule["Targets"][0]["InputTransformer"], event)
    assert made["report"] == "event"
    assert FailedRun.from_event(made["event"]).execution == "2026-11-20-daily"
