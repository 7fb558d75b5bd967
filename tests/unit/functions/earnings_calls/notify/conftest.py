"""Manifests of calls to report on, made from a few words."""

import pytest

EXECUTION = "2026-10-30-morning"
ON_AWS = f"arn:aws:states:eu-west-1:210987654321:execution:EarningsCalls:{EXECUTION}"
ON_A_LAPTOP = f"arn:aws:states:us-east-1:123456789012:execution:EarningsCalls:{EXECUTION}"
TRANSCRIBE, COMPREHEND = "Amazon Transcribe", "Amazon Comprehend"


class Manifests:
    """Builds manifests and the calls in them."""

    arn_on_aws, arn_on_a_laptop, execution = ON_AWS, ON_A_LAPTOP, EXECUTION

    def quote(self, tone, text, start_seconds=2467.2, speaker="spk_3", section="qa"):
        return {
            "n": 7,
            "section": section,
            "speaker": speaker,
            "start_seconds": start_seconds,
            "end_seconds": None if start_seconds is None else start_seconds + 20,
            "text": text,
            "tone": tone,
        }

    def call(self, company="AAPL", status="saved", **more):
        return {
            "symbol": f"{company}/2026-10-29.mp3",
            "status": status,
            "attempts": 0,
            "company": company,
            "call_date": "2026-10-29",
            "source": "transcribe",
            "language": "en-US",
            "seconds": 3720.4,
            "transcribed_seconds": 3720.4,
            "passages": 131,
            "unscored": 0,
            "units": 748,
            "looks": 8,
            "tone": 0.1812,
            "tone_prepared": 0.3104,
            "tone_qa": 0.0521,
            "tone_change": -0.1204,
            "previous_call_date": "2026-07-30",
            "engine_speech": TRANSCRIBE,
            "engine_tone": COMPREHEND,
            "most_negative": [
                self.quote(-0.9123, "We expect margins to fall again in the next quarter."),
                self.quote(-0.7, "Demand in the region was weak.", 3661.0, "spk_0", "prepared"),
            ],
            "most_positive": [self.quote(0.95, "This was our best quarter ever.", 61.0, "spk_0", "prepared")],
            "transcript": f"transcripts/{company}/2026-10-29.parquet",
            "warnings": [],
            "error": None,
            **more,
        }

    def given(self, company="IBM", **more):
        """A call that came as a transcript of the vendor's: no times, no engine that wrote it down."""
        return self.call(
            company,
            **{
                "symbol": f"{company}/2024Q1",
                "attempts": 1,
                "source": "alpha-vantage",
                "seconds": None,
                "transcribed_seconds": 0.0,
                "looks": 0,
                "engine_speech": "",
                "most_negative": [self.quote(-0.4, "Consulting was soft.", None, "Jim Kavanaugh")],
                "most_positive": [],
                **more,
            },
        )

    def not_saved(self, name, status, error_type=None, state="StartTranscription", message="Say it again."):
        error = {"type": error_type, "message": message, "state": state} if error_type else None
        return {"symbol": name, "status": status, "attempts": 0, "error": error}

    def failed(self, name, error_type="AudioRefused", state="LookAtTranscription", message="It is no recording."):
        return self.not_saved(name, "failed", error_type, state, message)

    def deferred(self, name, error_type="NotPublishedYet"):
        return self.not_saved(name, "deferred", error_type, "FetchTranscript", "Alpha Vantage has none yet.")

    def manifest(self, *calls, outcome="succeeded", error=None, **more):
        return {
            "execution": EXECUTION,
            "execution_arn": ON_AWS,
            "workflow": "earnings-calls",
            "trigger": "inbox",
            "started_at": "2026-10-30T06:00:00.250Z",
            "finished_at": "2026-10-30T06:14:30.250Z",
            "outcome": outcome,
            "sentence": "What NotifyCalls gives on.",
            "symbols": list(calls),
            "requests": {"made": sum(call["attempts"] for call in calls)},
            "cost": {"dollars": 1.5672},
            "engines": {"speech": TRANSCRIBE, "tone": COMPREHEND},
            "warnings": [],
            "error": error,
            "source": "",
            **more,
        }


@pytest.fixture
def make():
    return Manifests()
