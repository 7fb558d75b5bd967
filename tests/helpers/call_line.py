"""ReadTranscript, JudgeTone and SaveTone, one after the other, on a bucket, a Comprehend and a Transcribe in memory."""

from datetime import date

from stockflow.testing import FakeAws, FakeClock
from stockflow_functions.aws import keys
from stockflow_functions.domain.calls.tables import decode_passages, decode_rows
from stockflow_functions.domain.clock import from_iso
from stockflow_functions.earnings_calls.judge.app import handler as judge_handler
from stockflow_functions.earnings_calls.names import VENDOR, call_of
from stockflow_functions.earnings_calls.plan.output import item_of
from stockflow_functions.earnings_calls.read.app import handler as read_handler
from stockflow_functions.earnings_calls.save.app import handler as save_handler

NOW = "2026-11-20T17:00:00.000Z"
TODAY_MS, TODAY = from_iso(NOW), date(2026, 11, 20)


def tone_of_words(text):
    """Positive where it says record, negative where it says terrible, else neutral."""
    if "record" in text:
        return 0.8, 0.1, 0.1, 0.0
    return (0.1, 0.8, 0.1, 0.0) if "terrible" in text else (0.0, 0.0, 1.0, 0.0)


class CallLine:
    """The way of calls from their transcripts to the dataset. ``execution`` may change between runs."""

    def __init__(self, **variables):
        self.aws = FakeAws(FakeClock(TODAY_MS), **variables)
        self.s3, self.services = self.aws.s3, self.aws.services
        self.aws.comprehend.score = tone_of_words

    def event(self, name, execution="one", *, force=False, language="", saves=True, retry_count=0, **more):
        """What every state of the call is given; the object must be there."""
        call = call_of(name, "symbols", TODAY)
        facts = None if call.door == VENDOR else self.services.bucket.facts(keys.call_object(name))
        run = {"execution": execution, "trigger": "console", "started_at": NOW, "language": language, "force": force}
        run |= {} if saves else {"saves": False}
        return {
            "run": {**run, "execution_arn": "arn", "generation": 0, "spare_events": 25_000},
            "symbol": name,
            "call": item_of(call, facts, NOW)["call"],
            "retry_count": retry_count,
            **more,
        }

    def drop(self, name, body):
        """Puts an object where people drop theirs."""
        self.s3.place(keys.call_object(name), body)

    def found(self, key, **more):
        return {"key": key, "fetched_at": NOW, "attempts": 0, "looks": 0, "jobs": 0, "language": "", **more}

    def read(self, name, execution="one", key=None, **about):
        found = self.found(key or keys.call_object(name), **about.pop("found", {}))
        return read_handler.run(self.event(name, execution, transcript=found, **about), None, self.services)

    def judge(self, name, passages, execution="one", **about):
        return judge_handler.run(self.event(name, execution, passages=passages, **about), None, self.services)

    def save(self, name, judged, execution="one", **about):
        return save_handler.run(self.event(name, execution, judged=judged, **about), None, self.services)

    def judged(self, name, execution="one", **about):
        passages = self.read(name, execution, **{**about, "found": about.get("found", {})})
        about.pop("key", None), about.pop("found", None)
        return self.judge(name, passages, execution, **about)

    def run(self, name, execution="one", **about):
        """All three states; gives the call's record."""
        judged = self.judged(name, execution, **about)
        about.pop("key", None), about.pop("found", None)
        self.save(name, judged, execution, **about)
        return self.record(name, execution)

    def record(self, name, execution="one"):
        return self.s3.json(keys.symbol_record(execution, name))

    def rows(self, symbol):
        """The symbol's rows, and nothing that a run alone says."""
        body = self.s3.objects.get(keys.tone(symbol))
        return [] if body is None else list(decode_rows(body, symbol).rows)

    def passages(self, symbol, when):
        return decode_passages(self.s3.objects[keys.transcript(symbol, when)])
