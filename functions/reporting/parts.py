"""Parts that the messages about the runs of several workflows have. Pure.

Every text of a manifest is treated as untrusted; ``noun`` is what a workflow calls its items, such as ``symbol``.
"""

from collections.abc import Iterable, Sequence

from stockflow_functions.domain.clock import from_iso
from stockflow_functions.domain.messages.message import ERROR, INFO, WARNING, Part, Piece, Untrusted
from stockflow_functions.domain.outcome import DEFERRED, FAILED, FailureRecord
from stockflow_functions.domain.words import and_more, counted, plain_name
from stockflow_functions.reporting.contracts import RunManifest
from stockflow_functions.reporting.groups import MOST_NAMED, FailureGroup, WarningGroup
from stockflow_functions.reporting.run_links import (
    LONGEST_COMMAND,
    console_link,
    ran_on_aws,
    replay_command,
    rerun_command,
    show_command,
)
from stockflow_functions.runtime.settings import SAVE_TO_S3
from stockflow_functions.runtime.workflow import Workflow

Line = tuple[Piece, ...]

MOST_GROUPS = 10
LONGEST_NAME = 40
LONGEST_WARNING = 200
LONGEST_SENTENCE = 600

_STARTED_BY = {
    "schedule": "by the schedule",
    "console": "in the console",
    "laptop": "on a laptop",
    "smoke": "by stockflow promote, away from the dataset",
}
_TWO_MINUTES = 120


def kind_of(manifest: RunManifest, statuses: Iterable[str], *, odd: bool) -> str:
    """``info``, ``warning`` or ``error``, by the items' statuses and whether there is something to look at."""
    if manifest["outcome"] == "failed":
        return ERROR
    troubled = odd or bool({FAILED, DEFERRED}.intersection(statuses))
    return WARNING if troubled or manifest["warnings"] else INFO


def failed_title(error: FailureRecord) -> str:
    """The title of a run that failed."""
    return f"The run failed in {plain_name(error['state'])}: {plain_name(error['type'])}"


def troubles(statuses: Sequence[str], odd: int, noun: str) -> str:
    """``1 of 5 calls failed, 1 call to look at``; "" if all went well."""
    failed, deferred = statuses.count(FAILED), statuses.count(DEFERRED)
    found = [
        f"{failed:,} of {counted(len(statuses), noun)} failed" if failed else "",
        f"{counted(deferred, noun)} deferred" if deferred else "",
        f"{counted(odd, noun)} to look at" if odd else "",
    ]
    return ", ".join(trouble for trouble in found if trouble)


def run_line(manifest: RunManifest, dropped: str, *more: Piece) -> Line:
    """Which run, who started it, and how long it took; ``dropped`` is what starts a run from the bucket."""
    started_by = {**_STARTED_BY, "inbox": f"by {dropped} in the bucket"}.get(manifest["trigger"])
    how: Line = (f"started {started_by}",) if started_by else ("started by ", Untrusted(manifest["trigger"]))
    return ("Run ", Untrusted(manifest["execution"], 160), ", ", *how, *more, _when(manifest))


def left_alone(manifest: RunManifest) -> bool:
    """Whether the run left the dataset alone, and what is remembered for the next ones."""
    return SAVE_TO_S3 in manifest.get("switched_off", ())


def switch_lines(manifest: RunManifest) -> list[Line]:
    """That the run left the dataset alone. That Slack is muted need not be said to those who hear of it."""
    return [("SAVE_TO_S3 is off: the dataset was left alone.",)] if left_alone(manifest) else []


def error_parts(error: FailureRecord | None, groups: list[FailureGroup], noun: str) -> list[Part]:
    """What ended the run as a whole."""
    if not error:
        return []
    own = next((group for group in groups if _is_the_runs(group, error)), None)
    lines = (_names("It stopped ", own, noun),) if own else ()
    return [Part(f"{plain_name(error['type'])} in {plain_name(error['state'])}", lines, (sentence(error["message"]),))]


def failure_parts(error: FailureRecord | None, groups: list[FailureGroup], noun: str) -> list[Part]:
    """The groups of failed items, but for those of the run's own error."""
    others = [group for group in groups if not (error and _is_the_runs(group, error))]
    parts = [
        Part(
            f"{plain_name(group.failure.type)} in {plain_name(group.failure.state)}",
            (_names("", group, noun),),
            (sentence(group.failure.message),),
        )
        for group in others[:MOST_GROUPS]
    ]
    left_out = sum(len(group.symbols) for group in others[MOST_GROUPS:])
    return parts + ([Part("", ((f"and {counted(left_out, noun)} with other errors",),))] if left_out else [])


