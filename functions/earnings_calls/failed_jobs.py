"""Why a transcription job failed: for the recording's sake, which another job would not mend, or by another fault."""

import re

from stockflow_functions.aws.transcribe import JobState
from stockflow_functions.domain.errors import AudioRefused, NoSpeech

# "The media format that you specified isn't valid", "... is too small", "... exceeds ...": FailureReason in the API
# model of GetTranscriptionJob, and in reports of users.
_OF_THE_RECORDING = re.compile(
    r"(?!internal)[^:]*"
    r"(media format|sample rate|file size|too (small|large|short|long)|duration|channels|language|exceeds|media file)",
    re.IGNORECASE,
)
_TOO_LITTLE_SPEECH = re.compile(r"speech segment|automatic language identification", re.IGNORECASE)
"""What users have read in the FailureReason of a job that was to find out its language."""


def check_recording(found: JobState, engine: str) -> None:
    """Makes sure that the job, which failed, did not fail for the recording's sake; ``engine`` is what ran it.

    Raises:
        AudioRefused: the engine can't use the recording.
        NoSpeech: too little is said in it for the language to be found out.
    """
    if _TOO_LITTLE_SPEECH.search(found.reason):
        raise NoSpeech(
            f"Too little is said to find out its language, which the input can name (job {found.name}): {found.reason}"
        )
    if _OF_THE_RECORDING.match(found.reason):
        raise AudioRefused(f"{engine} can't use the recording (job {found.name}): {found.reason}")
