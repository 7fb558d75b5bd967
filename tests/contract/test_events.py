"""The inputs in events/ are inputs that the planners take, and the stack's rules make such inputs of AWS's events."""

import json
import re
from datetime import date

import pytest
from moto.events.models import EventPattern

from stockflow.testing import FakeAws
from stockflow_functions.aws import keys
from stockflow_functions.daily_prices.plan.list_text import symbols_of_text
from stockflow_functions.daily_prices.plan.request import request_of
from stockflow_functions.daily_prices.plan.symbols import symbols_of
from stockflow_functions.daily_prices.tables.app import update
from stockflow_functions.domain.inputs import ObjectPlace
from stockflow_functions.earnings_calls.plan.request import calls_in
from stockflow_functions.earnings_calls.plan.request import request_of as request_of_calls
from stockflow_functions.reporting.alarm import alarm_message
from stockflow_functions.reporting.failed_run import FailedRun
from tests.helpers.price_objects import prices_object
from tests.helpers.stack import ROOT, WORKFLOWS, resources

EVENTS = ROOT / "events"
MACHINES = "arn:aws:states:us-east-1:123456789012:stateMachine:stockflow-"
INPUTS = sorted(EVENTS.glob("*.json"))
OF_CALLS = [path for path in INPUTS if path.name.startswith("calls_")]
OF_PRICES = [path for path in INPUTS if path not in OF_CALLS]
TODAY = date(2026, 11, 20)
NOTHING_DONE = {
    "execution": "one",
    "trigger": "console",
    "series": "daily",
    "started_at": "2026-11-20T22:30:00Z",
    "symbols": [],
}
"""The part of a manifest that matters here."""
FAILED_RUN_RULES = {"FailedRunRule": "DailyPrices", "FailedCallsRunRule": "EarningsCalls"}
"""The rule of failed runs of each state machine."""
each_machine = pytest.mark.parametrize(("name", "machine"), FAILED_RUN_RULES.items(), ids=FAILED_RUN_RULES.values())


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
            return "stockflow" if name == "Bucket" else f"{MACHINES}{name}"
        case {"Fn::Sub": str(text)}:
            return re.sub(r"\$\{(\w+)\}", lambda found: f"{MACHINES}{found[1]}", text)
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


@pytest.mark.parametrize("path", OF_PRICES, ids=lambda path: path.stem)
def test_every_input_is_one_that_plan_takes(path):
    """Each file in events/ that is not of calls is a workflow input with usable symbols."""
    request = request_of(json.loads(path.read_text()))
    assert request.dropped or request.backfill or symbols_of(request.symbols, "AAPL")


@pytest.mark.parametrize("path", OF_CALLS, ids=lambda path: path.stem)
def test_every_input_of_calls_is_one_that_plan_calls_takes(path):
    """Each of the others is an input of earnings calls, with usable names of calls."""
    assert calls_in(request_of_calls(json.loads(path.read_text())), TODAY)


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: path.stem)
def test_every_input_is_told_of(path):
    """Each file has its line in events/README.md."""
    assert f"`{path.name}`" in (EVENTS / "README.md").read_text()


def test_the_schedule_of_calls_sends_the_scheduled_input():
    """What the template's second schedule sends is events/calls_scheduled.json, with symbols and time put in."""
    target = resources("AWS::Scheduler::Schedule")["CallSchedule"]["Target"]
    example = read("calls_scheduled.json")
    sent = target["Input"]["Fn::Sub"].replace("${CallSymbols}", example["symbols"])
    assert json.loads(sent.replace("<aws.scheduler.scheduled-time>", example["scheduled_time"])) == example


@pytest.mark.parametrize(("schedule", "file"), [("Schedule", "scheduled"), ("BackfillSchedule", "backfill_scheduled")])
def test_a_schedule_sends_its_example(schedule, file):
    """What the template's schedules send is in events/, with Scheduler's time; the one of a universe too."""
    example = read(f"{file}.json")
    of_universe, of_symbols = sent_by(schedule, example["scheduled_time"])
    assert of_symbols == example
    assert of_universe == {**example, "universe": "listed:NASDAQ"}


def test_the_scheduled_universe_is_an_example_too():
    """It differs from the other scheduled input by the universe only."""
    assert read("scheduled_universe.json") == {**read("scheduled.json"), "universe": "listed:NASDAQ"}


def sent_by(schedule, moment):
    """What a schedule sends at that moment: with the parameter Universe, and without."""
    _, of_universe, of_symbols = resources("AWS::Scheduler::Schedule")[schedule]["Target"]["Input"]["Fn::If"]
    texts = (of_universe["Fn::Sub"].replace("${Universe}", "listed:NASDAQ"), of_symbols)
    return [json.loads(text.replace("<aws.scheduler.scheduled-time>", moment)) for text in texts]


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


