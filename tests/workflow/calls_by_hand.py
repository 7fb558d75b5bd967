"""Earnings calls on AWS in memory: one call of each door, the definition taken step by step."""

import json
from dataclasses import replace
from functools import cache

from stockflow.testing import FakeClock
from stockflow_functions.aws import keys
from stockflow_functions.domain.calls.tables import decode_rows
from stockflow_functions.earnings_calls.names import AUDIO, TRANSCRIPT, VENDOR
from stockflow_functions.earnings_calls.workflow import EARNINGS_CALLS
from stockflow_functions.vendors.port import RawAnswer
from tests.helpers.call_line import TODAY_MS, CallLine, tone_of_words
from tests.helpers.stepped import Stepped
from tests.helpers.transcripts import published, written_down
from tests.helpers.tripped_aws import TrippedAws

NAMES = {AUDIO: "IBM/2024-04-24.mp3", TRANSCRIPT: "IBM/2024-04-24.json", VENDOR: "IBM/2024Q1@2024-04-24"}
EARLIER = "IBM/2024-01-24.json"
TURNS = [("Operator", "Welcome."), ("Ann Example", "A record quarter."), ("Bob Example", "A terrible one.")]
RECORDING = b"ID3\0\0recording"


class TranscriptVendor:
    """Has the transcripts of ``answers``, by quarter; remembers what it was asked."""

    def __init__(self):
        self.asked = []
        self.answers = {"2024Q1": published(TURNS)}

    def keep_apart(self, gap_ms):
        """Nobody else asks."""

    def transcript(self, symbol, quarter):
        self.asked.append((symbol, quarter))
        answer = self.answers[quarter]
        if isinstance(answer, Exception):
            raise answer
        return RawAnswer(answer, "")


@cache
def before():
    """What a dataset holds of the call before."""
    line = CallLine()
    line.drop(EARLIER, written_down(TURNS[:2], language_code="en-US"))
    line.run(EARLIER)
    return {key: body for key, body in line.s3.objects.items() if key.startswith(("tone/", "transcripts/"))}


class CallsByHand:
    """Runs of earnings calls, beside an earlier one, with an object for each door.

    A job of Transcribe's ends while it is waited for.
    """

    def __init__(self, **variables):
        self.aws = TrippedAws(FakeClock(TODAY_MS), **variables)
        self.steps = Stepped(EARNINGS_CALLS, self.aws, self._equipped)
        self.steps.waited, self.aws.state = self._waited, lambda: self.steps.state
        self.aws.comprehend.score = tone_of_words
        self.s3, self.transcribe, self.vendor = self.aws.s3, self.aws.transcribe, TranscriptVendor()
        self.spoken = written_down(TURNS, language_code="en-US")
        self.s3.place(keys.call_object(NAMES[AUDIO]), RECORDING)
        self.s3.place(keys.call_object(NAMES[TRANSCRIPT]), self.spoken)
        for key, body in before().items():
            self.s3.place(key, body)

    def run(self, *names, execution="one", **more):
        """One execution; gives its status, its manifest, and its output or error."""
        status, output = self.steps.run({"symbols": list(names), **more}, execution)
        found = self.s3.objects.get(keys.manifest(execution))
        return status, json.loads(found) if found else None, output

    def dataset(self):
        """The rows and passages of every symbol, without what a run says of itself."""
        rows = {
            key: [replace(row, saved_at="", execution="") for row in decode_rows(body, keys.symbol_of(key)).rows]
            for key, body in self.s3.objects.items()
            if key.startswith("tone/")
        }
        return rows | {key: body for key, body in self.s3.objects.items() if key.startswith("transcripts/")}

    def _equipped(self):
        services = self.aws.services_with()
        services.vendor = replace(services.vendor, connect=lambda *_: self.vendor)
        return services

    def _waited(self, _state):
        for name, job in self.transcribe.jobs.items():
            if job["TranscriptionJobStatus"] == "IN_PROGRESS" and job["Media"]["MediaFileUri"].startswith("s3://stock"):
                self.transcribe.complete(name, self.spoken)
                uri = f"https://s3.us-east-1.amazonaws.com/stockflow/{keys.transcription(name)}"
                job["Transcript"] = {"TranscriptFileUri": uri}
