"""What a killed run leaves to the next one: symbols that it had saved, so that nobody asks for them again."""

from collections.abc import Iterator
from pathlib import Path

from stockflow.history.json_values import JsonObject, object_in
from stockflow.sources.journal import is_going
from stockflow.sources.opening import newest_run
from stockflow.sources.run_folder import PLAN_FILE, RUN_FILE, read_object
from stockflow.sources.unended import symbols_saved
from stockflow_functions.daily_prices.notify.freshness import known_of
from stockflow_functions.daily_prices.outcome import SymbolOutcome
from stockflow_functions.daily_prices.workflow import DAILY_PRICES
from stockflow_functions.domain.clock import from_iso
from stockflow_functions.domain.errors import StockflowError
from stockflow_functions.domain.inputs import SMOKE
from stockflow_functions.runtime.services import Services


def keep_what_killed_run_knew(output_dir: Path, services: Services) -> None:
    """Adds what the newest run saved to what is known of the dataset's symbols, if it ended without doing so itself.

    Never raises: without it the symbols are only asked for once more.
    """
    folder = newest_run(output_dir)
    if folder is None or (folder / RUN_FILE).is_file() or is_going(folder):
        return
    run = object_in(read_object(folder / PLAN_FILE).get("run"))
    if run.get("trigger") == SMOKE or run.get("saves") is False:
        return
    try:
        known = known_of(_saved(folder), from_iso(str(run["started_at"])), full=run.get("outputsize") == "full")
        if known:
            services.freshness.add(str(run["series"]), known)
    except (StockflowError, KeyError, ValueError, TypeError, AttributeError) as error:
        services.logger.warning("what a killed run had saved could not be kept", extra={"reason": str(error)})


def _saved(folder: Path) -> Iterator[SymbolOutcome]:
    """Of the run itself and of its shards."""
    for part in (folder, *sorted(folder.glob("shards/*"))):
        records: list[JsonObject] = symbols_saved(part, DAILY_PRICES)
        yield from (SymbolOutcome.from_dict(record) for record in records)
