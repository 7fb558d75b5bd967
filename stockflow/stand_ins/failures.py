"""Why a transcription job fails, in AWS's words.

The reasons are those of ``FailureReason`` in Amazon Transcribe's API reference, and three that users have met.
"""

from collections.abc import Mapping
from typing import Any

from stockflow.stand_ins.audio import Header

SHORTEST_SECONDS = 0.5
LONGEST_SECONDS = 4 * 3600
_LOWEST_HERTZ, _HIGHEST_HERTZ = 8000, 48000
_ALIKE = frozenset({"mp4", "m4a"})

INVALID = "The data in your input media file isn't valid. Check the media file and try your request again."
TOO_SHORT = (
    "The input media file length is too small. Minimum audio duration is 0.500000 milliseconds. "
    "Check the length of the file and try your request again."
)
NO_SPEECH = (
    "Your audio file must have a speech segment long enough in duration to perform automatic language identification. "
    "Provide an audio file with someone speaking for a longer period of time and try your request again."
)
TOO_LARGE = "Invalid file size: file size too large."
OTHER_FORMAT = "The media format provided does not match the detected media format."
RATE = "Invalid sample rate for audio file."
OTHER_RATE = "The sample rate provided does not match the detected sample rate."


class JobFailed(Exception):
    """The job fails; the sentence is its ``FailureReason``."""


def check_header(header: Header, request: Mapping[str, Any]) -> None:
    """Looks whether the audio is what was announced, and within the limits; what the header leaves out passes.

    Raises:
        JobFailed: it is not.
    """
    given, announced_hertz = request.get("MediaFormat"), request.get("MediaSampleRateHertz")
    seconds, hertz = header.seconds, header.sample_rate_hertz
    reasons = {
        INVALID: header.format is None,
        OTHER_FORMAT: given is not None and given != header.format and not {given, header.format} <= _ALIKE,
        TOO_SHORT: seconds is not None and seconds < SHORTEST_SECONDS,
        TOO_LARGE: seconds is not None and seconds > LONGEST_SECONDS,
        RATE: hertz is not None and not _LOWEST_HERTZ <= hertz <= _HIGHEST_HERTZ,
        OTHER_RATE: None not in {announced_hertz, hertz} and announced_hertz != hertz,
    }
    for reason, fails in reasons.items():
        if fails:
            raise JobFailed(reason)
