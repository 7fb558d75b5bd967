"""The user's own state folder, and in it the request budget of each API key: shared by runs in all output folders."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import platformdirs

from stockflow.embedded.local_services import NO_KEY, are_prices_invented
from stockflow_functions.aws.state_table.item import key_of
from stockflow_functions.runtime.settings import Settings
from stockflow_functions.vendors.port import key_variable_of

VARIABLE = "STOCKFLOW_STATE_DIR"
_HASH_DIGITS = 16


@dataclass(frozen=True)
class SharedBudget:
    """The budget of one key: the file in the user's state folder, and the key of its only item in a run's table."""

    file: Path
    key: str

    @property
    def lock(self) -> Path:
        """The lock of the one run that may have it."""
        return self.file.with_suffix(".lock")


def state_folder(environment: Mapping[str, str]) -> Path:
    r"""Where this user's state is kept, whether or not there is such a folder yet.

    STOCKFLOW_STATE_DIR names it, in the given environment or else in the process's. Else it is where the system has
    it: ``$XDG_STATE_HOME/stockflow`` or ``~/.local/state/stockflow``, on macOS ``~/Library/Application
    Support/stockflow``, on Windows ``%LOCALAPPDATA%\stockflow``.
    """
    named = environment.get(VARIABLE) or os.environ.get(VARIABLE)
    if named:
        return Path(named).expanduser().absolute()
    return platformdirs.user_state_path("stockflow", appauthor=False)


def shared_budget_of(environment: Mapping[str, str], settings: Settings) -> SharedBudget | None:
    """The budget of the key in the environment; None where a simulated vendor answers, which has one in each folder.

    Another address has a budget of its own: a stand-in for the vendor counts for itself.
    """
    if are_prices_invented(environment):
        return None
    key = environment.get(key_variable_of(settings.vendor), "").strip() or NO_KEY
    digest = sha256(f"{settings.vendor_base_url}\n{key}".encode()).hexdigest()[:_HASH_DIGITS]
    return SharedBudget(state_folder(environment) / "budgets" / f"{digest}.json", key_of(settings.budget_name))
