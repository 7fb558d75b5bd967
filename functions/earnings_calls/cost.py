"""What a run costs on AWS, by formula: the counts of what it does, and dollars. Pure arithmetic, no AWS call.

One formula serves the estimate before a run (``stockflow plan``) and the ``cost`` of a run's manifest. What Transcribe
and Comprehend take is nearly all of it. The seconds of Lambda are typical ones. Not included: free tiers (Transcribe's
60 minutes a month in an account's first year, Comprehend's 50,000 units), storage, logs, alarms and the secret; calls
that are in the dataset already, which take one to three GETs; Retries other than the vendor's.

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
STATES_OF_A_LOOK = 3
"""WaitForTranscription, LookAtTranscription, Transcribed?"""
STATES_OF_A_REFETCH = 5
"""A Retry of FetchTranscript, ReadNewSlot, TakeNewSlot, WaitForSlot, FetchTranscript."""
WRITES_OF_A_REFETCH = 5
"""As for prices: what the refusal, the new slot and its place in the history write to the state table."""
LEAST_SECONDS = 15
"""What Transcribe charges a job for at least (aws.amazon.com/transcribe/pricing)."""

_DOORS = {
    AUDIO: ("Door?", "StartTranscription"),
    VENDOR: ("Door?", "WaitForSlot", "FetchTranscript"),
    TRANSCRIPT: ("Door?",),
}
_STEPS = ("ReadTranscript", "JudgeTone", "SaveTone")
_LOOK = "LookAtTranscription"

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

_RUN_RECORDS = 3
"""Plan, manifest, notification marker."""
_AGAIN = 1
"""The marker's second write."""
_PUTS = {"ReadTranscript": 1, "JudgeTone": 1, "SaveTone": 2}
"""Two files of passages; tone/ and transcripts/."""
_RAW_WRITTEN_IN = {AUDIO: "ReadTranscript", TRANSCRIPT: "ReadTranscript", VENDOR: "FetchTranscript"}
_KEPT = 2
"""Of the objects that SaveTone writes: all others expire."""
_PLAN_GETS = {AUDIO: 3, TRANSCRIPT: 2, VENDOR: 1}
"""HEADs of the object and of what was made of it before, and a recording's first bytes."""
_GETS = {"StartTranscription": 1, "ReadTranscript": 1, "JudgeTone": 1, "SaveTone": 3}
"""HEAD of the recording; the transcript; two files of passages, tone/ and transcripts/."""
_HEADS: dict[str, dict[str, int]] = {
    AUDIO: {"ReadTranscript": 2, "SaveTone": 1},
    TRANSCRIPT: {"SaveTone": 1},
    VENDOR: {},
}
"""Further HEADs of the call's object: of a recording at the last look and in ReadTranscript, of each in SaveTone."""


@dataclass(frozen=True)
class CallWork:
    """What one call took or will take.

    Attributes:
        door: AUDIO, TRANSCRIPT or VENDOR.
        transcribed_seconds: of the recording, for each job that the run started.
        units: Comprehend's.
        looks: at transcription jobs.
        requests: to the vendor.
        stopped_in: the state that it failed or was deferred in; "" if it went all the way.
    """

    door: str
    transcribed_seconds: float = 0.0
    units: int = 0
    looks: int = 0
    requests: int = 0
    stopped_in: str = ""

    @property
    def states(self) -> tuple[str, ...]:
        """The states that it entered, but for looks and further requests."""
        way = (*_DOORS[self.door], *_STEPS)
        if self.stopped_in == _LOOK:
            return _DOORS[AUDIO]
        return way[: way.index(self.stopped_in) + 1] if self.stopped_in in way else way

    @property
    def refetches(self) -> int:
        """Further requests to the vendor."""
        return max(0, self.requests - 1)


