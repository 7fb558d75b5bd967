"""The message about a run, from its manifest.

Info when all went well; warning when symbols failed, were deferred or need attention; error when the run failed.
"""

from stockflow_functions.daily_prices.contracts import Manifest
from stockflow_functions.daily_prices.notify.headline import count, oddities, title_of
from stockflow_functions.daily_prices.notify.standing import TOLD_BEFORE, news_of, still_so
from stockflow_functions.daily_prices.notify.unsaved import unsaved_parts
from stockflow_functions.daily_prices.outcome import CHECKED, DEFERRED, FAILED, FRESH, SAVED, UNCHANGED, SymbolOutcome
from stockflow_functions.daily_prices.workflow import DAILY_PRICES
from stockflow_functions.domain.messages.message import Message, Part, Piece, Untrusted
from stockflow_functions.domain.prices.rules import NEWEST_VOLUME
from stockflow_functions.domain.words import counted, up_to_date
from stockflow_functions.pacing.footnote import request_pieces
from stockflow_functions.reporting import parts
from stockflow_functions.reporting.groups import group_failures, group_warnings
from stockflow_functions.vendors.port import Vendor

NOUN = "symbol"
_KEY_OR_QUOTA = frozenset({"QuotaExhausted", "InvalidApiKey"})


def report(manifest: Manifest, vendor: Vendor, before: TOLD_BEFORE = frozenset()) -> Message:
    """The message about a run.

    Args:
        manifest: see docs/contracts.md. Every text in it is treated as untrusted.
        vendor: whose prices were to be fetched.
        before: what stands, and was told before: it is only counted.
    """
    symbols = news_of((SymbolOutcome.from_dict(symbol) for symbol in manifest["symbols"]), before)
    groups, error = group_failures(symbols), manifest["error"]
    odd = [(symbol.symbol, sentence) for symbol in symbols for sentence in oddities(symbol)]
    left = any(symbol.status in {FAILED, DEFERRED} for symbol in symbols)
    shown = [
        _run_part(manifest, symbols, vendor, still_so(before)),
        *parts.error_parts(error, groups, NOUN),
        *parts.failure_parts(error, groups, NOUN),
        *unsaved_parts(manifest, symbols),
        *_deferred_parts(manifest, symbols),
        *_backfill_parts(manifest),
        *parts.look_parts(manifest["warnings"], group_warnings(odd)),
        *_hint_parts(manifest, symbols, vendor),
        *parts.action_parts(manifest, DAILY_PRICES, groups, NOUN, again=left),
    ]
    kind = parts.kind_of(manifest, [symbol.status for symbol in symbols], odd=bool(odd))
    return Message(kind, title_of(manifest, symbols), tuple(shown), _footnote(manifest))


def _run_part(manifest: Manifest, symbols: list[SymbolOutcome], vendor: Vendor, still: str) -> Part:
    series: tuple[Piece, ...] = (", ", Untrusted(manifest["series"])) if manifest["series"] else ()
    lines: list[parts.Line] = [parts.run_line(manifest, "a symbol list", *series)]
    if manifest["outcome"] == "skipped":
        return Part("", tuple(lines), (parts.sentence(manifest["sentence"]),))
    if symbols:
        lines += [*_count_lines(symbols), *([(still,)] if still else [])]
    if manifest["source"] != vendor.host:
        lines.append(
            ("Prices come from ", Untrusted(manifest["source"]), f", not from {vendor.title}: they may be invented.")
        )
    return Part("", tuple(lines))


def _count_lines(symbols: list[SymbolOutcome]) -> list[parts.Line]:
    """How many symbols ended how, and with how many rows."""
    checked, fresh = count(symbols, CHECKED), up_to_date(count(symbols, FRESH))
    told = (CHECKED if checked else SAVED, UNCHANGED, FAILED, DEFERRED)
    asked = [f"{count(symbols, status):,} {status}" for status in told]
    counts = ", ".join([fresh, *asked] if fresh else asked)
    rows = {
        kind: sum(getattr(symbol, f"rows_{kind}") for symbol in symbols) for kind in ("added", "changed", "rejected")
    }
    what = "Rows that would be saved" if checked else "Rows"
    set_aside = f", {rows['rejected']:,} set aside" if rows["rejected"] else ""
    volumes = sum(symbol.restated == NEWEST_VOLUME for symbol in symbols)
    habit = f" ({volumes:,} in the newest volume alone)" if volumes else ""
    return [
        (f"{counted(len(symbols), 'symbol')}: {counts}",),
        (f"{what}: {rows['added']:,} added, {rows['changed']:,} changed{habit}{set_aside}",),
    ]


def _deferred_parts(manifest: Manifest, symbols: list[SymbolOutcome]) -> list[Part]:
    names = [symbol.symbol for symbol in symbols if symbol.status == DEFERRED]
    if not names:
        return []
    lines: list[parts.Line] = [parts.counted_names(names, NOUN)]
    if "backfill" in manifest:
        lines.append(("The backfill asks for them later.",))
    elif not parts.left_alone(manifest):
        lines.append(("They go first in the next scheduled run.",))
    return [Part("Deferred", tuple(lines))]


def _backfill_parts(manifest: Manifest) -> list[Part]:
    progress = manifest.get("backfill")
    return [Part("", (), (parts.sentence(progress["sentence"]),))] if progress else []


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


def _footnote(manifest: Manifest) -> tuple[Piece, ...]:
    return (*request_pieces(manifest["requests"]), parts.cost_piece(manifest, manifest["cost"]["dollars"]), ".")
