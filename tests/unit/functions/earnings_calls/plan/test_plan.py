"""The handler of PlanCalls."""

import gzip
import json

import pytest

from stockflow.testing import FakeAws, client_error
from stockflow_functions.domain.budget.arithmetic import ReservationRequest
from stockflow_functions.domain.errors import InvalidInput, StorageDenied, StorageUnavailable
from stockflow_functions.earnings_calls.history import spare_events
from stockflow_functions.earnings_calls.names import DEFERRED_AS, MOST_CALLS
from stockflow_functions.earnings_calls.plan.app import handler, plan
from stockflow_functions.earnings_calls.plan.objects import LARGEST_RECORDING_BYTES, LARGEST_TRANSCRIPT_BYTES
from tests.helpers.call_line import NOW, CallLine
from tests.helpers.transcripts import published, written_down

RECORDING = b"ID3\0\0recording"
LARGEST_STATE_BYTES = 262_144
NO_JOB = {"name": "", "wait_seconds": 0, "looks": 0, "tries": 0}


@pytest.fixture
def aws():
    return FakeAws()


def event(workflow_input, execution="run-1", retry_count=0):
    return {
        "input": workflow_input,
        "execution": execution,
        "execution_arn": f"arn:aws:states:us-east-1:1:execution:m:{execution}",
        "started_at": NOW,
        "retry_count": retry_count,
    }


def planned(aws, *symbols, execution="run-1", **more):
    return plan(event({"symbols": list(symbols), **more}, execution), aws.services)


def names(made):
    return [item["symbol"] for item in made["work"]]


def remembered(aws):
    return aws.services.deferred.remembered(DEFERRED_AS)


def used_today(aws):
    """How many of the day's requests are spoken for, told by a run that needs one more."""
    return planned(aws, "IBM/2020Q1", execution="run-9")["requests"]["day_used"] - 1


def refusal(aws, *symbols):
    with pytest.raises(InvalidInput) as caught:
        planned(aws, *symbols)
    return str(caught.value)


def test_plan_has_the_shape_of_the_contract(aws):
    """A recording begins with a job; the same object is stored."""
    aws.s3.place("calls/AAPL/2026-10-29.mp3", RECORDING)
    made = planned(aws, "AAPL/2026-10-29.mp3", language="en-US")

    assert made == {
        "run": {
            "execution": "run-1",
            "execution_arn": "arn:aws:states:us-east-1:1:execution:m:run-1",
            "started_at": NOW,
            "trigger": "console",
            "language": "en-US",
            "force": False,
            "generation": 0,
            "spare_events": spare_events(["audio"]),
        },
        "work": [
            {
                "symbol": "AAPL/2026-10-29.mp3",
                "call": {
                    "symbol": "AAPL",
                    "date": "2026-10-29",
                    "label": "",
                    "quarter": "",
                    "door": "audio",
                    "key": "calls/AAPL/2026-10-29.mp3",
                    "etag": aws.services.bucket.facts("calls/AAPL/2026-10-29.mp3").etag,
                    "bytes": len(RECORDING),
                },
                "not_before": NOW,
                "progress": {"state": "StartTranscription", "job": NO_JOB, "transcript": None},
            }
        ],
        "deferred": [],
        "unchanged": [],
        "skipped": None,
        "requests": {
            "planned": 0,
            "first_slot_at": None,
            "last_slot_at": None,
            "interval_ms": None,
            "day_limit": None,
            "day_used": None,
            "day_left": None,
            "day_resets_at": None,
        },
        "warnings": [],
        "sentence": "1 call to be written down.",
    }
    assert aws.s3.json("runs/run-1/plan.json") == made


def test_transcript_is_read_at_once(aws):
    """Its place is known from the start."""
    aws.s3.place("calls/AAPL/2026-10-29.json", written_down())
    (item,) = planned(aws, "AAPL/2026-10-29.json")["work"]

    assert item["progress"] == {
        "state": "ReadTranscript",
        "job": None,
        "transcript": {
            "key": "calls/AAPL/2026-10-29.json",
            "fetched_at": NOW,
            "attempts": 0,
            "looks": 0,
            "jobs": 0,
            "language": "",
        },
    }