def run_cost(calls: Iterable[CallWork]) -> dict[str, float]:
    """Counts and dollars of one run; of a call that stopped, all that the states it entered take.

    - ``state_transitions`` = 6 (5 with no call) + 4 a transcript, 5 a recording and 3 a look, 6 a call of the vendor's
      and 5 a further request; a call that stops takes one more than the states that it entered
    - ``lambda_invocations`` = 2 + one a call and function, one a look, two a further request
    - ``transcribed_seconds``: at least 15 a job
    - ``comprehend_units``: a passage's characters by 100, rounded up, at least 3
    - ``s3_puts`` = 4 + 6 a call + 1 a job, whose transcript Transcribe writes
    - ``s3_gets`` = 1 + 7 a call of the vendor's, 9 a transcript, 13 a recording
    - ``s3_events`` = 2 an object written, when it comes and when it goes, and 1 where it expires, for the delete marker
    - ``dynamodb_writes`` = 1 where the vendor is asked + 5 a further request
    - ``dynamodb_reads`` = 1 a call of FetchTranscript + 1 a further request
    - ``dollars`` = sum of each count times its price
    """
    work = list(calls)
    jobs = sum(_paid(call) for call in work)
    invoked = _invocations(work)
    records = _RUN_RECORDS + jobs + sum(_puts_of(call) - _kept(call) for call in work)
    kept = sum(_kept(call) for call in work)
    counts: dict[str, float] = {
        "state_transitions": _state_transitions(work),
        "lambda_invocations": sum(invoked.values()),
        "lambda_gb_seconds": round(_gb_seconds(invoked), 3),
        "s3_puts": records + kept + _AGAIN,
        "s3_gets": 1 + sum(_gets_of(call) for call in work),
        "s3_events": 3 * records + 2 * (kept + 1),
        "dynamodb_writes": any(call.requests for call in work)
        + sum(call.refetches for call in work) * WRITES_OF_A_REFETCH,
        "dynamodb_reads": invoked["FetchTranscript"] + sum(call.refetches for call in work),
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
    return cost_of([typical(AUDIO)] * count)


def cost_of(work: list[CallWork]) -> Cost:
    """The cost of a run of these calls, with typical seconds."""
    counts, invoked = run_cost(work), _invocations(work)
    return Cost(
        state_transitions=int(counts["state_transitions"]),
        lambda_seconds=sum(number * SECONDS[name] + COLD_START_SECONDS for name, number in invoked.items() if number),
        dollars=counts["dollars"],
    )


def _paid(call: CallWork) -> bool:
    return call.transcribed_seconds > 0


def _state_transitions(work: list[CallWork]) -> int:
    return STATES_OF_AN_EMPTY_RUN + bool(work) + sum(_transitions_of(call) for call in work)


def _transitions_of(call: CallWork) -> int:
    # A look that fails enters no Transcribed?.
    caught = bool(call.stopped_in) - (call.stopped_in == _LOOK)
    return len(call.states) + STATES_OF_A_LOOK * call.looks + STATES_OF_A_REFETCH * call.refetches + caught


def _invocations(work: list[CallWork]) -> dict[str, int]:
    """How often each function is called."""
    times = {name: sum(name in call.states for call in work) for name in MEMORY_MB}
    times["FetchTranscript"] += 2 * sum(call.refetches for call in work)
    return {**times, "PlanCalls": 1, _LOOK: sum(call.looks for call in work), "NotifyCalls": 1}


def _puts_of(call: CallWork) -> int:
    """The call's record, its raw transcript, and what its steps write."""
    return 1 + (_RAW_WRITTEN_IN[call.door] in call.states) + sum(_PUTS.get(state, 0) for state in call.states)


def _kept(call: CallWork) -> int:
    return _KEPT if "SaveTone" in call.states else 0


def _gets_of(call: CallWork) -> int:
    """What PlanCalls and its steps read, and NotifyCalls the call's record."""
    heads = _HEADS[call.door]
    return _PLAN_GETS[call.door] + sum(_GETS.get(state, 0) + heads.get(state, 0) for state in call.states) + 1


def _gb_seconds(invoked: dict[str, int]) -> float:
    return sum(
        MEMORY_MB[name] / 1024 * (count * SECONDS[name] + COLD_START_SECONDS)
        for name, count in invoked.items()
        if count
    )
