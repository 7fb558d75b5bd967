"""The message about a run, from its manifest.

Info when all went well; warning when symbols failed, were deferred or need attention; error when the run failed.
"""

from collections.abc import Sequence

from stockflow_functions.daily_prices.contracts import Manifest
from stockflow_functions.daily_prices.notify.groups import (
    MOST_NAMED,
    FailureGroup,
    WarningGroup,
    group_failures,
    group_warnings,
)
from stockflow_functions.daily_prices.notify.headline import count, kind_of, title_of
from stockflow_functions.daily_prices.outcome import DEFERRED, FAILED, SAVED, UNCHANGED, SymbolOutcome
from stockflow_functions.daily_prices.workflow import DAILY_PRICES
from stockflow_functions.domain.clock import from_iso, to_iso
from stockflow_functions.domain.messages.message import Message, Part, Piece, Untrusted
from stockflow_functions.domain.outcome import FailureRecord
from stockflow_functions.domain.prices.rules import NEWEST_VOLUME
from stockflow_functions.domain.words import and_more, counted, plain_name
from stockflow_functions.reporting.run_links import (
    LONGEST_COMMAND,
    console_link,
    ran_on_aws,
    replay_command,
    rerun_command,
    show_command,
)
from stockflow_functions.vendors.port import Vendor

MOST_GROUPS = 10
LONGEST_SYMBOL = 40
LONGEST_WARNING = 200
LONGEST_SENTENCE = 600

_STARTED_BY = {
    "schedule": "by the schedule",
    "console": "in the console",
    "inbox": "by a symbol list in the bucket",
    "laptop": "on a laptop",
    "smoke": "by stockflow promote, away from the dataset",
}
_KEY_OR_QUOTA = frozenset({"QuotaExhausted", "InvalidApiKey"})
_TWO_MINUTES = 120


def report(manifest: Manifest, vendor: Vendor) -> Message:
    """The message about a run.

    Args:
        manifest: see docs/contracts.md. Every text in it is treated as untrusted.
        vendor: whose prices were to be fetched.
    """
    symbols = [SymbolOutcome.from_dict(symbol) for symbol in manifest["symbols"]]
    groups = group_failures(symbols)
    parts = [
        _run_part(manifest, symbols, vendor),
        *_error_parts(manifest, groups),
        *_failure_parts(manifest, groups),
        *_deferred_parts(symbols),
        *_look_parts(manifest, symbols),
        *_hint_parts(manifest, symbols, vendor),
        *_action_parts(manifest, groups, symbols),
    ]
    return Message(kind_of(manifest, symbols), title_of(manifest, symbols), tuple(parts), _footnote(manifest))


def _run_part(manifest: Manifest, symbols: list[SymbolOutcome], vendor: Vendor) -> Part:
    started_by = _STARTED_BY.get(manifest["trigger"])
    how: tuple[Piece, ...] = (
        (f"started {started_by}",) if started_by else ("started by ", Untrusted(manifest["trigger"]))
    )
    series: tuple[Piece, ...] = (", ", Untrusted(manifest["series"])) if manifest["series"] else ()
    lines: list[tuple[Piece, ...]] = [
        ("Run ", Untrusted(manifest["execution"], 160), ", ", *how, *series, _when(manifest))
    ]
    if manifest["outcome"] == "skipped":
        return Part("", tuple(lines), (Untrusted(manifest["sentence"], LONGEST_SENTENCE),))
    if symbols:
        counts = ", ".join(f"{count(symbols, status)} {status}" for status in (SAVED, UNCHANGED, FAILED, DEFERRED))
        rows = {
            kind: sum(getattr(symbol, f"rows_{kind}") for symbol in symbols)
            for kind in ("added", "changed", "rejected")
        }
        set_aside = f", {rows['rejected']:,} set aside" if rows["rejected"] else ""
        volumes = sum(symbol.restated == NEWEST_VOLUME for symbol in symbols)
        habit = f" ({volumes:,} in the newest volume alone)" if volumes else ""
        lines += [
            (f"{counted(len(symbols), 'symbol')}: {counts}",),
            (f"Rows: {rows['added']:,} added, {rows['changed']:,} changed{habit}{set_aside}",),
        ]
    if manifest["source"] != vendor.host:
        lines.append(
            ("Prices come from ", Untrusted(manifest["source"]), f", not from {vendor.title}: they may be invented.")
        )
    return Part("", tuple(lines))


def _error_parts(manifest: Manifest, groups: list[FailureGroup]) -> list[Part]:
    error = manifest["error"]
    if not error:
        return []
    own = next((group for group in groups if _is_the_runs(group, error)), None)
    lines = (_names("It stopped ", own),) if own else ()
    return [Part(f"{plain_name(error['type'])} in {plain_name(error['state'])}", lines, (_sentence(error["message"]),))]


def _failure_parts(manifest: Manifest, groups: list[FailureGroup]) -> list[Part]:
    others = [group for group in groups if not (manifest["error"] and _is_the_runs(group, manifest["error"]))]
    parts = [
        Part(
            f"{plain_name(group.failure.type)} in {plain_name(group.failure.state)}",
            (_names("", group),),
            (_sentence(group.failure.message),),
        )
        for group in others[:MOST_GROUPS]
    ]
    left_out = sum(len(group.symbols) for group in others[MOST_GROUPS:])
    return parts + ([Part("", ((f"and {counted(left_out, 'symbol')} with other errors",),))] if left_out else [])


