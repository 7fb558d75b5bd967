"""The splits that a vendor knows, as kept in ``splits/<SYMBOL>.json``."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple, NotRequired, TypedDict

from stockflow_functions.domain.clock import from_iso

Splits = Mapping[date, float]
"""Shares after a split for each share before it, by effective date."""


class Split(NamedTuple):
    """One split: shares after it for each share before it (4.0 for four to one, 0.1 for a reverse one to ten)."""

    effective_date: date
    split_factor: float


@dataclass(frozen=True)
class KnownSplits:
    """The splits of a symbol as they were last asked for.

    Attributes:
        factors: by effective date.
        asked_on: when that was; None for never.
        complete: whether all that the vendor sent could be read.
    """

    factors: Splits
    asked_on: date | None = None
    complete: bool = True


class StoredSplit(TypedDict):
    """A split as its file has it; the date is ISO 8601."""

    effective_date: str
    split_factor: float


class SplitsFile(TypedDict):
    """``splits/<SYMBOL>.json``; ``asked_at`` is ISO 8601, ``unreadable`` how many more the vendor's list had."""

    symbol: str
    asked_at: str
    splits: list[StoredSplit]
    unreadable: NotRequired[int]


def splits_file(symbol: str, asked_at: str, splits: Iterable[Split], unreadable: int = 0) -> SplitsFile:
    """What is kept of an answer; ``asked_at`` is ISO 8601, ``unreadable`` counts entries that could not be read."""
    file: SplitsFile = {
        "symbol": symbol,
        "asked_at": asked_at,
        "splits": [
            {"effective_date": split.effective_date.isoformat(), "split_factor": split.split_factor} for split in splits
        ],
    }
    if unreadable:
        file["unreadable"] = unreadable
    return file


def refusal_file(symbol: str, asked_at: str, error: str, message: str) -> dict[str, str]:
    """The file of a refusal, so that the same jump is not asked about again."""
    return {"symbol": symbol, "asked_at": asked_at, "error": error, "message": message}


class SplitsAnswer(NamedTuple):
    """An answer about splits, as its file has it, when it was asked for, and how many entries could not be read."""

    splits: list[Split]
    asked_at_ms: int
    unreadable: int = 0


def splits_answer(body: bytes | None) -> SplitsAnswer | None:
    """Reads a file of splits; None of a missing or unreadable one."""
    try:
        content = json.loads(body or b"{}")
        splits = [
            Split(date.fromisoformat(item["effective_date"]), float(item["split_factor"])) for item in content["splits"]
        ]
        return SplitsAnswer(splits, from_iso(content["asked_at"]), int(content.get("unreadable", 0)))
    except (ValueError, KeyError, TypeError):
        return None


def known_splits(body: bytes | None, refused: bytes | None = None) -> KnownSplits:
    """Reads a file of splits, and the note of a refusal beside it; an unreadable file counts as missing."""
    content, asked_on = _read(body)
    complete = True
    try:
        splits = content["splits"]
        factors = {date.fromisoformat(item["effective_date"]): float(item["split_factor"]) for item in splits}
        complete = not content.get("unreadable")
    except (ValueError, KeyError, TypeError):
        factors, asked_on = {}, None
    days = [day for day in (asked_on, _read(refused)[1]) if day is not None]
    return KnownSplits(factors, max(days, default=None), complete)


def _read(body: bytes | None) -> tuple[Any, date | None]:
    """What is in a file, and when the vendor was asked for it."""
    try:
        content = json.loads(body or b"{}")
        return content, date.fromisoformat(content["asked_at"][:10])
    except (ValueError, KeyError, TypeError):
        return {}, None
