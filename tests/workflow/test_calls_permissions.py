"""The permissions of calls in template.yaml are what the functions need, no more and no less, as all runs show."""

import json
from contextlib import ExitStack
from types import SimpleNamespace

import pytest

from stockflow_functions.aws import keys
from stockflow_functions.domain.clock import SystemClock, to_iso
from stockflow_functions.earnings_calls.names import MOST_CALLS
from stockflow_functions.earnings_calls.workflow import EARNINGS_CALLS
from tests.workflow.calls_stage import GIVEN, LAST_QUARTER, WORKFLOW, YESTERDAY, CallsStage, told, wav
from tests.workflow.enforcement import Enforcement

STATES = [function.name for function in EARNINGS_CALLS.functions]
TOPIC = "arn:aws:sns:us-east-1:123456789012:stockflow"
RECORDING, TRANSCRIPT = "ACME/2026-10-21.wav", "ACME/2026-10-22.json"
PUBLISHED, UNPUBLISHED = "VENDOR/2024Q1@2024-04-24", f"NONE/{LAST_QUARTER}@{YESTERDAY}"
UNDATED = "VENDOR/2024Q2"
BROKEN, NO_AUDIO, TORN = "ACME/2026-10-23.json", "ACME/2026-10-24.wav", "TORN/2026-10-21.json"
# Needed where a run can't easily be brought: with the reason.
RARER = {
    ("JudgeTone", "comprehend:DetectSentiment"): "a passage that a batch refuses is asked about alone; none is here",
}
RUN = {"execution": "e", "trigger": "console", "language": "", "force": False, "generation": 0, "spare_events": 1000}


@pytest.fixture(scope="module")
def enforced(tmp_path_factory):
    """IAM during runs of every kind, and how those ended."""
    with Enforcement() as iam, ExitStack() as stack:
        stage = CallsStage(stack, tmp_path_factory.mktemp("out"), SNS_TOPIC_ARN=TOPIC, REQUESTS_PER_MINUTE="300")
        ends = usual_runs(stage)
        rare_calls(stage)
    return SimpleNamespace(iam=iam, ends=ends)


def usual_runs(stage):
    """Runs by every door, with calls that end in every way, twice; gives how each ended."""
    for name, body in (
        (RECORDING, wav()),
        (TRANSCRIPT, GIVEN),
        (BROKEN, b"{"),
        (NO_AUDIO, b"ID3\0 no audio"),
        (TORN, GIVEN),
    ):
        stage.drop(name, body)
    stage.bucket.put(keys.tone("TORN"), b"no table")
    stage.vendor.fail("VENDOR", "throttled")
    runs = [stage.run(RECORDING, TRANSCRIPT, PUBLISHED, UNDATED, UNPUBLISHED, BROKEN, NO_AUDIO, TORN)]
    runs.append(stage.run(RECORDING, TRANSCRIPT, PUBLISHED, UNDATED))
    # As if the first run had been killed before it saved: the job is adopted, and its transcript looked for.
    settings = stage.aws.settings
    stage.aws.session.client("s3").delete_object(Bucket=settings.bucket, Key=keys.transcript("ACME", "2026-10-21"))
    runs.append(stage.run(RECORDING))
    runs.append(stage.run("../x"))
    runs.append(smoke_run(stage))
    return [end_of(manifest) for manifest in runs]


def smoke_run(stage):
    """A run whose objects are all below scratch/; gives its manifest."""
    execution = "trial"
    for name, body in ((RECORDING, wav()), (TRANSCRIPT, GIVEN), (NO_AUDIO, b"ID3\0 no audio")):
        stage.bucket.put(keys.scratch(execution) + keys.call_object(name), body)
    started = stage.aws.stepfunctions.start_execution(
        stateMachineArn=stage.aws.machines[WORKFLOW].state_machine_arn,
        name=execution,
        input=json.dumps({"symbols": [RECORDING, TRANSCRIPT, NO_AUDIO, PUBLISHED], "trigger": "smoke"}),
    )
    stage.end(started["executionArn"])
    return stage.bucket.below(keys.scratch(execution)).get_json(keys.manifest(execution))


def end_of(manifest):
    """How a run ended, and each of its calls."""
    failed = manifest["error"]
    ended = " in ".join(filter(None, (failed["type"], failed["state"]))) if failed else manifest["outcome"]
    return ended, {one["symbol"]: told(one) for one in manifest["symbols"]}


def rare_calls(stage):
    """A repeated planner, a budget of an older release, a last try, a run that was stopped, and what is gone."""
    stage.vendor.fail("VENDOR", "throttled")
    for state, event in rare_events(stage.jobs()):
        item = {"pk": {"S": f"budget#{stage.aws.settings.budget_name}"}, "version": {"N": "0"}}
        if state != "NotifyCalls":
            stage.aws.services.dynamodb.put_item(TableName=stage.aws.settings.table, Item=item)
        stage.aws.machines[WORKFLOW].functions[state](json.dumps(event).encode())


