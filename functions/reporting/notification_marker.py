"""A marker beside a run's manifest, so that people are notified of the run once, however often Notify is called.

``runs/<execution>/told.json`` is claimed by a conditional write before a message goes out, and completed after it. See
docs/adr/0020-people-hear-of-a-run-once.md.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypedDict, cast

from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.domain.clock import Clock, from_iso, to_iso
from stockflow_functions.domain.errors import NotificationFailed, StorageDenied, StorageUnavailable, WriteConflict

CLAIM_SECONDS = 130
"""A claim older than this is void: the function that made it was ended by its time-out of 120 seconds."""


class Marker(TypedDict, total=False):
    """``told.json``; an earlier release's may lack any of these."""

    report: str
    red: bool
    claimed_at: str | None
    told_at: str | None
    channels: list[str]


@dataclass(frozen=True)
class Claim:
    """The right to notify people; ``etag`` is None if S3 did not take the marker, and they are notified anyway."""

    report: str
    red: bool
    etag: str | None


class NotificationMarker:
    """The marker of one execution."""

    def __init__(self, bucket: Bucket, execution: str, clock: Clock) -> None:
        self._bucket = bucket
        self._key = keys.notification_marker(execution)
        self._clock = clock

    def claim(self, report: str, *, red: bool, again: bool) -> Claim | None:
        """The claim, or None if people have been notified already.

        Args:
            report: ``summary``, ``failure`` or ``event``.
            red: whether the message says that the run ends as failed; it is news even after one that did not.
            again: whether this is a retry by the workflow, so that an earlier claim of the same report is void.

        Raises:
            NotificationFailed: another call of Notify is notifying people; the caller tries again later.
        """
        try:
            stored = self._bucket.get(self._key)
            if stored is None:
                return self._write(report, red, if_none_match=True)
            marker = _read(stored.body)
            if marker.get("told_at"):
                return None if marker.get("red") or not red else self._write(report, red, if_match=stored.etag)
            if self._is_void(marker) or (again and marker.get("report") == report):
                return self._write(report, red, if_match=stored.etag)
        except WriteConflict:
            pass
        except (StorageUnavailable, StorageDenied):
            return Claim(report, red, None)
        raise NotificationFailed("Another call of Notify is notifying people of this run at the moment.")

    def fulfil(self, claim: Claim, notify: Callable[[], list[str]]) -> None:
        """Notifies people and records the channels; if that fails, the claim is released."""
        try:
            channels = notify()
        except BaseException:
            self._close(claim, {"claimed_at": None})
            raise
        self._close(claim, {"told_at": to_iso(self._clock.now_ms()), "channels": channels})

    def _write(self, report: str, red: bool, **condition: Any) -> Claim:
        marker: Marker = {"report": report, "red": red, "claimed_at": to_iso(self._clock.now_ms()), "told_at": None}
        return Claim(
            report, red, self._bucket.put(self._key, _json(marker), content_type="application/json", **condition)
        )

    def _close(self, claim: Claim, more: Marker) -> None:
        if claim.etag is None:
            return
        marker: Marker = {"report": claim.report, "red": claim.red, "told_at": None, **more}
        try:
            self._bucket.put(self._key, _json(marker), content_type="application/json", if_match=claim.etag)
        except (WriteConflict, StorageUnavailable, StorageDenied):
            # The message is out. At worst a second one follows when the claim has expired.
            return

    def _is_void(self, marker: Marker) -> bool:
        claimed_at = marker.get("claimed_at")
        return not claimed_at or self._clock.now_ms() - from_iso(claimed_at) > CLAIM_SECONDS * 1000


def _json(marker: Marker) -> bytes:
    return (json.dumps(marker, indent=2) + "\n").encode()


def _read(body: bytes) -> Marker:
    """The marker; an unreadable one is no claim."""
    try:
        marker = json.loads(body)
    except ValueError:
        return {}
    return cast("Marker", marker) if isinstance(marker, dict) else {}
