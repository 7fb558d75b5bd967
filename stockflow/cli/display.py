"""Shows a run's progress: live on a terminal, plain lines in a pipe."""

from collections.abc import Callable, Iterable, Sequence
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from stockflow.cli.progress import RunProgress, SymbolEnd, counts_of
from stockflow.history.saved_run import HistoryEvent
from stockflow.terminal import on_one_line
from stockflow_functions.domain.outcome import DEFERRED, FAILED
from stockflow_functions.runtime.workflow import Workflow

_NOT_WELL = frozenset({FAILED, DEFERRED})
_STYLES = {
    "saved": "green",
    **dict.fromkeys(("unchanged", "fresh", "checked"), "cyan"),
    "failed": "bold red",
    "deferred": "yellow",
}


MOST_LINES = 100
"""Of a run in shards: symbols that did not go well, a line each. The page has them all."""
_PARTS = 20


class RunDisplay:
    """A line for each symbol as it ends and, on a terminal, a bar below them.

    A run in shards has too many: only those have a line that did not go well, and in a pipe each twentieth part of the
    run has one with the counts.
    """

    def __init__(self, console: Console, workflow: Workflow) -> None:
        self.progress = RunProgress(workflow)
        self._item = workflow.item
        self._console = console
        self._said_plan = False
        self._said_lines = 0
        self._said_parts = 0
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

    def show(self, events: Iterable[HistoryEvent], in_shards: Sequence[SymbolEnd] = ()) -> None:
        """Takes the run's next events, and the symbols that ended in its shards, and shows what is new in them."""
        first = self.progress.done
        ends = [*self.progress.feed(events), *in_shards]
        self.progress.count(in_shards)
        if self.progress.sentence and not self._said_plan:
            self._said_plan = True
            self._console.print(Text(on_one_line(self.progress.sentence)), soft_wrap=True)
        self._show_ends(ends, first)
        failed = self.progress.counts["failed"]
        self._bar.update(
            self._task,
            description=f"{self._item}s" if self.progress.total else "planning",
            total=self.progress.total,
            completed=self.progress.done,
            note=f"{failed} failed" if failed else "",
        )

    def _show_ends(self, ends: Sequence[SymbolEnd], first: int) -> None:
        if not self.progress.in_shards:
            for number, end in enumerate(ends, first + 1):
                self._console.print(self._line(number, end), soft_wrap=True)
            return
        bad = [(number, end) for number, end in enumerate(ends, first + 1) if end.status in _NOT_WELL]
        for number, end in bad[: MOST_LINES - self._said_lines]:
            self._console.print(self._line(number, end), soft_wrap=True)
        self._said_lines = min(MOST_LINES, self._said_lines + len(bad))
        self._show_part()

    def _show_part(self) -> None:
        total, done = self.progress.total, self.progress.done
        part = done * _PARTS // total if total else 0
        if part > self._said_parts and not self._console.is_terminal:
            self._console.print(f"{done:,}/{total:,}  {counts_of(self.progress.counts)}", soft_wrap=True)
        self._said_parts = max(part, self._said_parts)

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
    in_shards: Callable[[], Sequence[SymbolEnd]] = tuple,
) -> None:
    """Shows a run until it ends.

    Args:
        poll: ``poll(n)`` returns the events after the first n.
        in_shards: the symbols that ended in the run's shards since it was called last.
    """
    known = 0
    while True:
        still = running()
        events = poll(known)
        known += len(events)
        display.show(events, in_shards())
        if not still:
            return
        pause()
