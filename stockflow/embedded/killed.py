"""What a killed run leaves to the next one with its budget: slots that it reserved and never used."""

import time
from pathlib import Path

from stockflow.errors import CommandError
from stockflow.history.json_values import object_in, objects_in, parsed, text_in
from stockflow.history.model import KILLED
from stockflow.history.saved_run import SavedRun
from stockflow.history.times import milliseconds
from stockflow.history.visits import details_of
from stockflow.sources.journal import read_journal
from stockflow.sources.run_folder import PLAN_FILE, read_object
from stockflow.sources.unended import read_unended
from stockflow_functions.aws import keys
from stockflow_functions.domain.clock import from_iso
from stockflow_functions.domain.errors import StockflowError
from stockflow_functions.runtime.services import Services


def give_slots_of_killed_run_back(folder: Path | None, services: Services) -> None:
    """Releases the unused slots of a killed run: as nobody else has the budget, a run that still has slots was killed.

    Never raises: the run that begins now reports what is wrong with the budget.

    Args:
        folder: the output folder of the run that had the budget before. If that run reserved nothing, the slots are of
            one whose folder is not known: then, as for None, only slots to come are released.
    """
    budget = services.budget
    try:
        execution = budget.read().last_run
        if execution:
            budget.release(execution, _asked_until_ms(folder / keys.run(execution)) if folder else None)
    except StockflowError as error:
        services.logger.warning("the slots of a killed run could not be released", extra={"reason": str(error)})


def _asked_until_ms(folder: Path) -> int | None:
    """The last slot at which the killed run in this folder can have made a request; None if that can't be known.

    Its journal has each Fetch before that begins. But the run may have continued without one if the disk was full; and
    the kernel may still hold its last seconds, which are lost if the machine went down and not only the process.
    """
    try:
        run, journal = read_unended(folder), read_journal(folder)
    except (OSError, CommandError):
        return None
    stopped_ms = milliseconds(run.description.get("stopDate"))
    whole = not journal.torn and not journal.unreadable
    if run.description["status"] != KILLED or not whole or stopped_ms is None or _up_since_ms() > stopped_ms:
        return None
    fetched, planned = _symbols_fetched(run), _slots_planned(folder)
    return max((planned[symbol] for symbol in fetched), default=0) if fetched <= planned.keys() else None


def _symbols_fetched(run: SavedRun) -> set[str]:
    """The symbols whose Fetch has been called: only its payload has a slot."""
    calls = (parsed(details_of(event).get("parameters")) for event in run.events if event["type"] == "TaskScheduled")
    payloads = (object_in(object_in(call).get("Payload")) for call in calls)
    return {text_in(payload.get("symbol")) for payload in payloads if "slot" in payload}


def _slots_planned(folder: Path) -> dict[str, int]:
    """Each symbol's slot, in milliseconds since 1970; none if the plan is missing or unreadable."""
    work = objects_in(read_object(folder / PLAN_FILE).get("work"))
    try:
        return {text_in(item["symbol"]): from_iso(text_in(item["not_before"])) for item in work}
    except (ValueError, KeyError):
        return {}


def _up_since_ms() -> int:
    """When this machine was started, in milliseconds since 1970."""
    # Linux's monotonic clock stands still while the machine sleeps.
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    seconds_up = time.monotonic() if clock is None else time.clock_gettime(clock)
    return round((time.time() - seconds_up) * 1000)
