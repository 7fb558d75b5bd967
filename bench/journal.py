"""What a run's journal costs: CPU beside a run without one, and bytes on the disk.

Runs with and without a journal take turns in this process, with the budget set so high that nothing waits. Two runs of
one kind differ by more than a journal costs, so its own CPU is measured too, around each of its calls in the thread
that makes it. What is masked for the journal need not be masked again for ``run.json``: the end of the run is so much
cheaper, and ``share`` is what is left. The exit status is 1 where that is over its limit.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from stockflow.embedded.aws import EmbeddedAws
from stockflow.embedded.journal import Journals
from stockflow.sources.journal import JOURNAL_FILE

SYMBOLS = 100
PAIRS = 5
MOST_PERCENT = 3.0
ENVIRONMENT = {"REQUESTS_PER_MINUTE": "60000", "REQUESTS_PER_DAY": "0"}
COLUMNS = "{:<24} {:>9} {:>9} {:>7} {:>9} {:>9} {:>9}"


@dataclass(frozen=True)
class Cost:
    """CPU milliseconds a symbol, of the run, of its end alone and of the journal's calls; and the journal's bytes."""

    run: float
    end: float
    journal: float
    size_bytes: float


@contextmanager
def without(_spent: list[float]) -> Iterator[None]:
    """No journal is written."""

    def nothing(*_: object, **__: object) -> None:
        """Stands in for each."""

    with patch.multiple(Journals, witness=nothing, hear=nothing, end=nothing):
        yield


@contextmanager
def measured(spent: list[float]) -> Iterator[None]:
    """Adds the CPU seconds of each call of a journal."""

    def timed(call: Callable[..., None]) -> Callable[..., None]:
        def timed_call(*args: Any, **named: Any) -> None:
            began = time.thread_time()
            call(*args, **named)
            spent.append(time.thread_time() - began)

        return timed_call

    witness, hear, end = (timed(call) for call in (Journals.witness, Journals.hear, Journals.end))
    with patch.multiple(Journals, witness=witness, hear=hear, end=end):
        yield


def cost_of_run(kind: Callable[[list[float]], Any]) -> Cost:
    """From the start of a run until its page is written."""
    spent: list[float] = []
    with kind(spent), tempfile.TemporaryDirectory() as folder, EmbeddedAws(folder, ENVIRONMENT) as aws:
        began = time.process_time()
        arn = aws.start({"symbols": [f"S{number}" for number in range(SYMBOLS)]})
        while aws.status(arn) == "RUNNING":
            time.sleep(0.01)
        journal, ended = Path(aws.run_folder(arn), JOURNAL_FILE), time.process_time()
        size_bytes = journal.stat().st_size if journal.is_file() else 0
        aws.wait(arn)
        end = time.process_time()
        run, at_the_end, journals = (1000 * seconds / SYMBOLS for seconds in (end - began, end - ended, sum(spent)))
        return Cost(run, at_the_end, journals, size_bytes / SYMBOLS)


def main() -> int:
    """Prints the figures, each pair in a line."""
    cost_of_run(measured)  # the first run imports what the others find
    print(COLUMNS.format(f"CPU ms a symbol of {SYMBOLS}", "without", "with", "ratio", "journal", "saved", "share"))
    ratios, shares, size_bytes = [], [], 0.0
    for number in range(PAIRS):
        bare, whole = cost_of_run(without), cost_of_run(measured)
        saved = bare.end - whole.end
        ratios.append(whole.run / bare.run)
        shares.append(100 * (whole.journal - saved) / bare.run)
        size_bytes = whole.size_bytes
        figures = (bare.run, whole.run, ratios[-1], whole.journal, saved)
        print(COLUMNS.format(f"pair {number + 1}", *(f"{figure:.2f}" for figure in figures), f"{shares[-1]:.2f} %"))
    share = statistics.median(shares)
    said = f"{statistics.median(ratios):.2f}", "", "", f"{share:.2f} %"
    print(
        COLUMNS.format("median", "", "", *said), f" limit {MOST_PERCENT:g} %{'   OVER' if share > MOST_PERCENT else ''}"
    )
    print(f"{'bytes a symbol':<24} {size_bytes:>9,.0f}")
    return int(share > MOST_PERCENT)


if __name__ == "__main__":
    sys.exit(main())
