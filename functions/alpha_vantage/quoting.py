"""An answer that was refused, as the log keeps it: redacted, and short enough for a line."""

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from functions.alpha_vantage.download import Download

LONGEST_BODY = 4_000
"""Characters; the vendor's refusals have a few hundred. CloudWatch takes lines of 256 KB."""


def quoted(answer: Download, clean: Callable[[str], str]) -> dict[str, Any]:
    """``{status, content_type, body, whole}``; of a longer body the beginning, and ``whole`` is false."""
    body = _cleaned_text(answer.body.decode(errors="replace"), clean)
    return {
        "status": answer.status,
        "content_type": clean(answer.content_type)[:100],
        "body": body[:LONGEST_BODY],
        "whole": len(body) <= LONGEST_BODY,
    }


def _cleaned_text(text: str, clean: Callable[[str], str]) -> str:
    """JSON is masked text by text, for a secret may be written in it with escapes."""
    with suppress(ValueError, RecursionError):
        text = json.dumps(_cleaned(json.loads(text), clean), ensure_ascii=False)
    return clean(text)


def _cleaned(value: Any, clean: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        return {clean(key): _cleaned(item, clean) for key, item in value.items()}
    if isinstance(value, list):
        return [_cleaned(item, clean) for item in value]
    return clean(value) if isinstance(value, str) else value
