"""What may befall one earnings call, and how it ends then."""

from collections.abc import Callable
from dataclasses import dataclass

from stockflow.embedded.faults import PAUSED, TRUNCATED, AwsFault
from stockflow.embedded.function_host import KILLED
from stockflow_functions.aws import keys
from stockflow_functions.domain.calls.tables import encode_rows
from stockflow_functions.earnings_calls.names import call_of
from stockflow_functions.earnings_calls.start.job_names import job_names
from tests.helpers.call_line import CallLine
from tests.helpers.transcripts import published, written_down
from tests.workflow.calls_stage import (
    ALWAYS_FAILS,
    FAILS_ONCE,
    GIVEN,
    LAST_QUARTER,
    SPOKEN,
    SWEDISH,
    TODAY,
    YESTERDAY,
    wav,
)
from tests.workflow.fault_stage import wait_until

ALWAYS = 99


def aws(service, code, operation, times=1, *, when="before", key="", state=""):
    """Makes the fault of one call."""

    def fault(name):
        return AwsFault(service, code, operation, key, caller=f"{state} {name}", times=times, when=when)

    return fault


@dataclass(frozen=True)
class Trouble:
    """One call and what befalls it.

    Attributes:
        what: in words.
        name: the call's.
        ends: how it ends then; ``again``: how in a clean run.
        body: what is dropped.
        fault: of AWS, made of the call's name.
        prepare: called with the stage and the name, before the run.
        meanwhile: called with the stage and the name while the call is paused.
        jobs: how many transcription jobs it has in the end.
    """

    what: str
    name: str
    ends: str
    again: str
    body: bytes | None = None
    fault: Callable[[str], AwsFault] | None = None
    prepare: Callable[[object, str], None] | None = None
    meanwhile: Callable[[object, str], None] | None = None
    jobs: int = 0


def _strangers_job(stage, name):
    facts = stage.bucket.facts(keys.call_object(name))
    call = {**vars(call_of(name, "", TODAY)), "key": keys.call_object(name), "etag": facts.etag}
    stage.drop("OTHER/2024-04-24.wav", wav("Another call."))
    stage.transcribe.start_transcription_job(
        TranscriptionJobName=next(job_names(call, stage.bucket.name, "")),
        Media={"MediaFileUri": f"s3://{stage.bucket.name}/calls/OTHER/2024-04-24.wav"},
        OutputBucketName=stage.bucket.name,
        OutputKey="transcriptions/other.json",
        IdentifyLanguage=True,
    )


def _tone_of_amazons(stage, name):
    symbol = name.partition("/")[0]
    line = CallLine()
    line.drop(f"{symbol}/2023-04-24.json", GIVEN)
    line.run(f"{symbol}/2023-04-24.json")
    stage.bucket.put(keys.tone(symbol), encode_rows(line.rows(symbol)))


def _replace(stage, name):
    stage.drop(name, wav("Another recording of the same day."))


def _saved_other(stage, name):
    """The other call of the same symbol has got its row."""
    wait_until(lambda: stage.rows(name.partition("/")[0]))