def test_vendors_transcripts_have_a_slot_each(aws):
    """Out of the budget that prices spend too, one interval apart."""
    made = planned(aws, "IBM/2024Q1", "MSFT/2024Q1@2024-04-24")

    assert [item["not_before"][17:] for item in made["work"]] == ["01.750Z", "03.750Z"]
    assert [item["progress"] for item in made["work"]] == [
        {"state": "FetchTranscript", "job": None, "transcript": None}
    ] * 2
    assert [item["call"]["date"] for item in made["work"]] == [None, "2024-04-24"]
    assert made["requests"]["planned"] == 2


def test_plan_in_one_line_says_what_is_done_with_the_calls(aws):
    """For the console."""
    aws.s3.place("calls/AAPL/2026-10-29.mp3", RECORDING)
    aws.s3.place("calls/AAPL/2026-07-30.json", written_down())
    made = planned(aws, "AAPL/2026-10-29.mp3", "AAPL/2026-07-30.json", "IBM/2024Q1")

    assert made["sentence"].startswith("1 call to be written down, 1 call with a transcript, 1 call to be asked for. ")


def test_run_without_a_request_does_not_touch_the_budget(aws):
    """Only the vendor's calls are paced."""
    aws.s3.place("calls/AAPL/2026-10-29.json", written_down())
    planned(aws, "AAPL/2026-10-29.json")

    assert aws.dynamodb.calls == {}


def test_calls_that_the_day_can_not_pay_for_are_deferred_and_remembered(aws):
    """The others go; a recording never waits for the vendor's quota."""
    aws.s3.place("calls/AAPL/2026-10-29.mp3", RECORDING)
    aws.services.budget.reserve(ReservationRequest(24))
    made = planned(aws, "IBM/2024Q1", "MSFT/2024Q1", "AAPL/2026-10-29.mp3")

    assert (names(made), made["deferred"]) == (["IBM/2024Q1", "AAPL/2026-10-29.mp3"], ["MSFT/2024Q1"])
    assert remembered(aws) == ["MSFT/2024Q1"]


def test_scheduled_run_takes_up_what_was_deferred(aws):
    """First, and it is remembered no more."""
    aws.services.deferred.add(DEFERRED_AS, ["MSFT/2024Q1"])
    made = planned(aws, "IBM/2024Q1", trigger="schedule")

    assert names(made) == ["MSFT/2024Q1", "IBM/2024Q1"]
    assert remembered(aws) == []


def test_scheduled_run_without_a_call_is_skipped(aws):
    """Nothing was left, which is no mistake."""
    made = plan(event({"trigger": "schedule"}), aws.services)

    assert (made["work"], made["skipped"]) == ([], "The input names no call, and earlier runs left none.")


def test_scheduled_run_leaves_what_it_has_no_room_for(aws):
    """It goes in the run after."""
    waiting = [f"S{number}/2024Q1" for number in range(MOST_CALLS + 10)]
    unlimited = aws.services_with(REQUESTS_PER_DAY="0")
    aws.services.deferred.add(DEFERRED_AS, waiting)
    made = plan(event({"trigger": "schedule"}), unlimited)

    assert names(made) == waiting[:MOST_CALLS]
    assert remembered(aws) == waiting[MOST_CALLS:]


def test_smoke_run_leaves_no_trace_outside_of_its_scratch(aws):
    """What it could not pay for is not remembered for others."""
    aws.services.budget.reserve(ReservationRequest(25))
    plan(event({"symbols": "IBM/2024Q1", "trigger": "smoke"}), aws.services)

    assert remembered(aws) == []


def test_repeated_plan_is_the_same(aws):
    """Its requests are reserved once."""
    first = planned(aws, "IBM/2024Q1")

    assert plan(event({"symbols": ["IBM/2024Q1"]}, retry_count=1), aws.services) == first
    assert used_today(aws) == 1