def rare_events(jobs):
    """Functions with their events; how the calls end does not matter here."""
    now = to_iso(SystemClock().now_ms())
    plan = {"execution": "e", "execution_arn": "a", "started_at": now, "retry_count": 1}
    run = {**RUN, "execution_arn": "a", "started_at": now}
    call = {"symbol": "VENDOR", "date": "2024-07-24", "label": "", "quarter": "2024Q2", "door": "vendor"}
    asked = {
        "run": run,
        "symbol": "VENDOR/2024Q2@2024-07-24",
        "call": {**call, **dict.fromkeys(("key", "etag", "bytes"))},
    }
    gone = {**asked, "call": {**asked["call"], "door": "audio", "key": "calls/GONE/2026-10-21.wav", "etag": "e"}}
    job = {"name": next(name for name in jobs if "2026-10-21" in name), "wait_seconds": 1, "looks": 0, "tries": 1}
    staged = {"key": "staged/e/gone", "attempts": 0, "looks": 0, "jobs": 0, "seconds": None, "source": "given"}
    last_try = {"not_before": now, "moves": 0, "tries": 5, "generation": 0}
    stopped = {"name": "stopped", "executionArn": "a", "status": "ABORTED", "startDate": 0, "input": "{}"}

    yield "PlanCalls", {**plan, "input": {"symbols": [asked["symbol"]]}}
    yield "PlanCalls", {**plan, "input": {"symbols": [asked["symbol"]], "trigger": "smoke"}}
    yield "FetchTranscript", {**asked, "slot": {"not_before": now, "moves": 0}, "retry_count": 0}
    for trigger in ("console", "smoke"):
        yield "FetchTranscript", {**asked, "run": {**run, "trigger": trigger}, "slot": last_try, "retry_count": 1}
    yield "StartTranscription", {**gone, "job": {**job, "name": ""}, "retry_count": 0}
    yield "LookAtTranscription", {**gone, "job": job, "retry_count": 0}
    raw = {**staged, "key": "raw/calls/VENDOR/2024Q2/gone.json.gz", "fetched_at": now}
    yield "ReadTranscript", {**asked, "transcript": raw, "retry_count": 0}
    yield "JudgeTone", {**asked, "passages": staged, "retry_count": 0}
    yield "SaveTone", {**asked, "judged": staged, "retry_count": 0}
    many = [f"S{number}/2024Q1@2024-04-24" for number in range(MOST_CALLS)]
    yield "PlanCalls", {**plan, "execution": "stopped", "input": {"symbols": many}}
    yield "NotifyCalls", {"report": "event", "event": {"detail": stopped}}


@pytest.mark.parametrize("state", STATES)
def test_a_function_may_do_all_that_it_does(state, enforced):
    """Nothing that a function asked for in all those runs was refused to its role."""
    assert enforced.iam.asked[state]
    assert enforced.iam.refused[state] == set()


def test_every_kind_of_run_goes_through(enforced):
    """With IAM between functions and calls runs end as they should."""
    assert enforced.ends == [
        (
            "partial",
            {
                RECORDING: "saved",
                TRANSCRIPT: "saved",
                PUBLISHED: "saved",
                UNDATED: "saved",
                UNPUBLISHED: "deferred NotPublishedYet in FetchTranscript",
                BROKEN: "failed BadTranscript in ReadTranscript",
                NO_AUDIO: "failed AudioRefused in LookAtTranscription",
                TORN: "saved",
            },
        ),
        ("succeeded", dict.fromkeys((RECORDING, TRANSCRIPT, PUBLISHED, UNDATED), "unchanged")),
        ("succeeded", {RECORDING: "unchanged"}),
        ("InvalidInput in PlanCalls", {}),
        (
            "partial",
            {
                RECORDING: "saved",
                TRANSCRIPT: "saved",
                NO_AUDIO: "failed AudioRefused in LookAtTranscription",
                PUBLISHED: "saved",
            },
        ),
    ]


@pytest.mark.parametrize("state", STATES)
def test_a_function_does_all_that_it_may(state, enforced):
    """Each permission of a function's role was used in one of those runs: none is there by mistake."""
    assert [one for one in enforced.iam.unused(state) if (state, one[0]) not in RARER] == []


@pytest.mark.parametrize(
    ("taken_away", "name", "end"),
    [
        ("PlanCallsRole/LookAtCalls", TRANSCRIPT, "StorageDenied in PlanCalls"),
        ("StartTranscriptionRole/StartJobs", RECORDING, "StorageDenied in StartTranscription"),
        ("StartTranscriptionRole/WriteTranscript", RECORDING, "StorageDenied in StartTranscription"),
        ("LookAtTranscriptionRole/LookAtItsJobs", RECORDING, "StorageDenied in LookAtTranscription"),
        ("JudgeToneRole/JudgePassages", TRANSCRIPT, "StorageDenied in JudgeTone"),
        ("SaveToneRole/WriteTone", TRANSCRIPT, "StorageDenied in SaveTone"),
    ],
)
def test_a_run_fails_where_a_permission_is_missing(taken_away, name, end, tmp_path):
    """Without one statement of its role a function is refused there, and the run says so."""
    with Enforcement(without=taken_away) as iam, ExitStack() as stack:
        stage = CallsStage(stack, tmp_path)
        stage.drop(name, wav() if name == RECORDING else GIVEN)
        ended, calls = end_of(stage.run(name))

    assert end in {ended, calls.get(name, "").removeprefix("failed ")}
    assert [f"{state}Role" for state, refused in iam.refused.items() if refused] == [taken_away.partition("/")[0]]
