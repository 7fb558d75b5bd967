"""Tries the cells of the fault matrix, each once, and keeps what came of it."""

from contextlib import ExitStack, nullcontext
from dataclasses import dataclass
from itertools import groupby
from unittest.mock import patch

from stockflow_functions.channels import delivery
from tests.helpers.forgetting import forget_symbols
from tests.workflow.fault_cells import CELLS
from tests.workflow.fault_stage import DAY_MS, Stage, wait_until

WELL = "WELL"
"""A symbol that no fault meets, beside all those that one does."""


@dataclass(frozen=True)
class Seen:
    """What the workflow did with one symbol: the run's status and error, the symbol's, and where people heard of it."""

    run: str
    symbol: str
    told: str = ""


@dataclass(frozen=True)
class Result:
    """What came of one cell: rows by date after the fault (``between``) and after a clean run, and what they may be."""

    seen: Seen
    rerun: str
    before: dict
    between: dict
    after: dict
    expected: dict

    @property
    def dataset(self):
        """What the dataset is between fault and clean run."""
        names = [
            name for name, rows in (("as before", self.before), ("complete", self.expected)) if rows == self.between
        ]
        return names[0] if names else "WRONG"

    @property
    def in_the_end(self):
        return f"{self.rerun}, {'complete' if self.after == self.expected else 'WRONG'}"


class Matrix:
    """Tries cells as they are asked for; those that can be tried together, together."""

    def __init__(self, stack: ExitStack, new_folder, cells=CELLS):
        self._stack, self._new_folder, self._stage = stack, new_folder, None
        self._symbols = {cell.name: f"F{CELLS.index(cell):03}" for cell in cells}
        self._groups = [list(group) for _, group in groupby(sorted(cells, key=_group), _group)]
        self._results = {}
        self._cells = cells
        self.well = []
        """How the symbol that no fault meets did, run by run."""

    def result(self, cell):
        if cell.name not in self._results:
            group = next(group for group in self._groups if cell in group)
            self._results |= self._tried(group)
        return self._results[cell.name]

    @property
    def results(self):
        """Those there are so far, by cell."""
        return {cell: self._results[cell.name] for cell in self._cells if cell.name in self._results}

    @property
    def stage(self):
        """Made when it is first needed."""
        if self._stage is None:
            self._stage = Stage(self._stack, self._new_folder("faults"))
        return self._stage

    def _tried(self, cells):
        """Runs with the faults, then one clean run of all symbols on the same folder."""
        stage, symbols = self.stage, [self._symbols[cell.name] for cell in cells]
        for cell, symbol in zip(cells, symbols, strict=True):
            if not cell.new_symbol:
                stage.place(symbol)
        if cells[0].together:
            seen = self._try_together(dict(zip(symbols, cells, strict=True)))
        else:
            seen = [self._try_alone(cell, symbol) for cell, symbol in zip(cells, symbols, strict=True)]
        between = [stage.rows(symbol) for symbol in symbols]
        again = stage.end(stage.start(*symbols))
        return {
            cell.name: Result(
                seen[number],
                again.symbol(symbol),
                stage.stored.get(symbol, {}),
                between[number],
                stage.rows(symbol),
                stage.expected(symbol, *_answered_days_ago(cell)),
            )
            for number, (cell, symbol) in enumerate(zip(cells, symbols, strict=True))
        }

    def _try_together(self, cells):
        self.stage.place(WELL)
        forget_symbols(self.stage.aws)
        for symbol, cell in cells.items():
            _make(cell, symbol, self.stage)
        with _around(*cells.values(), stage=self.stage):
            done = self.stage.end(self.stage.start(WELL, *cells))
        self.stage.heal()
        self.well.append(done.symbol(WELL))
        return [Seen("goes on", done.symbol(symbol)) for symbol in cells]

    def _try_alone(self, cell, symbol):
        stage = self.stage
        messages = len(stage.aws.slack.messages)
        faults = _make(cell, symbol, stage)
        with _around(cell, stage=stage):
            if cell.way in {"two runs", "older answer"}:
                done = _two_runs(stage, symbol, faults[0], _answered_days_ago(cell)[0])
            else:
                done = [stage.end(stage.start(symbol))]
        told = stage.told(messages)
        stage.heal()
        if cell.next_day:
            stage.forget_budget()
        runs = dict.fromkeys(each.run for each in done)
        return Seen(" / ".join(runs), " / ".join(each.symbol(symbol) for each in done), told)


def _around(*cells, stage):
    """What is other than usual while these cells are tried."""
    if cells[0].way == "task time-out":
        return stage.hasty(*{cell.state for cell in cells})
    if cells[0].slack and cells[0].slack.hang_seconds:
        return patch.object(delivery, "TIME_OUTS_SECONDS", (0.2, 0.05))
    return nullcontext()


def _group(cell):
    return cell.way == "task time-out", cell.together


def _answered_days_ago(cell):
    return (8, 0) if cell.way == "older answer" else (0,)


def _make(cell, symbol, stage):
    """Puts the cell's faults in force."""
    if cell.disk:
        stage.disk.full_for.append([part.format(symbol=symbol) for part in cell.disk])
    if cell.slack:
        stage.aws.slack.answer_always(cell.slack)
    stage.vendor.fail(symbol, *cell.vendor)
    return [stage.aws.faults.add(fault) for fault in cell.aws_faults(symbol)]


def _two_runs(stage, symbol, pause, days_ago):
    """One run that pauses, and another that goes from beginning to end meanwhile."""
    stage.clock.ms = stage.now_ms - days_ago * DAY_MS
    one = stage.start(symbol)
    wait_until(lambda: pause.met)
    stage.clock.ms = stage.now_ms
    other = stage.end(stage.start(symbol))
    pause.released.set()
    return [stage.end(one), other]


HEADER = ("State", "At", "Fault", "When", "The run", "The symbol", "People hear", "Dataset", "After a clean run")


def row_of(cell, result):
    """The cell's row of the table; the first four texts identify it."""
    seen = result.seen
    what = (cell.state, cell.effect, cell.fault, cell.when)
    return *what, seen.run, seen.symbol, seen.told, result.dataset, result.in_the_end


def as_table(results):
    """Results by cell as a Markdown table, padded so that it reads as text too."""
    rows = [row_of(cell, result) for cell, result in results.items()]
    widths = [max(map(len, column)) for column in zip(HEADER, *rows, strict=True)]
    lines = [HEADER, ["-" * width for width in widths], *rows]
    padded = ((text.ljust(width) for text, width in zip(line, widths, strict=True)) for line in lines)
    return "".join(f"| {' | '.join(line)} |\n" for line in padded)
