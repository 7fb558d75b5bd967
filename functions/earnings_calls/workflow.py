"""The workflow of earnings calls, as one value."""

from datetime import UTC, datetime

from stockflow_functions.aws import keys
from stockflow_functions.domain.errors import SlotMoved
from stockflow_functions.domain.outcome import CHECKED, DEFERRED, FAILED
from stockflow_functions.domain.words import counted
from stockflow_functions.earnings_calls import cost, recalled
from stockflow_functions.earnings_calls.functions import FUNCTIONS
from stockflow_functions.earnings_calls.measured import measured
from stockflow_functions.earnings_calls.outcome import DEFERRING, SAVED, UNCHANGED
from stockflow_functions.earnings_calls.plan.request import calls_in, request_of
from stockflow_functions.earnings_calls.retry_policy import POLICY
from stockflow_functions.earnings_calls.smoke import SMOKE
from stockflow_functions.runtime.workflow import Payload, Workflow
from stockflow_functions.vendors import DEFAULT, vendor_named

_VENDOR = vendor_named(DEFAULT)


def _summary(answer: Payload) -> str:
    """``2026-10-29, tone +0.12 (-0.05), 124 passages``."""
    parts = [str(answer["call_date"])] if answer.get("call_date") else []
    if answer.get("tone") is not None:
        change = answer.get("tone_change")
        against = "" if change is None else f" ({change:+.2f})"
        parts.append(f"tone {answer['tone']:+.2f}{against}")
    if answer.get("passages"):
        parts.append(counted(answer["passages"], "passage"))
    return ", ".join(parts)


def _check(workflow_input: Payload) -> None:
    calls_in(request_of(workflow_input), datetime.now(UTC).date())


def _items_of(workflow_input: Payload, _default: str) -> list[str]:
    return [call.name for call in calls_in(request_of(workflow_input), datetime.now(UTC).date())]


def _answer(payload: Payload) -> str:
    call = payload["call"]
    return keys.raw_call(call["symbol"], call["quarter"], payload["run"]["execution"])


def _product(payload: Payload) -> str:
    return keys.tone(payload["call"]["symbol"])


EARNINGS_CALLS = Workflow(
    name="earnings-calls",
    machine="EarningsCalls",
    definition="earnings_calls.asl.json",
    functions=FUNCTIONS,
    retries=POLICY,
    planner="PlanCalls",
    map_state="EachCall",
    steps=("ReadTranscript", "JudgeTone", "SaveTone"),
    notifiers=("NotifyCalls", "NotifyCallsFailure"),
    notifier="NotifyCalls",
    check=_check,
    items_of=_items_of,
    summary=_summary,
    cost=cost.cost_of_items,
    done=frozenset({SAVED, UNCHANGED, CHECKED}),
    moved=frozenset({SlotMoved.__name__}),
    deferring=DEFERRING,
    ended_by={"SymbolFailed": FAILED, "SymbolDeferred": DEFERRED},
    items_failed="SymbolsFailed",
    alike=("language", "saves"),
    choices=("language", "force"),
    asking={"FetchTranscript": _answer},
    recalled={
        "StartTranscription": recalled.jobs_started,
        "LookAtTranscription": recalled.job_looked_at,
        "JudgeTone": recalled.scores_given,
        "SaveTone": recalled.nobody_asked,
    },
    vendors={_VENDOR.host: _VENDOR.title},
    kept=(keys.CALLS, keys.TRANSCRIPTIONS, "transcripts/", "tone/"),
    product=_product,
    item="call",
    given="transcripts",
    measured=measured,
    smoke=SMOKE,
)
