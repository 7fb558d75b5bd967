"""What SaveTone notes on the objects that it writes, as S3 metadata, so that PlanCalls knows a call without reading."""

from collections.abc import Mapping

from stockflow_functions.earnings_calls.names import AUDIO
from stockflow_functions.runtime.settings import Settings

SOURCE_ETAG, QUARTER, QUARTERS = "source-etag", "quarter", "quarters"
ENGINE_SPEECH, ENGINE_TONE = "engine-speech", "engine-tone"
ASKED_LANGUAGE = "asked-language"
"""Which the input named, or CALL_LANGUAGE."""
EXECUTION = "execution"


def engines_of(door: str, settings: Settings) -> tuple[str, str]:
    """What writes a call down that comes in by this door, "" if nothing has to, and what judges it."""
    return (settings.speech_engine if door == AUDIO else "", settings.tone_engine)


def marked_engines(marks: Mapping[str, str]) -> tuple[str, str]:
    """The same two as they are noted on an object."""
    return (marks.get(ENGINE_SPEECH, ""), marks.get(ENGINE_TONE, ""))