def _is_the_runs(group: FailureGroup, error: FailureRecord) -> bool:
    return (group.failure.type, group.failure.state) == (error["type"], error["state"])


def _deferred_parts(symbols: list[SymbolOutcome]) -> list[Part]:
    names = [symbol.symbol for symbol in symbols if symbol.status == DEFERRED]
    if not names:
        return []
    line = _listed(f"{counted(len(names), 'symbol')}: ", names[:MOST_NAMED], len(names) - MOST_NAMED)
    return [Part("Deferred", (line, ("They go first in the next scheduled run.",)))]


def _look_parts(manifest: Manifest, symbols: list[SymbolOutcome]) -> list[Part]:
    lines: list[tuple[Piece, ...]] = [(_warning(text),) for text in manifest["warnings"]]
    lines += [_alike(found) for found in group_warnings(symbols)]
    if not lines:
        return []
    left_out = and_more(len(lines) - MOST_NAMED).strip()
    return [Part("To look at", (*lines[:MOST_NAMED], *([(left_out,)] if left_out else [])))]


def _alike(found: WarningGroup) -> tuple[Piece, ...]:
    others = f" and {found.times - 1:,} like it" if found.times > 1 else ""
    return (Untrusted(found.first, LONGEST_SYMBOL), " ", _warning(found.sentence), others)


def _hint_parts(manifest: Manifest, symbols: list[SymbolOutcome], vendor: Vendor) -> list[Part]:
    errors = {symbol.error.type for symbol in symbols if symbol.error}
    if manifest["error"]:
        errors.add(manifest["error"]["type"])
    if not errors & _KEY_OR_QUOTA:
        return []
    words = (
        f"{vendor.title} can answer a wrong key and a spent quota with the same words. "
        f"If this is a surprise, check {vendor.key_variable} and REQUESTS_PER_DAY."
    )
    return [Part("", ((words,),))]


def _action_parts(manifest: Manifest, groups: list[FailureGroup], symbols: list[SymbolOutcome]) -> list[Part]:
    parts = []
    if any(symbol.status in {FAILED, DEFERRED} for symbol in symbols):
        parts += _command_part("Run the failed and the deferred symbols again", rerun_command(manifest))
    replayed = _replayed(manifest, groups)
    if replayed:
        parts += _command_part("Repeat it on a laptop", replay_command(manifest, *replayed))
    if manifest["error"] or groups:
        parts += _command_part("See the whole run", show_command(manifest))
    link = console_link(manifest)
    return parts + ([Part("", ((link,),))] if link else [])


def _replayed(manifest: Manifest, groups: list[FailureGroup]) -> tuple[str, str | None] | None:
    """The state to repeat, with its symbol: that of the largest group of failures, or Plan, which has none."""
    for group in groups:
        if group.failure.state in DAILY_PRICES.steps:
            return group.failure.state, group.symbols[0]
    planner = DAILY_PRICES.planner
    return (planner, None) if manifest["error"] and manifest["error"]["state"] == planner else None


def _command_part(title: str, command: str | None) -> list[Part]:
    return [Part(title, (), (Untrusted(command, 5 * LONGEST_COMMAND),))] if command else []


def _footnote(manifest: Manifest) -> tuple[Piece, ...]:
    requests = manifest["requests"]
    pieces: list[Piece] = [f"Requests: {requests.get('made', 0):,} made"]
    if requests.get("day_limit"):
        pieces.append(f", {requests.get('day_used') or 0:,} of {requests['day_limit']:,} of the day used")
    resets_at = requests.get("day_resets_at")
    if resets_at:
        pieces += [", the quota is reset at ", *_time(resets_at)]
    dollars = manifest["cost"]["dollars"]
    if dollars:
        pieces.append(f". {'Cost' if ran_on_aws(manifest) else 'On AWS'} about ${dollars:.4f}")
    return (*pieces, ".")


def _names(before: str, group: FailureGroup) -> tuple[Piece, ...]:
    return _listed(f"{before}{counted(len(group.symbols), 'symbol')}: ", group.named, group.left_out)


def _listed(before: str, names: Sequence[str], left_out: int) -> tuple[Piece, ...]:
    pieces: list[Piece] = [before]
    for name in names:
        pieces += [Untrusted(name, LONGEST_SYMBOL), ", "]
    pieces[-1] = and_more(left_out)
    return tuple(pieces)


def _when(manifest: Manifest) -> str:
    try:
        seconds = (from_iso(manifest["finished_at"]) - from_iso(manifest["started_at"])) / 1000
    except ValueError:
        return ""
    return f", {seconds / 60:.1f} minutes" if seconds >= _TWO_MINUTES else f", {seconds:.1f} seconds"


def _time(iso: str) -> tuple[Piece, ...]:
    """``2026-11-21T05:00:00.000Z`` as ``2026-11-21 05:00 UTC``."""
    try:
        utc = to_iso(from_iso(iso))
    except ValueError:
        return (Untrusted(iso),)
    return (f"{utc[:10]} {utc[11:16]} UTC",)


def _sentence(text: str) -> Untrusted:
    return Untrusted(text or "Nothing more is known.", LONGEST_SENTENCE)


def _warning(text: str) -> Untrusted:
    return Untrusted(text, LONGEST_WARNING)
