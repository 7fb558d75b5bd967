"""What passes between the states of the workflow of earnings calls, as types; docs/contracts_of_calls.md has tables.

Neither a transcript nor its passages travel in a state: pointers and counts do, so that no state grows with a call.
``statemachine/earnings_calls.asl.json`` builds these shapes, which a contract test compares. All times are UTC, ISO
8601 with milliseconds, dates those of the call where it was held.

A field is described in its class's docstring, in a line ``name: what it is``.
"""

from typing import NotRequired, TypedDict

from stockflow_functions.domain.outcome import FailureRecord
from stockflow_functions.pacing.contracts import MovedSlot, PlannedSlot, PlannerEvent, Requests, RequestsMade
from stockflow_functions.reporting.contracts import EndedItem, RunManifest


class PlanCallsEvent(PlannerEvent):
    """PlanCalls's event."""


class CallsRun(TypedDict):
    """The run, as every state receives it.

    execution: the execution's name.
    execution_arn: its ARN.
    started_at: when it began.
    trigger: `schedule`, `console`, `inbox`, `laptop` or `smoke`.
    language: the language that is spoken, such as `en-US`; "" where Transcribe is to identify it.
    force: whether to write down, judge and save again what is saved already.
    saves: as in a run of prices.
    generation: the request budget's when it gave the slots.
    spare_events: how many events the run's history has room for beyond one request per call.
    own_lanes: as in a run of prices; absent.
    """

    execution: str
    execution_arn: str
    started_at: str
    trigger: str
    language: str
    force: bool
    saves: NotRequired[bool]
    generation: int
    spare_events: int
    own_lanes: NotRequired[bool]


class EarningsCall(TypedDict):
    """One call, and where it comes from.

    symbol: the company's, in capitals.
    date: of the call; null for one of the vendor's whose date nobody has given.
    label: distinguishes calls of one day, such as `investor-day`; mostly "".
    quarter: that of the vendor's transcript, such as `2024Q1`; else "".
    door: `audio`, `transcript` or `vendor`.
    key: of the recording or transcript in the bucket; null for the vendor's.
    etag: of that object when the run was planned; null likewise.
    bytes: its size; null likewise.
    """

    symbol: str
    date: str | None
    label: str
    quarter: str
    door: str
    key: str | None
    etag: str | None
    bytes: int | None


class TranscriptionJob(TypedDict):
    """A job of Amazon Transcribe.

    name: the job's; "" before there is one.
    wait_seconds: until the next look at it.
    looks: how often it was looked at.
    tries: how many jobs this run has started for the call.
    """

    name: str
    wait_seconds: int
    looks: int
    tries: int


class FoundTranscript(TypedDict):
    """Where a transcript is.

    key: in the bucket; below `raw/` it is gzipped.
    fetched_at: when it was read or written down.
    attempts: how many requests were made to the vendor for it.
    looks: how often a job was looked at.
    jobs: how many jobs of Transcribe this run has started for it; 0 also for a job that there was.
    language: that the job was given or has identified, such as `en-US`; "" without a job.
    """

    key: str
    fetched_at: str
    attempts: int
    looks: int
    jobs: int
    language: str


class CallProgress(TypedDict):
    """How far an iteration is until there is a transcript; the result of StartTranscription, LookAtTranscription and
    FetchTranscript.

    state: the Task that comes next.
    job: the transcription job; null without one.
    transcript: the transcript; null while there is none.
    """

    state: str
    job: TranscriptionJob | None
    transcript: FoundTranscript | None


class CallItem(TypedDict):
    """A call to judge.

    symbol: its name: the key without `calls/`, or the vendor's `IBM/2024Q1`, `IBM/2024Q1@2024-04-24`.
    call: the call.
    not_before: the slot of its request; for calls without a request the start of the run.
    progress: with the first Task.
    """

    symbol: str
    call: EarningsCall
    not_before: str
    progress: CallProgress


