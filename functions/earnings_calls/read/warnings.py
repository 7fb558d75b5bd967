"""What is worth knowing of a transcript before its tone is believed. Pure."""

from stockflow_functions.aws.transcribe import MOST_SPEAKERS
from stockflow_functions.domain.calls.languages import comprehend_language
from stockflow_functions.domain.calls.transcript import Transcript
from stockflow_functions.earnings_calls.contracts import EarningsCall
from stockflow_functions.earnings_calls.names import AUDIO, VENDOR

ENGLISH = "en-US"
LEAST_CONFIDENCE = 0.6


def warnings_of(transcript: Transcript, call: EarningsCall, *, qa_found: bool) -> list[str]:
    """Sentences about the call, most important first."""
    language, confidence = transcript.language, transcript.confidence_mean
    found = []
    if language is None and call["door"] != VENDOR:
        found.append(
            "The transcript does not say which language it is in: it is judged as English; name another by language."
        )
    elif language is not None and comprehend_language(language) is None:
        found.append(f"The call is in {language}, whose tone nothing here judges: its transcript is kept without one.")
    if confidence is not None and confidence < LEAST_CONFIDENCE:
        found.append(f"The call was hard to hear: the mean confidence of its words is {confidence:.2f} of 1.")
    if not qa_found:
        found.append("No handover to questions was found in the call: its sections are not told apart.")
    if transcript.speakers >= MOST_SPEAKERS and call["door"] == AUDIO:
        found.append(f"The call has {transcript.speakers} speakers or more: further voices count as one of them.")
    if call["date"] is None:
        found.append(f"The vendor does not date the call: it stands at the end of {call['quarter']}; add @YYYY-MM-DD.")
    return found