def test_plan_that_died_before_it_was_stored_reserves_its_slots_once(aws):
    """The retry finds the reservation."""
    aws.s3.fail("SlowDown", "put_object")
    with pytest.raises(StorageUnavailable):
        planned(aws, "IBM/2024Q1")
    aws.s3.heal()
    plan(event({"symbols": ["IBM/2024Q1"]}, retry_count=1), aws.services)

    assert used_today(aws) == 1


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("AAPL/2026-10-29.mp3", None, "There is no object s3://stockflow/calls/AAPL/2026-10-29.mp3: drop it there"),
        ("AAPL/2026-10-29.mp3", b"", "has 0 bytes: write 1 to 2,147,483,648"),
        ("AAPL/2026-10-29.json", b"", "has 0 bytes: write 1 to 25,000,000"),
        ("AAPL/2026-10-29.mp3", b"Good day, and welcome.\r\n", "is a text, not a recording"),
        ("AAPL/2026-10-29.wav", written_down(), "is a text, not a recording"),
    ],
)
def test_object_that_can_not_be_judged_is_told_before_anything_is_paid_for(aws, name, body, said):
    """Missing, empty, or a text that is called a recording."""
    if body is not None:
        aws.s3.place(f"calls/{name}", body)

    assert said in refusal(aws, name)
    assert "runs/run-1/plan.json" not in aws.s3.objects


@pytest.mark.parametrize(
    ("name", "largest"),
    [("AAPL/2026-10-29.mp3", LARGEST_RECORDING_BYTES), ("AAPL/2026-10-29.json", LARGEST_TRANSCRIPT_BYTES)],
)
def test_object_that_is_too_large_is_told(aws, monkeypatch, name, largest):
    """By its size alone."""
    aws.s3.place(f"calls/{name}", RECORDING)
    head = aws.s3.head_object
    monkeypatch.setattr(aws.s3, "head_object", lambda **asked: {**head(**asked), "ContentLength": largest + 1})

    assert f"has {largest + 1:,} bytes: write 1 to {largest:,} of them" in refusal(aws, name)


def test_object_of_another_bucket_is_refused(aws):
    """Somebody's rule sends other events."""
    dropped = {"bucket": "another", "key": "calls/AAPL/2026-10-29.mp3"}

    with pytest.raises(InvalidInput, match=r"object\.bucket is 'another': drop calls into stockflow"):
        plan(event({"object": dropped}), aws.services)


def test_dropped_object_is_planned(aws):
    """As S3's event has it."""
    aws.s3.place("calls/AAPL/2026-10-29.mp3", RECORDING)
    dropped = {"bucket": "stockflow", "key": "calls/AAPL/2026-10-29.mp3", "etag": "1"}
    made = plan(event({"object": dropped, "trigger": "inbox"}), aws.services)

    assert (names(made), made["run"]["trigger"]) == (["AAPL/2026-10-29.mp3"], "inbox")


@pytest.mark.parametrize(("code", "error"), [("SlowDown", StorageUnavailable), ("403", StorageDenied)])
def test_bucket_that_refuses_has_a_name_that_the_workflow_knows(aws, code, error):
    """A HEAD's refusal has no body to name it in."""
    aws.s3.fail(client_error(code, "HeadObject"), "head_object")

    with pytest.raises(error):
        planned(aws, "AAPL/2026-10-29.mp3")


def test_failed_plan_has_a_record(aws):
    """NotifyCalls tells it."""
    with pytest.raises(InvalidInput):
        handler.run(event({"symbols": "?"}), None, aws.services)

    assert aws.s3.json("runs/run-1/failure.json")["state"] == "PlanCalls"


def test_largest_plan_is_far_from_a_states_limit(aws):
    """Fifty calls with the longest names."""
    calls = [f"{'A' * 28}{number:02}/2026-10-29-{'x' * 40}.mp3" for number in range(MOST_CALLS)]
    for name in calls:
        aws.s3.place(f"calls/{name}", RECORDING)

    assert len(json.dumps(planned(aws, *calls))) < LARGEST_STATE_BYTES / 4