class CallsPlan(TypedDict):
    """What PlanCalls decided: from there on the state of the execution, and stored as `runs/<execution>/plan.json`.

    run: the run.
    work: the calls; those that need a request to the vendor have slots.
    deferred: the calls whose request the day's quota can't pay for.
    unchanged: the calls that are in the dataset already.
    skipped: why there is nothing to do; else null.
    requests: the requests to the vendor, and the day's quota after them.
    warnings: sentences about the run as a whole.
    sentence: the plan in one line, for the console.
    """

    run: CallsRun
    work: list[CallItem]
    deferred: list[str]
    unchanged: list[str]
    skipped: str | None
    requests: Requests
    warnings: list[str]
    sentence: str


class CallIteration(TypedDict):
    """The state of one iteration of EachCall until there is a transcript.

    run: the run.
    symbol: the call's name.
    call: the call.
    slot: of its request.
    progress: which Task comes next, and what there is so far.
    """

    run: CallsRun
    symbol: str
    call: EarningsCall
    slot: PlannedSlot | MovedSlot
    progress: "CallProgress | Reading | Judging"


class CallEvent(TypedDict):
    """What the event of every Task of EachCall has.

    run: the run.
    symbol: the call's name.
    call: the call.
    retry_count: how often the workflow has repeated the call of the function.
    """

    run: CallsRun
    symbol: str
    call: EarningsCall
    retry_count: int


class StartEvent(CallEvent):
    """StartTranscription's event.

    job: with the jobs that this run has started so far.
    """

    job: TranscriptionJob


class LookEvent(CallEvent):
    """LookAtTranscription's event.

    job: the job to look at.
    """

    job: TranscriptionJob


class FetchTranscriptEvent(CallEvent):
    """FetchTranscript's event.

    slot: when the request may be made.
    """

    slot: PlannedSlot | MovedSlot


class ReadEvent(CallEvent):
    """ReadTranscript's event.

    transcript: where the transcript is.
    """

    transcript: FoundTranscript


class Passages(TypedDict):
    """ReadTranscript's result: where the passages are, and what is known of the call as a whole.

    key: of the passages in the bucket.
    fetched_at: when the transcript was read or written down.
    attempts: how many requests were made to the vendor.
    looks: how often a transcription job was looked at.
    jobs: how many jobs this run has started.
    date: of the call; of one of the vendor's whose date nobody has given, the last day of its quarter.
    date_known: whether somebody has given it.
    source: `transcribe`, `alpha-vantage` or `given`.
    source_etag: of what was dropped; of the vendor's transcript, a hash.
    language: such as `en-US`; null if it is not known.
    language_score: Transcribe's confidence that it is that one, 0 to 1; null where it was not identified.
    seconds: how long the call is; null where the transcript has no times.
    words: how many were said.
    speakers: how many are told apart; 0 where none are.
    passages: how many there are.
    qa_found: whether the handover to questions and answers was found.
    confidence_mean: Transcribe's confidence in its words, 0 to 1; null without one.
    warnings: sentences about the call.
    """

    key: str
    fetched_at: str
    attempts: int
    looks: int
    jobs: int
    date: str
    date_known: bool
    source: str
    source_etag: str
    language: str | None
    language_score: float | None
    seconds: float | None
    words: int
    speakers: int
    passages: int
    qa_found: bool
    confidence_mean: float | None
    warnings: list[str]


class Reading(TypedDict):
    """After ReadTranscript.

    state: `JudgeTone`.
    passages: ReadTranscript's result.
    """

    state: str
    passages: Passages


class JudgeEvent(CallEvent):
    """JudgeTone's event.

    passages: ReadTranscript's result.
    """

    passages: Passages


class Judged(Passages):
    """JudgeTone's result: ReadTranscript's, with the key of the judged passages.

    unscored: how many passages have no tone.
    units: Comprehend's units, of 100 characters, that were paid for.
    """

    unscored: int
    units: int


class Judging(TypedDict):
    """After JudgeTone.

    state: `SaveTone`.
    judged: JudgeTone's result.
    """

    state: str
    judged: Judged


