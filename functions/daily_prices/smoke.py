"""How a new version of the workflow is tried before it is live. Pure."""

from datetime import datetime, timedelta

from stockflow_functions.domain import inputs
from stockflow_functions.domain.clock import to_iso
from stockflow_functions.runtime.workflow import Payload, Smoke


def complaints(outcome: Payload) -> list[str]:
    """What is wrong with a symbol's entry in the manifest: a smoke run finds no rows that it could have already."""
    rows = outcome.get("rows_added", 0)
    if rows:
        return []
    return [f"{outcome['symbol']} is {outcome['status']} with {rows} rows; new ones should be saved."]


def idle_input(due: datetime, number: int, symbol: str) -> Payload:
    """The input of a run that finds the market closed, on the Sunday before.

    A version that is older than this rule asks for the symbol.
    """
    sunday = due.replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=due.isoweekday())
    moment_ms = int(sunday.timestamp()) * 1000 + number
    return {"trigger": inputs.SMOKE, "symbols": [symbol], "scheduled_time": to_iso(moment_ms)}


SMOKE = Smoke({"AAPL": "", "MSFT": ""}, complaints, idle_input, schedule="Schedule")
