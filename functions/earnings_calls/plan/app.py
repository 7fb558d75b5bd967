"""PlanCalls: which calls the run is about, where each comes from, and when the vendor is asked."""

from datetime import date
from typing import NotRequired, TypedDict, cast

from stockflow_functions.aws import keys
from stockflow_functions.domain.budget.arithmetic import Reservation
from stockflow_functions.domain.clock import from_iso, to_iso
from stockflow_functions.domain.errors import InvalidInput
from stockflow_functions.domain.inputs import SCHEDULE, SMOKE
from stockflow_functions.earnings_calls.contracts import CallsPlan, CallsRun, PlanCallsEvent
from stockflow_functions.earnings_calls.history import spare_events
from stockflow_functions.earnings_calls.names import DEFERRED_AS, VENDOR, CallName
from stockflow_functions.earnings_calls.plan.known import is_known
from stockflow_functions.earnings_calls.plan.objects import object_of
from stockflow_functions.earnings_calls.plan.output import item_of, sentence_of
from stockflow_functions.earnings_calls.plan.request import Request, calls_in, request_of
from stockflow_functions.pacing.planning import NO_REQUESTS, requests_of, reserve, reserved
from stockflow_functions.runtime.call import Call
from stockflow_functions.runtime.services import Services
from stockflow_functions.runtime.state import StateFunction

_ALL_KNOWN = "Every call is in the dataset already."
_NONE_LEFT = "The input names no call, and earlier runs left none."


class _Saves(TypedDict):
    """The part of a run's facts that is mostly absent."""

    saves: NotRequired[bool]


def plan(event: PlanCallsEvent, services: Services) -> CallsPlan:
    """The state of the execution from here on. A repeated PlanCalls returns the same.

    Raises:
        InvalidInput: the input can't be used, an object that it names is not there, or the last slot would lie too far
            ahead.
    """
    key, repeated = keys.plan(event["execution"]), event["retry_count"] > 0
    made = cast("CallsPlan | None", services.bucket.get_json(key)) if repeated else None
    if made is None:
        made = _made(event, services, repeated=repeated)
        services.bucket.put_json(key, made)
    # Only after the plan is stored, so that a crash loses no call; repeating it is harmless.
    done = [*(item["symbol"] for item in made["work"]), *made["unchanged"]]
    run = made["run"]
    notes = run["trigger"] != SMOKE and run.get("saves", True)
    if notes and (made["deferred"] or run["trigger"] == SCHEDULE):
        services.deferred.change(DEFERRED_AS, removed=done, added=made["deferred"])
    return made


def _made(event: PlanCallsEvent, services: Services, *, repeated: bool) -> CallsPlan:
    request = request_of(event["input"], services.settings.call_language)
    calls = _calls(request, event, services)
    facts = {call.name: object_of(call, services.bucket) for call in calls if call.door != VENDOR}
    known = [call.name for call in calls if is_known(call, facts.get(call.name), request, services)]
    calls = [call for call in calls if call.name not in known]
    asked = [call for call in calls if call.door == VENDOR]
    reservation = reserve(services.budget, len(asked), event["execution"], repeated=repeated) if asked else None
    slots = _slots(asked, reservation)
    work = [call for call in calls if call.door != VENDOR or call.name in slots]
    deferred = [call.name for call in asked if call.name not in slots]
    run, now_ms = _run(event, request, reservation, work), services.clock.now_ms()
    if not services.settings.save_to_s3 and request.trigger != SMOKE:  # which keeps away from the dataset
        run = {**run, "saves": False}
    return {
        "run": run,
        "work": [item_of(call, facts.get(call.name), slots.get(call.name, run["started_at"])) for call in work],
        "deferred": deferred,
        "unchanged": known,
        "skipped": None if work or deferred else _ALL_KNOWN if known else _NONE_LEFT,
        "requests": requests_of(reservation, now_ms) if reservation else NO_REQUESTS,
        "warnings": [],
        "sentence": sentence_of(work, known, deferred, reservation, now_ms, services.vendor.title),
    }


def _calls(request: Request, event: PlanCallsEvent, services: Services) -> list[CallName]:
    """The run's calls, in a scheduled run the deferred ones first."""
    if request.dropped_in and request.dropped_in != services.bucket.name:
        raise InvalidInput(f"object.bucket is {request.dropped_in!r}: drop calls into {services.bucket.name}.")
    due_ms = from_iso(event["started_at"]) if request.scheduled_ms is None else request.scheduled_ms
    today = date.fromisoformat(to_iso(due_ms)[:10])
    deferred = services.deferred.remembered(DEFERRED_AS) if request.trigger == SCHEDULE else []
    return calls_in(request, today, deferred)


def _slots(asked: list[CallName], reservation: Reservation | None) -> dict[str, str]:
    """The slot of each call that the day can pay for."""
    if reservation is None:
        return {}
    slots = reservation.slots
    return {call.name: to_iso(slots.at_ms(index)) for index, call in enumerate(asked[: slots.count])}


def _run(event: PlanCallsEvent, request: Request, reservation: Reservation | None, work: list[CallName]) -> CallsRun:
    return {
        "execution": event["execution"],
        "execution_arn": event["execution_arn"],
        "started_at": to_iso(from_iso(event["started_at"])),
        "trigger": request.trigger,
        "language": request.language,
        "force": request.force,
        **_Saves(),
        **reserved(reservation),
        "spare_events": spare_events(call.door for call in work),
    }


def call_of(event: PlanCallsEvent) -> Call:
    """Which call of PlanCalls it is."""
    given = event["input"]
    trigger = given.get("trigger") if isinstance(given, dict) else None
    return Call(event["execution"], trigger, attempt=event["retry_count"] + 1)


handler = StateFunction("PlanCalls", plan, call_of, clients=("s3", "dynamodb"))
