"""Shows a run's progress: live on a terminal, plain lines in a pipe."""

from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from stockflow.cli.progress import RunProgress, SymbolEnd
from stockflow.history.saved_run import HistoryEvent
from stockflow.terminal import on_one_line
from stockflow_functions.runtime.workflow import Workflow

_STYLES = {"saved": "green", "unchanged": "cyan", "fresh": "cyan", "failed": "bold red", "deferred": "yellow"}


class RunDisplay:
    """A line for each symbol as it ends and, on a terminal, a bar below them."""

    def __init__(self, console: Console, workflow: Workflow) -> None:
        self.progress = RunProgress(workflow)
        self._item = workflow.item
        self._console = console
        self._said_plan = False
        self._bar = Progress(
            TextColumn("[bold]{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[note]}"),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("planning", total=None, note="")

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def show(self, events: Iterable[HistoryEvent]) -> None:
        """Takes the run's next events and shows what is new in them."""
        first = self.progress.done
        ends = self.progress.feed(events)
        if self.progress.sentence and not self._said_plan:
            self._said_plan = True
            self._console.print(Text(on_one_line(self.progress.sentence)), soft_wrap=True)
        for number, end in enumerate(ends, first + 1):
            self._console.print(self._line(number, end), soft_wrap=True)
        failed = self.progress.counts["failed"]
        self._bar.update(
            self._task,
            description=f"{self._item}s" if self.progress.total else "planning",
            total=self.progress.total,
            completed=self.progress.done,
            note=f"{failed} failed" if failed else "",
        )

    def _line(self, number: int, end: SymbolEnd) -> Text:
        total = str(self.progress.total or "?")
        line = Text(f"{number:>{len(total)}}/{total}  {on_one_line(end.symbol):<10} ")
        line.append(f"{end.status:<10}", style=_STYLES.get(end.status, ""))
        line.append(on_one_line(end.detail))
        return line


def follow(
    display: RunDisplay,
    poll: Callable[[int], list[HistoryEvent]],
    running: Callable[[], bool],
    pause: Callable[[], None],
) -> None:
    """Shows a run until it ends: ``poll(n)`` returns the events after the first n."""
    known = 0
    while True:
        still = running()
        events = poll(known)
        known += len(events)
        display.show(events)
        if not still:
            return
        pause()
