"""The Lambda functions of the workflow, with what the template gives each."""

from stockflow_functions.runtime.workflow import Function

_HERE = __package__

FUNCTIONS = (
    Function("Plan", f"{_HERE}.plan.app", memory_mb=512, timeout_seconds=60),
    Function("Fetch", f"{_HERE}.fetch.app", memory_mb=512, timeout_seconds=145),
    Function("Transform", f"{_HERE}.transform.app", memory_mb=1769, timeout_seconds=120),
    Function("Save", f"{_HERE}.save.app", memory_mb=1769, timeout_seconds=120),
    Function("Notify", f"{_HERE}.notify.app", memory_mb=512, timeout_seconds=120),
)
BESIDE = (
    Function("RefreshListings", f"{_HERE}.listings.app", memory_mb=512, timeout_seconds=900),
    Function("RefreshActions", f"{_HERE}.actions.app", memory_mb=512, timeout_seconds=900),
    Function("UpdateTables", f"{_HERE}.tables.app", memory_mb=3008, timeout_seconds=900),
)
"""Those that no state calls."""
