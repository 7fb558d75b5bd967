"""What this machine is to run by itself, and when cron and systemd are to ring for it."""

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import platformdirs

from stockflow.cli.due import AT
from stockflow.cli.timetables import ScheduledCommand
from stockflow.embedded.state_folder import state_folder
from stockflow.errors import Unusable
from stockflow_functions.domain.prices.exchanges import US
from stockflow_functions.runtime.settings import Settings

LAST_HOURS = 2
"""Of the quota's day: what is left then, no run of that day will want."""


def prices_job(arguments: Sequence[str]) -> ScheduledCommand:
    """The run after the close of each trading day.

    Raises:
        Unusable: the command is not installed.
    """
    return _job(
        ("run", "--scheduled", *arguments),
        unit="stockflow",
        title="daily prices after the close",
        minute=17,
        calendar=f"Mon..Fri {AT:%H:%M} {US.zone}",
        made_up_for=True,
    )


def actions_job(arguments: Sequence[str], settings: Settings) -> ScheduledCommand:
    """Asking for splits and dividends before the quota's day ends; who is missed is due on the next evening.

    Raises:
        Unusable: as :func:`prices_job`.
    """
    hour = (settings.quota_reset_hour - LAST_HOURS) % 24
    return _job(
        ("actions", "--scheduled", *arguments),
        unit="stockflow-actions",
        title="splits and dividends before the quota's day ends",
        minute=47,
        calendar=f"*-*-* {hour:02}:30 {settings.quota_reset_time_zone}",
        made_up_for=False,
    )


def _job(arguments: Sequence[str], **when: Any) -> ScheduledCommand:
    environment_file = platformdirs.user_config_path("stockflow", appauthor=False) / "environment"
    return ScheduledCommand((_program(), *arguments), environment_file, state_folder(os.environ), **when)


def _program() -> str:
    """The absolute path of this command."""
    beside = Path(sys.executable).with_name("stockflow")
    found = str(beside) if beside.is_file() else shutil.which("stockflow")
    if not found:
        raise Unusable(f"The command stockflow is not beside {sys.executable}, nor on the PATH: install it first.")
    return str(Path(found).absolute())
