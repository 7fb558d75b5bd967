"""A refused answer for the log: redacted, and short enough for one line."""

from collections.abc import Callable
from typing import Any

from stockflow_functions.vendors.alpha_vantage.download import Download

LONGEST_BODY = 4_000
"""Characters; the vendor's refusals have a few hundred. CloudWatch takes lines of 256 KB."""


def quoted(answer: Download, clean: Callable[[str], str], longest_body: int = LONGEST_BODY) -> dict[str, Any]:
    """``{status, content_type, body, whole}``; of a longer body only the beginning, and ``whole`` is false."""
    # Cut last: half a secret would not be recognised as one.
    body = clean(answer.body.decode(errors="replace"))
    return {
        "status": answer.status,
        "content_type": clean(answer.content_type)[:100],
        "body": body[:longest_body],
        "whole": len(body) <= longest_body,
    }
