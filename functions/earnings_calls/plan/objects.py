"""Looks at the recordings and transcripts that a run is about, before anything is paid for."""

from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import Bucket, ObjectFacts
from stockflow_functions.domain.errors import InvalidInput
from stockflow_functions.earnings_calls.names import AUDIO, CallName

LARGEST_RECORDING_BYTES = 2 * 1024**3
"""Transcribe's limit (docs.aws.amazon.com/transcribe, "Guidelines and quotas")."""
LARGEST_TRANSCRIPT_BYTES = 25_000_000
"""Twelve times the transcript of an hour; ReadTranscript parses it in memory."""
FIRST_BYTES = 512
"""Of a file, by which :func:`is_text` tells it."""


def object_of(call: CallName, bucket: Bucket) -> ObjectFacts:
    """The object that the call is named by.

    Raises:
        InvalidInput: it is missing, empty or too large, or a text that is called a recording.
    """
    key = keys.call_object(call.name)
    place = f"s3://{bucket.name}/{bucket.full_key(key)}"
    facts = bucket.facts(key)
    if facts is None:
        raise InvalidInput(f"There is no object {place}: drop it there first.")
    largest = LARGEST_RECORDING_BYTES if call.door == AUDIO else LARGEST_TRANSCRIPT_BYTES
    if not 0 < facts.bytes <= largest:
        raise InvalidInput(f"{place} has {facts.bytes:,} bytes: write 1 to {largest:,} of them.")
    if call.door == AUDIO and _begins_as_text(bucket, key):
        raise InvalidInput(f"{place} is a text, not a recording: name a transcript .json.")
    return facts


def is_text(head: bytes) -> bool:
    """Whether a file that begins so is a text: every recording has bytes near its beginning that no text has."""
    return not any(byte < ord("\t") or ord("\r") < byte < ord(" ") for byte in head)


def _begins_as_text(bucket: Bucket, key: str) -> bool:
    found = bucket.get(key, most_bytes=FIRST_BYTES)
    return is_text(b"" if found is None else found.body)
