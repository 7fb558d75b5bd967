"""A run of calls in one line. Pure."""

import re
from collections.abc import Sequence

from stockflow_functions.domain.outcome import CHECKED
from stockflow_functions.domain.words import counted, signed
from stockflow_functions.earnings_calls.contracts import CallsManifest
from stockflow_functions.earnings_calls.outcome import SAVED, UNCHANGED, CallOutcome
from stockflow_functions.reporting.parts import failed_title, troubles

NOUN = "call"
_PLAIN_SYMBOL = re.compile(r"[A-Z0-9][A-Z0-9.-]{0,11}")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def title_of(manifest: CallsManifest, calls: Sequence[CallOutcome]) -> str:
    """The message's title: one line of our own words; of a single call, its tone."""
    if manifest["error"]:
        return failed_title(manifest["error"])
    statuses = [call.status for call in calls]
    alone = _tone_of(calls[0]) if len(calls) == 1 and calls[0].status in {SAVED, UNCHANGED, CHECKED} else ""
    said = alone or troubles(statuses, sum(bool(call.warnings) for call in calls), NOUN)
    if said or not calls:
        return said or "No calls to judge"
    saved, unchanged, checked = (statuses.count(status) for status in (SAVED, UNCHANGED, CHECKED))
    if checked:
        return f"{counted(checked, NOUN)} judged, and not saved"
    if not saved:
        return f"{counted(unchanged, NOUN)} unchanged: in the dataset already"
    return f"{counted(saved, NOUN)} judged" + (f", {unchanged:,} unchanged" if unchanged else "")


def day_of(call: CallOutcome) -> str:
    """The date of the call; "" where it is none."""
    return call.call_date if _DATE.fullmatch(call.call_date) else ""


def _tone_of(call: CallOutcome) -> str:
    """``AAPL, 2026-10-29: tone +0.12, down 0.05``; "" without a tone."""
    if call.tone is None or not _PLAIN_SYMBOL.fullmatch(call.company) or not day_of(call):
        return ""
    return f"{call.company}, {call.call_date}: tone {signed(call.tone)}{_moved(call.tone_change)}"


def _moved(change: float | None) -> str:
    if change is None:
        return ""
    amount = signed(abs(change)).removeprefix("+")
    if amount == "0.00":
        return ", as in the call before"
    return f", {'up' if change > 0 else 'down'} {amount}"
