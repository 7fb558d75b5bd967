"""The message about a run of calls, from its manifest.

Info when all went well; warning when calls failed, were deferred or need attention; error when the run failed.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from stockflow_functions.domain.calls.call_rows import AMAZON
from stockflow_functions.domain.messages.message import Message, Part, Piece, Untrusted
from stockflow_functions.domain.outcome import CHECKED, DEFERRED, FAILED
from stockflow_functions.domain.words import counted
from stockflow_functions.earnings_calls.contracts import CallsManifest
from stockflow_functions.earnings_calls.notify.call_parts import call_parts, without_tone
from stockflow_functions.earnings_calls.notify.headline import NOUN, title_of
from stockflow_functions.earnings_calls.outcome import SAVED, UNCHANGED, CallOutcome
from stockflow_functions.earnings_calls.workflow import EARNINGS_CALLS
from stockflow_functions.pacing.footnote import request_pieces
from stockflow_functions.reporting import parts
from stockflow_functions.reporting.groups import group_failures, group_warnings
from stockflow_functions.vendors.port import Vendor

LONGEST_ENGINE = 80
_NOT_YET = "NotPublishedYet"


def report(manifest: CallsManifest, vendor: Vendor) -> Message:
    """The message about a run.

    Args:
        manifest: see docs/contracts.md. Every text in it is treated as untrusted.
        vendor: whose transcripts were to be fetched.
    """
    calls = [CallOutcome.from_dict(call) for call in manifest["symbols"]]
    groups, error = group_failures(calls), manifest["error"]
    odd = [(call.symbol, sentence) for call in calls for sentence in call.warnings if call.status != FAILED]
    statuses = [call.status for call in calls]
    left = bool({FAILED, DEFERRED}.intersection(statuses))
    judged = any(call.passages for call in calls)
    shown = [
        _run_part(manifest, calls, vendor),
        *parts.error_parts(error, groups, NOUN),
        *parts.failure_parts(error, groups, NOUN),
        *_deferred_parts(manifest, calls),
        *call_parts(calls),
        *without_tone(calls),
        *parts.look_parts(manifest["warnings"], group_warnings(odd)),
        *parts.action_parts(manifest, EARNINGS_CALLS, groups, NOUN, again=left, show=judged),
    ]
    kind = parts.kind_of(manifest, statuses, odd=bool(odd))
    return Message(kind, title_of(manifest, calls), tuple(shown), _footnote(manifest, calls))


def _run_part(manifest: CallsManifest, calls: Sequence[CallOutcome], vendor: Vendor) -> Part:
    lines: list[parts.Line] = [parts.run_line(manifest, "a recording or a transcript")]
    if manifest["outcome"] == "skipped":
        return Part("", tuple(lines), (parts.sentence(manifest["sentence"]),))
    lines += parts.switch_lines(manifest)
    if len(calls) > 1:
        statuses = Counter(call.status for call in calls)
        told = (CHECKED if statuses[CHECKED] else SAVED, UNCHANGED, FAILED, DEFERRED)
        counts = ", ".join(f"{statuses[status]} {status}" for status in told)
        lines.append((f"{counted(len(calls), NOUN)}: {counts}",))
    return Part("", (*lines, *_engine_lines(calls), *_source_lines(manifest, vendor)))


def _engine_lines(calls: Sequence[CallOutcome]) -> list[parts.Line]:
    """What wrote the calls down, and what judged them: another engine's tone is not Amazon's."""
    spoken = [_by("Written down", engine) for engine in _distinct(call.engine_speech for call in calls)]
    return [*spoken, *(_by("Tone", engine) for engine in _distinct(call.engine_tone for call in calls))]


def _by(what: str, engine: str) -> parts.Line:
    return (f"{what} by ", Untrusted(engine, LONGEST_ENGINE), "" if engine.startswith(AMAZON) else ", not by Amazon")


def _distinct(engines: Iterable[str]) -> list[str]:
    return sorted({engine for engine in engines if engine})


def _source_lines(manifest: CallsManifest, vendor: Vendor) -> list[parts.Line]:
    source = manifest["source"]
    if source in {"", vendor.host}:
        return []
    return [("Transcripts come from ", Untrusted(source), f", not from {vendor.title}: they may be invented.")]


def _deferred_parts(manifest: CallsManifest, calls: Sequence[CallOutcome]) -> list[Part]:
    late = [call.symbol for call in calls if call.status == DEFERRED and call.error and call.error.type == _NOT_YET]
    others = [call.symbol for call in calls if call.status == DEFERRED and call.symbol not in late]
    kinds = [
        (late, "Not published yet: asked again in the next scheduled run."),
        (others, "They go first in the next scheduled run."),
    ]
    if parts.left_alone(manifest):
        kinds = [(late, "Not published yet."), (others, "")]
    found = [line for names, words in kinds if names for line in (parts.counted_names(names, NOUN), (words,))]
    lines = [line for line in found if any(line)]
    return [Part("Deferred", tuple(lines))] if lines else []


def _footnote(manifest: CallsManifest, calls: Sequence[CallOutcome]) -> tuple[Piece, ...]:
    """What the run took: minutes written down, units of tone, requests, dollars."""
    seconds, units = sum(call.transcribed_seconds for call in calls), sum(call.units for call in calls)
    taken = [
        f"{seconds / 60:,.1f} minutes written down" if any(call.engine_speech for call in calls) else "",
        f"{counted(units, 'unit')} of tone" if units else "",
    ]
    said = ", ".join(part for part in taken if part) or "Nothing written down or judged"
    requests = manifest["requests"]
    asked = (". ", *request_pieces(requests)) if requests.get("planned") or requests.get("made") else ()
    return (said, *asked, parts.cost_piece(manifest, manifest["cost"]["dollars"]), ".")
