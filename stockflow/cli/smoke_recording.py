"""A recording that a smoke run of earnings calls has written down: ``stockflow promote --smoke-audio``."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from stockflow.cli.given_call import CallArguments, given_call
from stockflow.errors import Unusable
from stockflow.stand_ins.audio import duration_seconds
from stockflow_functions.aws.dollars import DOLLARS_PER_TRANSCRIBED_SECOND
from stockflow_functions.earnings_calls.cost import LEAST_SECONDS
from stockflow_functions.earnings_calls.smoke import COMPANY, DAY

LARGEST_BYTES = 25_000_000
"""Half a minute is enough; the file goes through this machine's memory."""


@dataclass(frozen=True)
class SmokeRecording:
    """A recording; ``price`` is what Amazon Transcribe takes for it."""

    call: str
    price: str


def smoke_recording(file: Path) -> SmokeRecording:
    """The recording, as a call of the invented company.

    Its label is a new one, so that its transcription job has a name that no earlier job has.

    Raises:
        Unusable: the file is no recording that Transcribe takes, or a large one.
    """
    label = f"smoke-{secrets.token_hex(4)}"
    given = given_call(CallArguments(COMPANY, DAY, audio=file, label=label), datetime.now(UTC).date())
    size = file.stat().st_size
    if size > LARGEST_BYTES:
        raise Unusable(f"{file} has {size:,} bytes, and {LARGEST_BYTES:,} are the most here: give a short recording.")
    return SmokeRecording(given.call.name, _price(duration_seconds(file)))


def _price(seconds: float | None) -> str:
    least = "" if seconds else "at least "
    return f"{least}${max(LEAST_SECONDS, seconds or 0) * DOLLARS_PER_TRANSCRIBED_SECOND:.3f}"
