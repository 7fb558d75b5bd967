"""What earlier runs know of a series' symbols: one object, ``freshness/<series>.json.gz``."""

import gzip
import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from random import uniform
from typing import Any

from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import Bucket, StoredObject
from stockflow_functions.aws.reread import reread
from stockflow_functions.domain.clock import from_iso, to_iso
from stockflow_functions.domain.errors import WriteConflict
from stockflow_functions.domain.prices.freshness import Known, merged

ACTIONS = "actions"
"""In a series' place: when each symbol's splits and dividends were asked for."""
VERSION = 1
TRIES = 8
PAUSE_SECONDS = 0.2
"""The longest pause after the first lost race, doubled with each; its length is drawn, so that writers spread."""

QUICK = 6
"""Of gzip's levels: 9 takes five times as long for a twentieth less."""


@dataclass(frozen=True)
class Remembered:
    """What the object says; if it can't be read, nothing, and a sentence about that.

    Attributes:
        known: by symbol.
        warning: "" where all is well.
        etag: of the object; None if there is none.
        newer: whether a newer release wrote it, so that it must stay.
    """

    known: Mapping[str, Known] = field(default_factory=dict)
    warning: str = ""
    etag: str | None = None
    newer: bool = False


class FreshnessStore:
    """The dataset's objects of this kind. ``sleep`` pauses for so many seconds.

    Each method raises ``StorageUnavailable`` or ``StorageDenied`` where S3 refuses.
    """

    def __init__(self, bucket: Bucket, sleep: Callable[[float], None]) -> None:
        self._bucket = bucket
        self._sleep = sleep

    def read(self, series: str) -> Remembered:
        """What is known of the symbols of a series; of one without an object, nothing."""
        key = keys.freshness(series)
        found = self._bucket.get(key)
        remembered = understood(key, found)
        if found is not None and remembered.warning and not remembered.newer:
            reread(self._bucket, key, found.body)
        return remembered

    def add(self, series: str, news: Mapping[str, Known]) -> str:
        """Merges what a run knows into the object; returns a sentence if it had to be given up or made anew, or "".

        An object of a newer release stays as it is. One that is damaged is replaced.

        Raises:
            WriteConflict: other runs were faster every time.
        """
        for lost in range(TRIES):
            if lost:
                self._sleep(uniform(0, PAUSE_SECONDS * 2 ** (lost - 1)))
            before = self.read(series)
            after = {**before.known, **{name: merged(before.known.get(name), one) for name, one in news.items()}}
            if before.newer or after == before.known:
                return before.warning
            try:
                self._write(series, after, before.etag)
            except WriteConflict:
                continue
            return before.warning
        raise WriteConflict(f"{keys.freshness(series)} was replaced by other runs {TRIES} times in a row.")

    def _write(self, series: str, known: Mapping[str, Known], etag: str | None) -> None:
        text = json.dumps(_as_json(known), separators=(",", ":"))
        body = gzip.compress(text.encode(), QUICK, mtime=0)
        key, kind = keys.freshness(series), "application/gzip"
        self._bucket.put(key, body, content_type=kind, if_match=etag, if_none_match=etag is None)


def understood(key: str, found: StoredObject | None) -> Remembered:
    """What the object says; nothing if there is none."""
    if found is None:
        return Remembered()
    try:
        value = json.loads(gzip.decompress(found.body))
        if value["version"] > VERSION:
            return Remembered(warning=_of_a_newer_release(key, value["version"]), etag=found.etag, newer=True)
        return Remembered(_from_json(value), etag=found.etag)
    except (OSError, EOFError, zlib.error, ValueError, TypeError, KeyError, AttributeError):
        return Remembered(warning=f"{key} is damaged and is made anew: every symbol is asked for.", etag=found.etag)


def _of_a_newer_release(key: str, version: object) -> str:
    return (
        f"{key} is of a newer release (version {version}; this one knows {VERSION}) and stays as it is: every symbol "
        "is asked for. Install that release."
    )


def _as_json(known: Mapping[str, Known]) -> dict[str, object]:
    moments = {moment_ms: to_iso(moment_ms) for moment_ms in {one.at_ms for one in known.values()}}
    symbols = {
        symbol: {"last": one.last, "first": one.first, "at": moments[one.at_ms], "full": one.full}
        for symbol, one in sorted(known.items())
    }
    return {"version": VERSION, "symbols": symbols}


def _from_json(value: Any) -> dict[str, Known]:
    """Raises ValueError, TypeError, KeyError or AttributeError if it is something else."""
    moments = {text: from_iso(text) for text in {one["at"] for one in value["symbols"].values()}}
    return {
        symbol: Known(moments[one["at"]], _day(one["last"]), _day(one["first"]), bool(one["full"]))
        for symbol, one in value["symbols"].items()
    }


def _day(text: str | None) -> str | None:
    return None if text is None else date.fromisoformat(text).isoformat()
