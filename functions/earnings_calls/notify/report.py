"""The message about a run: what it says, without how a channel looks. Pure.

Info when all went well; warning when calls failed, were deferred or need attention; error when the run failed.
"""

from stockflow_functions.domain.messages.message import ERROR, INFO, WARNING, Message, Part, Piece, Untrusted
from stockflow_functions.domain.outcome import DEFERRED, FAILED
from stockflow_functions.earnings_calls.contracts import CallRecord, CallsManifest
from stockflow_functions.earnings_calls.notify.manifest import title_of
from stockflow_functions.reporting.run_links import console_link, rerun_command, show_command

MOST_CALLS = 10


def report(manifest: CallsManifest) -> Message:
    """The message about a run; every text in the manifest is treated as untrusted."""
    calls = manifest["symbols"]
    bad = [call for call in calls if call["status"] in {FAILED, DEFERRED}]
    kind = ERROR if manifest["outcome"] == "failed" else WARNING if bad else INFO
    parts = [Part("", (("Run ", Untrusted(manifest["execution"], 160)),))]
    parts += [_call_part(call) for call in calls[:MOST_CALLS]]
    commands = [show_command(manifest), rerun_command(manifest) if bad else None]
    quoted = tuple(Untrusted(command, 2_500) for command in commands if command)
    link = console_link(manifest)
    parts.append(Part("To look further", ((link,),) if link else (), quoted))
    return Message(kind, title_of(manifest), tuple(parts))


def _call_part(call: CallRecord) -> Part:
    tone: tuple[Piece, ...] = () if call["tone"] is None else (f", tone {call['tone']:+.2f}",)
    said = (Untrusted(call["error"]["message"], 600),) if call["error"] else ()
    return Part("", ((Untrusted(call["symbol"], 60), f": {call['status']}", *tone),), said)