def test_a_dropped_call_starts_a_run_of_it():
    """S3's event for an object under calls/ matches the rule, and becomes the input that names the object."""
    event = read("eventbridge/call_created.json")
    assert matches("CallRule", event)
    made = transformed(rule("CallRule")["Targets"][0]["InputTransformer"], event)
    assert made == read("calls_dropped.json")
    (call,) = calls_in(request_of_calls(made), TODAY)
    assert (call.name, call.door) == ("AAPL/2026-10-29.mp3", "audio")


@pytest.mark.parametrize(
    "changes",
    [
        {"detail__object__key": "inbox/symbols.csv"},
        {"detail__object__key": "calls/readme.txt"},
        {"detail__object__key": "raw/calls/AAPL/2026-10-29/e.json.gz"},
        {"detail__object__key": "scratch/e/calls/AAPL/2026-10-29.mp3"},
        {"detail__object__key": "transcriptions/stockflow-AAPL-2026-10-29-0a1b2c3d4e5f.json"},
        {"detail__object__key": "tone/AAPL.parquet"},
        {"detail__object__size": 0},
        {"detail__bucket__name": "another"},
        {"detail-type": "Object Deleted"},
    ],
    ids=str,
)
def test_no_other_object_starts_a_run_of_calls(changes):
    """What a run writes starts no other run, nor does what lies in no folder of a symbol, or is empty."""
    assert not matches("CallRule", altered("eventbridge/call_created.json", **changes))


def manifest_event(key):
    """S3's event of an object under that key."""
    return altered("eventbridge/object_created.json", detail__object__key=key)


def test_a_runs_manifest_has_the_tables_updated():
    """The rule gives the function the manifest's key, by which it updates the tables and the catalog."""
    event = manifest_event("runs/one/manifest.json")
    assert matches("UpdateTablesRule", event)
    made = transformed(rule("UpdateTablesRule")["Targets"][0]["InputTransformer"], event)
    aws = FakeAws()
    aws.s3.place(keys.prices("daily", "A"), prices_object("A", {"2026-11-19": 1}))
    aws.s3.put_json("runs/one/manifest.json", NOTHING_DONE)
    assert update(made, aws.services)["copied"] == 1


@pytest.mark.parametrize(
    "key",
    [
        "runs/one/plan.json",
        "runs/one/symbols/A.json",
        "scratch/one/runs/one/manifest.json",
        "tables/daily/2026.parquet",
        "catalog.parquet",
        "prices/daily/A.parquet",
    ],
)
def test_no_other_object_has_the_tables_updated(key):
    """A smoke run's manifest least of all, and what the function itself writes."""
    assert not matches("UpdateTablesRule", manifest_event(key))


def test_an_object_starts_one_workflow():
    """A list is none of calls, and a call none of lists."""
    assert not matches("CallRule", read("eventbridge/object_created.json"))
    assert not matches("InboxRule", read("eventbridge/call_created.json"))


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


def ended(machine, **changes):
    """Step Functions's event for a run of that machine that timed out."""
    return altered("eventbridge/execution_timed_out.json", detail__stateMachineArn=f"{MACHINES}{machine}", **changes)


@each_machine
@pytest.mark.parametrize("status", ["FAILED", "TIMED_OUT", "ABORTED"])
def test_an_end_that_no_catch_sees_reaches_the_notifier(name, machine, status):
    """An execution's red end matches its machine's rule, and becomes the report that the notifier understands."""
    event = ended(machine, detail__status=status)
    assert matches(name, event)
    (target,) = rule(name)["Targets"]
    made = transformed(target["InputTransformer"], event)
    assert made["report"] == "event"
    assert FailedRun.from_event(made["event"]).execution == "2026-11-20-daily"


@each_machine
def test_a_failed_run_is_told_by_its_own_workflows_notifier(name, machine):
    """The alias of the function that the workflow names."""
    (notifier,) = [workflow.notifier for workflow in WORKFLOWS if workflow.machine == machine]
    (target,) = rule(name)["Targets"]
    assert target["Arn"] == {"Ref": f"{notifier}FunctionAliaslive"}


@each_machine
@pytest.mark.parametrize("qualifier", [":live", ":7"])
def test_a_run_of_a_version_or_an_alias_is_heard_of(name, machine, qualifier):
    """However AWS names the machine in the event: by its own ARN, a version's or an alias's."""
    assert matches(name, ended(f"{machine}{qualifier}"))


@each_machine
@pytest.mark.parametrize("changes", [{"detail__status": "RUNNING"}, {"detail__status": "SUCCEEDED"}], ids=str)
def test_no_other_status_reaches_the_notifier(name, machine, changes):
    """A start and a green end are not handed on."""
    assert not matches(name, ended(machine, **changes))


@each_machine
def test_no_other_machines_failure_reaches_the_notifier(name, machine):
    """Neither another stack's, nor one whose name goes on, nor that of the stack's other workflow."""
    others = [f"{machine}OfAnother", *(other for other in FAILED_RUN_RULES.values() if other != machine)]
    assert [other for other in others if matches(name, ended(other))] == []
    another_stacks = {"detail__stateMachineArn": f"{MACHINES}{machine}".replace("stockflow-", "another-")}
    assert not matches(name, altered("eventbridge/execution_timed_out.json", **another_stacks))
