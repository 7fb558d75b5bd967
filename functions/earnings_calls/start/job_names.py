"""The names of transcription jobs: the same recording and settings, the same name. Pure."""

import hashlib
import re
from collections.abc import Iterator

from stockflow_functions.earnings_calls.contracts import EarningsCall

MOST_JOBS = 9
"""For one recording with the same settings, in the 90 days for which Transcribe keeps a job's name."""
_NOT_IN_A_NAME = re.compile(r"[^0-9A-Za-z.-]")


def job_names(call: EarningsCall, bucket: str, language: str) -> Iterator[str]:
    """The names to try, in order: that of the first job, then ``-r2`` and so on, for jobs after a failed one.

    A name may have ``[0-9a-zA-Z._-]``, 200 characters at most (Transcribe's API model, TranscriptionJobName).

    Args:
        bucket: its name, and what the keys of a smoke run are below, whose recordings have jobs of their own.
    """
    settings = "\n".join((bucket, str(call["key"]), str(call["etag"]), language))
    mark = hashlib.sha256(settings.encode()).hexdigest()[:12]
    label = f"-{call['label']}" if call["label"] else ""
    name = f"stockflow-{_NOT_IN_A_NAME.sub('_', call['symbol'])}-{call['date']}{label}-{mark}"
    yield name
    yield from (f"{name}-r{number}" for number in range(2, MOST_JOBS + 1))