def counted_names(names: Sequence[str], noun: str) -> Line:
    """``3 symbols: A, B, C``, of which ten are named at most."""
    return _listed(f"{counted(len(names), noun)}: ", names[:MOST_NAMED], len(names) - MOST_NAMED)


def look_parts(warnings: Sequence[str], groups: Sequence[WarningGroup]) -> list[Part]:
    """What to look at: warnings about the run as a whole, then those about its items."""
    lines: list[Line] = [(_warning(text),) for text in warnings]
    lines += [_alike(found) for found in groups]
    if not lines:
        return []
    left_out = and_more(len(lines) - MOST_NAMED).strip()
    return [Part("To look at", (*lines[:MOST_NAMED], *([(left_out,)] if left_out else [])))]


def action_parts(
    manifest: RunManifest, workflow: Workflow, groups: list[FailureGroup], noun: str, *, again: bool, show: bool = False
) -> list[Part]:
    """Commands to paste, and the link into the console.

    Args:
        manifest, workflow: of the run.
        groups: those of its failed items.
        noun: what its items are called.
        again: whether items are left to do.
        show: whether there is something to see of a run in which nothing failed.
    """
    parts = []
    if again:
        parts += _command_part(f"Run the failed and the deferred {noun}s again", rerun_command(manifest))
    replayed = _replayed(manifest["error"], workflow, groups)
    if replayed:
        parts += _command_part("Repeat it on a laptop", replay_command(manifest, *replayed))
    if manifest["error"] or groups or show:
        parts += _command_part("See the whole run", show_command(manifest))
    link = console_link(manifest)
    return parts + ([Part("", ((link,),))] if link else [])


def cost_piece(manifest: RunManifest, dollars: float) -> str:
    """``. Cost about $0.0038`` of a run on AWS, ``. On AWS about`` of one elsewhere; "" where it is nothing."""
    return f". {'Cost' if ran_on_aws(manifest) else 'On AWS'} about ${dollars:.4f}" if dollars else ""


def sentence(text: str) -> Untrusted:
    """A sentence of an error, or of a manifest."""
    return Untrusted(text or "Nothing more is known.", LONGEST_SENTENCE)


def _is_the_runs(group: FailureGroup, error: FailureRecord) -> bool:
    return (group.failure.type, group.failure.state) == (error["type"], error["state"])


def _alike(found: WarningGroup) -> Line:
    others = f" and {found.times - 1:,} like it" if found.times > 1 else ""
    return (Untrusted(found.first, LONGEST_NAME), " ", _warning(found.sentence), others)


def _replayed(
    error: FailureRecord | None, workflow: Workflow, groups: list[FailureGroup]
) -> tuple[str, str | None] | None:
    """The state to repeat, with its item: that of the largest group of failures, or the planner, which has none."""
    of_items = {function.name for function in workflow.functions} - {workflow.planner, workflow.notifier}
    for group in groups:
        if group.failure.state in of_items:
            return group.failure.state, group.symbols[0]
    return (workflow.planner, None) if error and error["state"] == workflow.planner else None


def _command_part(title: str, command: str | None) -> list[Part]:
    return [Part(title, (), (Untrusted(command, 5 * LONGEST_COMMAND),))] if command else []


def _names(before: str, group: FailureGroup, noun: str) -> Line:
    return _listed(f"{before}{counted(len(group.symbols), noun)}: ", group.named, group.left_out)


def _listed(before: str, names: Sequence[str], left_out: int) -> Line:
    pieces: list[Piece] = [before]
    for name in names:
        pieces += [Untrusted(name, LONGEST_NAME), ", "]
    pieces[-1] = and_more(left_out)
    return tuple(pieces)


def _when(manifest: RunManifest) -> str:
    try:
        seconds = (from_iso(manifest["finished_at"]) - from_iso(manifest["started_at"])) / 1000
    except ValueError:
        return ""
    return f", {seconds / 60:.1f} minutes" if seconds >= _TWO_MINUTES else f", {seconds:.1f} seconds"


def _warning(text: str) -> Untrusted:
    return Untrusted(text, LONGEST_WARNING)
