"""What a run costs on AWS, by formula: the counts of what it does, and dollars. Pure arithmetic, no AWS call.

One formula serves the estimate before a run (``stockflow plan``) and the ``cost`` of a run's manifest. What Transcribe
and Comprehend take is nearly all of it. The seconds of Lambda are typical ones. Not included: free tiers (Transcribe's
60 minutes a month in an account's first year, Comprehend's 50,000 units), storage, logs, alarms and the secret.

The prices are in :mod:`stockflow_functions.aws.dollars`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from stockflow_functions.aws.dollars import dollars
from stockflow_functions.earnings_calls.functions import FUNCTIONS
from stockflow_functions.earnings_calls.names import AUDIO, TRANSCRIPT, VENDOR
from stockflow_functions.runtime.workflow import Cost

STATES_OF_AN_EMPTY_RUN = 5
"""PlanCalls, AnyCalls?, NotifyCalls, Outcome?, and the end; EachCall is the sixth."""
STATES_OF_A_DOOR = {AUDIO: 5, VENDOR: 6, TRANSCRIPT: 4}
"""Door?, ReadTranscript, JudgeTone, SaveTone; StartTranscription; WaitForSlot and FetchTranscript."""
STATES_OF_A_LOOK = 3
"""WaitForTranscription, LookAtTranscription, Transcribed?"""
LEAST_SECONDS = 15
"""What Transcribe charges a job for at least (aws.amazon.com/transcribe/pricing)."""

MEMORY_MB = {function.name: function.memory_mb for function in FUNCTIONS}
SECONDS = {
    "PlanCalls": 0.5,
    "StartTranscription": 0.5,
    "LookAtTranscription": 0.2,
    "FetchTranscript": 1.5,
    "ReadTranscript": 0.5,
    "JudgeTone": 2.0,
    "SaveTone": 0.6,
    "NotifyCalls": 1.0,
}
"""Typical seconds of one call. JudgeTone waits for five batches."""
COLD_START_SECONDS = 1.0
"""One per run and function: a call a day finds no warm instance."""

TYPICAL_LOOKS = 8
"""Of a recording of an hour, which takes Transcribe some ten minutes."""
TYPICAL_SECONDS = 3_600.0
UNITS_AN_HOUR = 750
"""52,000 characters in passages of at most 500."""

_RUN_PUTS = 5
"""Plan, manifest, twice the notification marker, one list of records."""
_CALL_PUTS = 6
"""Record, raw transcript, two files of passages, transcripts/ and tone/."""
_CALL_GETS = 9
"""HEADs of the object in PlanCalls, twice, and in ReadTranscript; GETs of the transcript, of two files of passages, of
tone/ and transcripts/, and of the record."""
_AUDIO_GETS = 3
"""The first bytes in PlanCalls, and HEADs in StartTranscription and at the last look."""


@dataclass(frozen=True)
class CallWork:
    """What one call took or will take.

    Attributes:
        door: AUDIO, TRANSCRIPT or VENDOR.
        transcribed_seconds: of the recording, for each job that the run started.
        units: Comprehend's.
        looks: at transcription jobs.
        requests: to the vendor.
    """

    door: str
    transcribed_seconds: float = 0.0
    units: int = 0
    looks: int = 0
    requests: int = 0


def run_cost(calls: Iterable[CallWork]) -> dict[str, float]:
    """Counts and dollars of one run in which each call goes all the way.

    - ``state_transitions`` = 6 (5 with no call) + 4 a transcript, 5 a recording and 3 a look, 6 a call of the vendor's
    - ``transcribed_seconds``: at least 15 a job
    - ``comprehend_units``: a passage's characters by 100, rounded up, at least 3
    - ``s3_puts`` = 5 + 6 a call + 1 a job, whose transcript Transcribe writes
    - ``s3_gets`` = 1 + 9 a call + 3 a recording
    - ``s3_events`` = 2 an object written, when it comes and when it goes
    - ``dynamodb_writes``, ``dynamodb_reads`` = 1 and 2 where the vendor is asked, + 1 read a request
    - ``dollars`` = sum of each count times its price
    """
    work = list(calls)
    jobs = sum(call.transcribed_seconds > 0 for call in work)
    requests = sum(call.requests for call in work)
    puts = _RUN_PUTS + _CALL_PUTS * len(work) + jobs
    calls_of = _calls(work)
    counts: dict[str, float] = {
        "state_transitions": _state_transitions(work),
        "lambda_invocations": sum(calls_of.values()),
        "lambda_gb_seconds": round(_gb_seconds(calls_of), 3),
        "s3_puts": puts,
        "s3_gets": 1 + _CALL_GETS * len(work) + _AUDIO_GETS * sum(call.door == AUDIO for call in work),
        "s3_events": 2 * (puts - 1),
        "dynamodb_writes": 1 if requests else 0,
        "dynamodb_reads": 2 + requests if requests else 0,
        "transcribed_seconds": sum(max(LEAST_SECONDS, call.transcribed_seconds) for call in work if _paid(call)),
        "comprehend_units": sum(call.units for call in work),
    }
    return {**counts, "dollars": round(dollars(counts), 6)}


def typical(door: str, seconds: float = TYPICAL_SECONDS) -> CallWork:
    """What a call of that many seconds takes that comes in by that door."""
    units = round(UNITS_AN_HOUR * seconds / TYPICAL_SECONDS)
    if door == AUDIO:
        return CallWork(door, seconds, units, TYPICAL_LOOKS)
    return CallWork(door, units=units, requests=int(door == VENDOR))


def cost_of_items(count: int) -> Cost:
    """The cost of a run of this many recordings of an hour each, at the first attempt."""
    work = [typical(AUDIO)] * count
    counts, calls = run_cost(work), _calls(work)
    return Cost(
        state_transitions=int(counts["state_transitions"]),
        lambda_seconds=sum(number * SECONDS[name] + COLD_START_SECONDS for name, number in calls.items() if number),
        dollars=counts["dollars"],
    )


def _paid(call: CallWork) -> bool:
    return call.transcribed_seconds > 0


def _state_transitions(work: list[CallWork]) -> int:
    each = sum(STATES_OF_A_DOOR[call.door] + STATES_OF_A_LOOK * call.looks for call in work)
    return STATES_OF_AN_EMPTY_RUN + each + (1 if work else 0)


def _calls(work: list[CallWork]) -> dict[str, int]:
    """How often each function is called."""
    return {
        "PlanCalls": 1,
        "StartTranscription": sum(call.door == AUDIO for call in work),
        "LookAtTranscription": sum(call.looks for call in work),
        "FetchTranscript": sum(call.requests for call in work),
        "ReadTranscript": len(work),
        "JudgeTone": len(work),
        "SaveTone": len(work),
        "NotifyCalls": 1,
    }


def _gb_seconds(calls: dict[str, int]) -> float:
    return sum(
        MEMORY_MB[name] / 1024 * (count * SECONDS[name] + COLD_START_SECONDS) for name, count in calls.items() if count
    )