DAY = "2024-04-24"
PAUSING = [
    Trouble(
        "the recording is replaced before its job is started", f"EARLY/{DAY}.wav",
        "failed CallReplaced in StartTranscription", "saved", wav(),
        aws("s3", PAUSED, "HEAD", key="calls/EARLY", state="StartTranscription"), meanwhile=_replace, jobs=1,
    ),
    Trouble(
        "the recording is replaced while it is written down", f"AFTER/{DAY}.wav",
        "failed CallReplaced in LookAtTranscription", "saved", wav(),
        aws("s3", PAUSED, "HEAD", key="calls/AFTER", state="LookAtTranscription"), meanwhile=_replace, jobs=2,
    ),
    Trouble(
        "two calls of one symbol are saved at once", f"RACE/{DAY}.json", "saved", "unchanged", GIVEN,
        aws("s3", PAUSED, "PUT", key="tone/RACE", state="SaveTone"), meanwhile=_saved_other,
    ),
    Trouble("the other of the two", "RACE/2024-07-24.json", "saved", "unchanged", GIVEN),
]  # fmt: skip
OTHERS = [
    Trouble("nothing", f"WELL/{DAY}.wav", "saved", "unchanged", wav(), jobs=1),
    Trouble("nothing, a transcript", f"GIVEN/{DAY}.json", "saved", "unchanged", GIVEN),
    Trouble("nothing, the vendor's", f"VENDOR/2024Q1@{DAY}", "saved", "unchanged"),
    Trouble("two calls on one day", f"WELL/{DAY}-investor-day.wav", "saved", "unchanged", wav("Hello again."), jobs=1),
    Trouble(
        "killed between the job's start and the answer", f"KILLED/{DAY}.wav", "saved", "unchanged", wav(),
        aws("transcribe", KILLED, "StartTranscriptionJob", when="after", state="StartTranscription"), jobs=1,
    ),
    Trouble(
        "the job fails once by a fault of Transcribe's", f"ONCE/{DAY}.wav", "saved", "unchanged",
        wav(f"{SPOKEN}\n{FAILS_ONCE}"), jobs=2,
    ),
    Trouble(
        "every job fails by a fault of Transcribe's", f"BROKEN/{DAY}.wav",
        "failed TranscriptionFailed in LookAtTranscription", "failed TranscriptionFailed in LookAtTranscription",
        wav(ALWAYS_FAILS), jobs=4,
    ),
    Trouble(
        "Transcribe is full (once)", f"FULL/{DAY}.wav", "saved", "unchanged", wav(),
        aws("transcribe", "LimitExceededException", "StartTranscriptionJob", state="StartTranscription"), jobs=1,
    ),
    Trouble(
        "Transcribe stays full", f"FULLER/{DAY}.wav", "failed TranscriberBusy in StartTranscription", "saved", wav(),
        aws("transcribe", "LimitExceededException", "StartTranscriptionJob", ALWAYS, state="StartTranscription"),
        jobs=1,
    ),
    Trouble(
        "Transcribe throttles the look (once)", f"RATE/{DAY}.wav", "saved", "unchanged", wav(),
        aws("transcribe", "ThrottlingException", "GetTranscriptionJob", state="LookAtTranscription"), jobs=1,
    ),
    Trouble(
        "a stranger's job has the name", f"TAKEN/{DAY}.wav", "failed NameTaken in StartTranscription",
        "failed NameTaken in StartTranscription", wav(), prepare=_strangers_job, jobs=1,
    ),
    Trouble(
        "no recording", f"GARBAGE/{DAY}.mp3", "failed AudioRefused in LookAtTranscription",
        "failed AudioRefused in StartTranscription", b"\0\1\2 garbage", jobs=1,
    ),
    Trouble(
        "less than half a second", f"SHORT/{DAY}.wav", "failed AudioRefused in LookAtTranscription",
        "failed AudioRefused in StartTranscription", wav("Hi.", seconds=0.3), jobs=1,
    ),
    Trouble(
        "music", f"MUSIC/{DAY}.wav", "failed NoSpeech in LookAtTranscription", "failed NoSpeech in StartTranscription",
        wav(""), jobs=1,
    ),
    Trouble(
        "a transcript without a word", f"SILENT/{DAY}.json", "failed NoSpeech in ReadTranscript",
        "failed NoSpeech in ReadTranscript", written_down([]),
    ),
    Trouble("a language without tone", f"SWEDISH/{DAY}.wav", "saved", "unchanged", wav(SWEDISH), jobs=1),
    Trouble(
        "half a transcript", f"HALF/{DAY}.json", "failed BadTranscript in ReadTranscript",
        "failed BadTranscript in ReadTranscript", GIVEN[: len(GIVEN) // 2],
    ),
    Trouble(
        "an empty list for a transcript", f"EMPTY/{DAY}.json", "failed BadTranscript in ReadTranscript",
        "failed BadTranscript in ReadTranscript", published([]),
    ),
    Trouble(
        "the transcript's read breaks off (once)", f"CUT/{DAY}.json", "saved", "unchanged", GIVEN,
        aws("s3", TRUNCATED, "GET", key="calls/CUT", state="ReadTranscript"),
    ),
    Trouble(
        "S3 500 at the transcript", f"DOWN/{DAY}.json", "failed StorageUnavailable in ReadTranscript", "saved", GIVEN,
        aws("s3", "InternalError", "GET", ALWAYS, key="calls/DOWN", state="ReadTranscript"),
    ),
    Trouble(
        "S3 denies the passages", f"DENIED/{DAY}.json", "failed StorageDenied in ReadTranscript", "saved", GIVEN,
        aws("s3", "AccessDenied", "PUT", key="staged/", state="ReadTranscript"),
    ),
    Trouble(
        "Comprehend throttles a batch (once)", f"BATCH/{DAY}.json", "saved", "unchanged", GIVEN,
        aws("comprehend", "ThrottlingException", "BatchDetectSentiment", state="JudgeTone"),
    ),
    Trouble(
        "Comprehend stays down", f"MUTE/{DAY}.json", "failed ToneUnavailable in JudgeTone", "saved", GIVEN,
        aws("comprehend", "InternalServerException", "BatchDetectSentiment", ALWAYS, state="JudgeTone"),
    ),
    Trouble(
        "Comprehend refuses every passage", f"REFUSED/{DAY}.json", "failed ToneIncomplete in JudgeTone", "saved", GIVEN,
        aws("comprehend", "InvalidRequestException", "", ALWAYS, state="JudgeTone"),
    ),
    Trouble(
        "killed after the row is written", f"ROW/{DAY}.json", "saved", "unchanged", GIVEN,
        aws("s3", KILLED, "PUT", key="tone/ROW", when="after", state="SaveTone"),
    ),
    Trouble(
        "the dataset holds Amazon's tone", f"MIXED/{DAY}.json", "failed EnginesMixed in SaveTone",
        "failed EnginesMixed in SaveTone", GIVEN, prepare=_tone_of_amazons,
    ),
    Trouble(
        "the vendor has no transcript yet", f"SOON/{LAST_QUARTER}@{YESTERDAY}",
        "deferred NotPublishedYet in FetchTranscript", "deferred NotPublishedYet in FetchTranscript",
    ),
    Trouble(
        "the vendor has none a week later", f"NEVER/2024Q1@{DAY}", "failed NoTranscript in FetchTranscript",
        "failed NoTranscript in FetchTranscript",
    ),
]  # fmt: skip
TROUBLES = [*PAUSING, *OTHERS]
