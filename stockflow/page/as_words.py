"""Times, counts and commands in words, as the page and the terminal show them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

from stockflow.graph.svg import MARKS
from stockflow.history.compare import LastGood
from stockflow.history.json_values import JsonObject, count_in, list_in, object_in, objects_in, text_in
from stockflow.history.saved_run import Engine
from stockflow.history.symbols import SymbolRow
from stockflow.history.visits import ABORTED, DEFERRED, FAILED, HANDLED, NOT_REACHED, OK, RUNNING, UNFINISHED

_MINUTE, _HOUR = 60, 3600
STATUS_WORDS = {
    "SUCCEEDED": "Succeeded",
    "FAILED": "Failed",
    "TIMED_OUT": "Timed out",
    "ABORTED": "Stopped",
    "KILLED": "Killed",
    "RUNNING": "Running",
    "UNKNOWN": "Unknown",
}
LEGEND = [*MARKS, "retries"]
STATUS_KINDS = {
    "SUCCEEDED": OK,
    "FAILED": FAILED,
    "TIMED_OUT": FAILED,
    "ABORTED": ABORTED,
    "KILLED": ABORTED,
    "RUNNING": RUNNING,
}


def duration(seconds: float) -> str:
    """``0.4`` to "0.40 s", ``75`` to "1 min 15 s", ``7300`` to "2 h 1 min"."""
    if seconds < 1:
        return f"{seconds:.2f} s"
    if seconds < _MINUTE:
        return f"{seconds:.1f} s"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE:.0f} min {seconds % _MINUTE:.0f} s"
    return f"{seconds // _HOUR:.0f} h {seconds % _HOUR // _MINUTE:.0f} min"


def difference(seconds: float | None, before: float | None) -> str:
    """How much longer than before: "+1.2 s", "-0.3 s", or "" if either is unknown."""
    if seconds is None or before is None:
        return ""
    return f"{'+' if seconds >= before else '-'}{abs(seconds - before):.1f} s"


def clock_time(moment_ms: int | None) -> str:
    """``2026-11-20 22:30:00 UTC``."""
    return "" if moment_ms is None else f"{datetime.fromtimestamp(moment_ms / 1000, UTC):%Y-%m-%d %H:%M:%S} UTC"


def row_word(row: SymbolRow) -> str:
    """The text of a row's pill: the workflow's own status if it has one."""
    return row.outcome or {OK: "succeeded"}.get(row.status, row.status)


def tally(rows: list[SymbolRow]) -> list[tuple[str, str, int]]:
    """How many rows have each status: ``(kind, word, count)``, the worst first."""
    counts = Counter((FAILED if row.bad else row.status, row_word(row)) for row in rows)
    order = (FAILED, HANDLED, DEFERRED, ABORTED, UNFINISHED, RUNNING, NOT_REACHED, OK)
    return [(kind, word, n) for (kind, word), n in sorted(counts.items(), key=lambda item: order.index(item[0][0]))]


def fragment(text: str) -> str:
    """The text as part of a link within the page."""
    return quote(text.encode(errors="replace"), safe="")


def manifest_facts(manifest: JsonObject | None, vendors: Mapping[str, str], given: str) -> list[tuple[str, str]]:
    """What the manifest says about the whole run, for the header: ``(word, value)``.

    Args:
        vendors: names by their hosts.
        given: what they give, such as ``prices``.
    """
    manifest = manifest or {}
    facts = []
    symbols = objects_in(manifest.get("symbols"))
    added, changed = (sum(count_in(s.get(name)) for s in symbols) for name in ("rows_added", "rows_changed"))
    if any("rows_added" in symbol for symbol in symbols):
        facts.append(("Rows", f"{added:,} added, {changed:,} changed"))
    source = text_in(manifest.get("source"))
    if source in vendors:
        facts.append((f"{given.capitalize()} from", vendors[source]))
    dollars = object_in(manifest.get("cost")).get("dollars")
    if isinstance(dollars, int | float):
        facts.append(("Cost on AWS", f"${dollars:.4f}"))
    return facts


def invented(
    manifest: JsonObject | None, engine: Engine, vendors: Mapping[str, str], given: str
) -> tuple[str, str] | None:
    """If what was given does not come from a vendor: the header's short and its long text; else None.

    A run that could not write its manifest has the source in its engine. Another server's answers may be anything.
    """
    source = text_in((manifest or engine).get("source"))
    if not source or not vendors or source in vendors:
        return None
    vendor = " or ".join(vendors.values())
    if engine.get("prices") == "simulated":
        return (f"Simulated {given}", f"An invented {vendor} answered: these {given} are not real.")
    return (f"{given.capitalize()} from {source}", f"They come from {source}, not from {vendor}: they may be invented.")


def engine(engine: Engine) -> tuple[str, str]:
    """What the run ran on, and its region or the engine's version."""
    name, version = str(engine.get("name") or ""), str(engine.get("version") or "")
    return ("A laptop", f"moto {version}") if name == "moto" else (name, version)


def comparison(row: SymbolRow, good: LastGood) -> str:
    """How much longer than its last good run it took; for a failed symbol, that run's outcome and date."""
    return f"{good.status} {good.started_at[5:10]}" if row.bad else difference(row.seconds, good.seconds)


def warnings(manifest: JsonObject | None) -> list[str]:
    """The manifest's warnings about the run as a whole."""
    return [str(text) for text in list_in((manifest or {}).get("warnings"))]


@dataclass(frozen=True)
class SlackMessage:
    """One message to people; ``kind`` sets its colour."""

    channel: str
    kind: str
    at: str
    text: str


_CHANNEL_KINDS = {"error": FAILED, "warning": HANDLED, "info": OK}


def messages(slack: list[object]) -> list[SlackMessage]:
    """Slack messages as plain text: the text of their blocks, or their fallback text."""
    return [_message(value if isinstance(value, dict) else {"payload": str(value)}) for value in slack]


def _message(value: JsonObject) -> SlackMessage:
    channel, payload = str(value.get("channel") or "message"), value.get("payload")
    text = "\n".join(_texts(payload)) if isinstance(payload, dict) else str(payload)
    return SlackMessage(channel, _CHANNEL_KINDS.get(channel, "none"), str(value.get("received_at") or ""), text)


def _texts(payload: JsonObject) -> list[str]:
    found = [text for block in objects_in(payload.get("blocks")) for text in _of_block(block)]
    return found or [str(payload.get("text") or "")]


def _of_block(block: JsonObject) -> list[str]:
    parts = [block.get("text"), *list_in(block.get("fields")), *list_in(block.get("elements"))]
    return [text for part in parts if isinstance(text := object_in(part).get("text"), str)]
