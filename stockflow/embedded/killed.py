"""What a killed run leaves to the next one in its folder: slots that it reserved and never used."""

import json
import time
from pathlib import Path
from typing import Any

from stockflow.errors import CommandError
from stockflow.history.json_values import parsed
from stockflow.history.model import KILLED
from stockflow.history.saved_run import SavedRun
from stockflow.history.times import milliseconds
from stockflow.history.visits import details_of
from stockflow.sources.journal import read_journal
from stockflow.sources.unended import read_unended
from stockflow_functions.aws import keys
from stockflow_functions.domain.clock import from_iso
from stockflow_functions.domain.errors import StockflowError
from stockflow_functions.runtime.services import Services


def give_slots_of_killed_run_back(output_dir: Path, services: Services) -> None:
    """Releases the unused slots of a killed run: as nobody else uses the folder, a run that still has slots was killed.

    Never raises: the run that begins now reports what is wrong with the budget.
    """
    budget = services.budget
    try:
        execution = budget.read().last_run
        if execution:
            budget.release(execution, _asked_until_ms(output_dir / keys.run(execution)))
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
    fetched = _symbols_fetched(run)
    return max((slot_ms for symbol, slot_ms in _slots_planned(folder) if symbol in fetched), default=0)


def _symbols_fetched(run: SavedRun) -> set[Any]:
    """The slots whose Fetch has been called: only its payload has a slot."""
    calls = (parsed(details_of(event).get("parameters")) for event in run.events if event["type"] == "TaskScheduled")
    payloads = (call.get("Payload") for call in calls if isinstance(call, dict))
    return {payload["symbol"] for payload in payloads if isinstance(payload, dict) and "slot" in payload}


def _slots_planned(folder: Path) -> list[tuple[Any, int]]:
    try:
        work = json.loads((folder / "plan.json").read_text(encoding="utf-8"))["work"]
        return [(item["symbol"], from_iso(item["not_before"])) for item in work]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _up_since_ms() -> int:
    """When this machine was started, in milliseconds since 1970."""
    # Linux's monotonic clock stands still while the machine sleeps.
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    seconds_up = time.monotonic() if clock is None else time.clock_gettime(clock)
    return round((time.time() - seconds_up) * 1000)
