"""Where the troubles of earnings calls are tried: an embedded AWS with scripted engines and short waits."""

import json
import wave
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

from stockflow.cloud.stack import execution_name
from stockflow.embedded.aws import EmbeddedAws
from stockflow.simulated_alpha_vantage import SimulatedVendor
from stockflow.stand_ins.engines import Heard
from stockflow_functions.aws import keys
from stockflow_functions.domain import quarters
from stockflow_functions.domain.calls.tables import decode_rows
from tests.helpers.scripted_engines import ScriptedSpeech, ScriptedTone, wav_of
from tests.helpers.transcripts import CALL, vendor_turns, written_down
from tests.workflow.fault_stage import short_waits, wait_until

SOON_SECONDS = 60
FAST = {"REQUESTS_PER_MINUTE": "60000", "REQUESTS_PER_DAY": "0"}
WORKFLOW = "earnings-calls"
TODAY = datetime.now(UTC).date()
LAST_QUARTER = quarters.latest(TODAY)
YESTERDAY = (TODAY - timedelta(days=1)).isoformat()
SWEDISH, FAILS_ONCE, ALWAYS_FAILS = "Tack så mycket.", "This job fails once.", "This job always fails."
SPOKEN = "\n".join(text.strip() for _, text in CALL)
GIVEN = written_down(language_code="en-US")


class TroubledSpeech(ScriptedSpeech):
    """Breaks down at some recordings, and knows Swedish when it hears it."""

    def __init__(self):
        super().__init__()
        self._broken_down = set()

    def transcribe(self, audio, language):
        text = _words_of(audio)
        if ALWAYS_FAILS in text or (FAILS_ONCE in text and text not in self._broken_down):
            self._broken_down.add(text)
            raise RuntimeError("told to fail")
        heard = super().transcribe(audio, language)
        return Heard("sv", 0.99, heard.segments) if SWEDISH in text else heard


class CallsStage:
    """One embedded AWS; every call has a symbol of its own, so that all troubles can be tried in one run."""

    def __init__(self, stack: ExitStack, folder, **environment):
        stack.enter_context(short_waits())
        transcripts = {("VENDOR", quarter): vendor_turns() for quarter in ("2024Q1", "2024Q2")}
        self.vendor = stack.enter_context(SimulatedVendor(transcripts=transcripts))
        tone = ScriptedTone({"record": 0.7, "terrible": -0.8})
        self.aws = stack.enter_context(
            EmbeddedAws(folder, {**FAST, **environment}, vendor=self.vendor, speech=TroubledSpeech(), tone=tone)
        )
        self.bucket = self.aws.services.bucket
        self.transcribe = self.aws.session.client("transcribe")

    def drop(self, name, body):
        """Puts an object where people drop theirs."""
        self.bucket.put(keys.call_object(name), body)

    def start(self, *names, **more):
        """As on AWS, where nobody looks at a folder before a run is started."""
        self.aws.services._secret._read_ms = None
        started = self.aws.stepfunctions.start_execution(
            stateMachineArn=self.aws.machines[WORKFLOW].state_machine_arn,
            name=execution_name(),
            input=json.dumps({**({"symbols": list(names)} if names else {}), **more}),
        )
        return started["executionArn"]

    def end(self, execution_arn):
        """The run's manifest."""
        return self.aws.wait(execution_arn, timeout_seconds=SOON_SECONDS)

    def run(self, *names, **more):
        return self.end(self.start(*names, **more))

    def jobs(self):
        """The names of all jobs."""
        found = self.transcribe.list_transcription_jobs()["TranscriptionJobSummaries"]
        return [job["TranscriptionJobName"] for job in found]

    def forget_budget(self):
        """What the quota's reset does, without waiting for it."""
        settings = self.aws.settings
        key = {"pk": {"S": f"budget#{settings.budget_name}"}}
        self.aws.services.dynamodb.delete_item(TableName=settings.table, Key=key)

    def rows(self, symbol):
        stored = self.bucket.get(keys.tone(symbol))
        return list(decode_rows(stored.body, symbol).rows) if stored else []

    def between(self, fault, befall):
        """Lets this befall while a call is paused."""
        wait_until(lambda: fault.met)
        befall()
        fault.released.set()


def wav(text=SPOKEN, **more):
    return wav_of(text, **more)


def told(call):
    """How a call ended, in a few words."""
    error = call["error"]
    return call["status"] if not error else f"{call['status']} {error['type']} in {error['state']}"


def _words_of(audio):
    try:
        with wave.open(str(audio), "rb") as file:
            return file.readframes(file.getnframes()).rstrip(b"\0").decode()
    except (wave.Error, EOFError):
        return ""