class Known:
    """A call that was saved, and what PlanCalls says when it comes again."""

    def __init__(self, name, key=None, body=None, **about):
        self.name, self.line = name, CallLine()
        self.place(body or (RECORDING if name.endswith("mp3") else written_down(language_code="en-US")))
        if key:
            self.line.s3.place(key, gzip.compress(published()) if key.endswith("gz") else written_down())
        self.line.run(name, key=key, **about)

    def place(self, body):
        if "Q" not in self.name:
            self.line.drop(self.name, body)

    def again(self, name="", services=None, **more):
        made = plan(event({"symbols": [name or self.name], **more}, "run-2"), services or self.line.services)
        return "unchanged" if made["unchanged"] else made["work"][0]["progress"]["state"]


GIVEN, DATED, UNDATED, AUDIO = "IBM/2024-04-24.json", "IBM/2024Q1@2024-04-24", "IBM/2024Q1", "IBM/2024-04-24.mp3"
ANSWER, WRITTEN = "raw/calls/IBM/2024Q1/one.json.gz", "transcriptions/job.json"
PLACES = {GIVEN: None, DATED: ANSWER, UNDATED: ANSWER, AUDIO: WRITTEN}


@pytest.mark.parametrize(("name", "key"), PLACES.items())
def test_call_that_is_in_the_dataset_is_not_judged_again(name, key):
    """An event that is delivered twice costs a look."""
    assert Known(name, key).again() == "unchanged"


@pytest.mark.parametrize(("name", "key"), PLACES.items())
def test_forced_call_is_judged_again(name, key):
    """Whatever is there."""
    assert Known(name, key).again(force=True) != "unchanged"


def test_run_in_which_all_is_known_says_so():
    """It ends without an iteration."""
    known = Known(GIVEN)
    made = plan(event({"symbols": [GIVEN]}, "run-2"), known.line.services)

    assert (made["work"], made["skipped"]) == ([], "Every call is in the dataset already.")
    assert made["sentence"] == "1 call in the dataset already."


@pytest.mark.parametrize("name", [GIVEN, AUDIO])
def test_object_that_was_replaced_is_judged_again(name):
    """It may be a corrected one."""
    known = Known(name, PLACES[name])
    known.place(RECORDING + b"!" if name == AUDIO else written_down(confidence=0.7))

    assert known.again() != "unchanged"


@pytest.mark.parametrize("name", [GIVEN, DATED, AUDIO])
def test_call_that_another_engine_judged_is_judged_again(name):
    """Its numbers would be another instrument's."""
    known = Known(name, PLACES[name])

    assert known.again(services=known.line.aws.services_with(TONE_ENGINE="Amazon Comprehend 2")) != "unchanged"


def test_recording_that_another_engine_wrote_down_is_judged_again():
    """For a transcript that makes no difference."""
    other = {"SPEECH_ENGINE": "Amazon Transcribe 2"}
    audio, given = Known(AUDIO, WRITTEN), Known(GIVEN)

    assert audio.again(services=audio.line.aws.services_with(**other)) == "StartTranscription"
    assert given.again(services=given.line.aws.services_with(**other)) == "unchanged"


@pytest.mark.parametrize(("asked", "again"), [("ja-JP", "ReadTranscript"), ("", "unchanged"), ("en-US", "unchanged")])
def test_language_that_is_corrected_is_judged_again(asked, again):
    """The language that a run asks for counts, and one that asks for none takes what is there."""
    assert Known(GIVEN, language="en-US").again(language=asked) == again


def test_call_that_only_the_quarter_was_known_of_is_asked_for_again_with_its_date():
    """Then it moves to its day."""
    assert Known(UNDATED, ANSWER).again(DATED) == "FetchTranscript"


def test_other_quarter_is_not_known():
    """Nor is another symbol's."""
    known = Known(UNDATED, ANSWER)

    assert known.again("IBM/2024Q2") == known.again("MSFT/2024Q1") == "FetchTranscript"