class SaveToneEvent(CallEvent):
    """SaveTone's event.

    judged: JudgeTone's result.
    """

    judged: Judged


class SavedTone(TypedDict):
    """SaveTone's result; the iteration passes on `symbol` and `status` only.

    symbol: the call's name.
    status: `saved` or `unchanged`; `checked` where the run leaves the dataset alone and would have saved it.
    call_date: of the call.
    tone: from -1, all negative, to 1; null without a tone.
    tone_change: against the call before; null where nothing can be compared.
    passages: how many there are.
    unscored: how many of them have no tone.
    """

    symbol: str
    status: str
    call_date: str
    tone: float | None
    tone_change: float | None
    passages: int
    unscored: int


class EndedCalls(CallsPlan):
    """The state of the execution when NotifyCalls reports it.

    symbols: how each iteration of EachCall ended; absent if there was nothing to do.
    """

    symbols: NotRequired[list[EndedItem]]


class QuotedPassage(TypedDict):
    """A passage that a message and the manifest quote.

    n: its number in the call.
    section: `prepared`, `qa`, or null where the handover was not found.
    speaker: who says it; null if that is not known.
    start_seconds: when it begins; null without times.
    end_seconds: when it ends; likewise.
    text: its first 300 characters.
    tone: from -1 to 1.
    """

    n: int
    section: str | None
    speaker: str | None
    start_seconds: float | None
    end_seconds: float | None
    text: str
    tone: float


class CallRecord(TypedDict):
    """How one call of a run ended: `runs/<execution>/symbols/<name>.json` and an entry of the manifest.

    symbol: the call's name.
    status: `saved`, `unchanged`, `failed` or `deferred`.
    attempts: how many requests were made to the vendor for it.
    company: the company's symbol; "" where no state has recorded the call, like the next two.
    call_date: of the call.
    source: `transcribe`, `alpha-vantage` or `given`.
    language: such as `en-US`; null if it is not known.
    seconds: how long the call is; null if that is not known.
    transcribed_seconds: how much of it this run had written down: 0 for a job that there was; 15 if nobody knows.
    passages: how many there are.
    unscored: how many of them have no tone.
    units: Comprehend's units.
    looks: how often a transcription job was looked at.
    tone: from -1 to 1; null without a tone, like the next three.
    tone_prepared: of the prepared remarks.
    tone_qa: of the questions and answers.
    tone_change: against the symbol's call before, of the same engines, language and source.
    previous_call_date: of that call.
    engine_speech: what wrote it down; "" for a given transcript.
    engine_tone: what judged it.
    most_negative: the five most negative passages.
    most_positive: the two most positive ones.
    transcript: the key of the call's passages; null without them.
    warnings: sentences about the call.
    error: what went wrong; null where nothing did.
    """

    symbol: str
    status: str
    attempts: int
    company: str
    call_date: str
    source: str
    language: str | None
    seconds: float | None
    transcribed_seconds: float
    passages: int
    unscored: int
    units: int
    looks: int
    tone: float | None
    tone_prepared: float | None
    tone_qa: float | None
    tone_change: float | None
    previous_call_date: str | None
    engine_speech: str
    engine_tone: str
    most_negative: list[QuotedPassage]
    most_positive: list[QuotedPassage]
    transcript: str | None
    warnings: list[str]
    error: FailureRecord | None


class CallsManifest(RunManifest):
    """What a run did: `runs/<execution>/manifest.json`.

    workflow: `earnings-calls`.
    symbols: how each call ended.
    requests: the requests to the vendor that were planned and made.
    cost: the run's cost on AWS by formula: counts, and `dollars` (`functions/earnings_calls/cost.py`).
    engines: what wrote recordings down, and what judged passages: `{speech, tone}`.
    source: the host that the vendor's transcripts come from; "" in a run that asked for none.
    """

    workflow: str
    symbols: list[CallRecord]
    requests: RequestsMade
    cost: dict[str, float]
    engines: dict[str, str]
    source: str
