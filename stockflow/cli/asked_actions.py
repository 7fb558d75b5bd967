"""Has splits and dividends asked for on this machine, and shows how far that is."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress, ProgressColumn, SpinnerColumn, Task, TextColumn, TimeElapsedColumn
from rich.text import Text

from stockflow.cli.notices import simulated_prices
from stockflow.cli.refreshing import ACTIONS, TABLES
from stockflow.embedded.aws import EmbeddedAws
from stockflow.embedded.waiting import Waiting
from stockflow.errors import CommandFailed
from stockflow.history.json_values import JsonObject
from stockflow.terminal import say
from stockflow_functions.aws import keys
from stockflow_functions.domain.words import counted


def ask_here(output_dir: Path, environment: Mapping[str, str], event: JsonObject) -> Mapping[str, Any]:
    """Runs RefreshActions for an output folder, and has the catalog know what it brought; returns its result.

    Raises:
        CommandFailed: nothing could be asked for.
        Unusable: the folder or a setting can't be used.
    """
    screen = Console(stderr=True)
    with EmbeddedAws(output_dir, environment, waiting=Waiting(lambda sentence: say(sentence, err=True))) as aws:
        aws.check_folder()
        if aws.vendor is not None:
            click.secho(simulated_prices(environment), fg="yellow", bold=True, err=True)
        columns = (SpinnerColumn(), TextColumn("asking"), Answered(output_dir / keys.ACTIONS), TimeElapsedColumn())
        with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as progress:
            progress.add_task("", total=None)
            return refresh(aws, event)


def refresh(aws: EmbeddedAws, event: JsonObject) -> Mapping[str, Any]:
    """Asks, then has the catalog know; that it could not be told takes nothing from what was asked for: a warning.

    Raises:
        CommandFailed: nothing could be asked for.
    """
    result = ACTIONS.here(aws, **event)
    try:
        TABLES.here(aws)
    except CommandFailed as error:
        return {**result, "warnings": [*result["warnings"], str(error)]}
    return result


class Answered(ProgressColumn):
    """Of how many symbols an answer was kept since this was made: each has its file in the folder written anew."""

    max_refresh = 0.5

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._before = self._written()

    def render(self, task: Task) -> Text:  # noqa: ARG002 # rich's own
        """The count, in words."""
        new = sum(self._before.get(name) != at for name, at in self._written().items())
        return Text(f"{counted(new, 'symbol')} answered for")

    def _written(self) -> dict[str, int]:
        return {path.name: path.stat().st_mtime_ns for path in self._folder.glob("*.parquet")}
