"""``stockflow runs``: lists the runs, newest first."""

import json
from collections import Counter
from pathlib import Path

import click

from stockflow.cli.commands.options import output_dir_option, stack_options
from stockflow.cli.listing import ListedRun, aws_runs, local_runs
from stockflow.cli.progress import counts_of
from stockflow.cloud.stack import DEFAULT, Aws, find_stack
from stockflow.history.json_values import JsonObject
from stockflow.page.as_words import clock_time, duration
from stockflow.terminal import on_one_line, say
from stockflow_functions.domain.clock import from_iso
from stockflow_functions.domain.words import named_few

_HEADINGS = ("run", "started", "took", "outcome", "", "failed")
_SOME = 5


@click.command()
@click.option("--aws", "on_aws", is_flag=True, help="List the runs of the deployed stack.")
@stack_options
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="How many.")
@output_dir_option
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list of objects instead.")
def runs(  # one per option
    stack_name: str | None, region: str | None, limit: int, output_dir: Path, *, on_aws: bool, as_json: bool
) -> None:
    """List runs, newest first: when they started, their outcome, and which symbols or calls failed.

    Lists those in the output folder; with --aws, --stack or --region, those of the deployed stack.
    """
    complaint = ""
    if on_aws or stack_name or region:
        aws = Aws(region)
        stack = find_stack(aws, stack_name or DEFAULT)
        listed, complaint = aws_runs(aws, stack, limit)
        place = f"of {stack.name}"
    else:
        listed, place = local_runs(output_dir, limit), f"in {output_dir / 'runs'}"
    if as_json:
        click.echo(json.dumps([_as_json(run) for run in listed], indent=2))
    else:
        _tell(listed, place)
    if complaint:
        say(f"stockflow: {complaint}", err=True)


def _tell(listed: list[ListedRun], place: str) -> None:
    if not listed:
        say(f"There is no run {place} yet.")
        return
    items = " or ".join(sorted({f"{run.item}s" for run in listed}, reverse=True))
    headings = tuple(heading or items for heading in _HEADINGS)
    for line in table([headings, *map(_row, listed)]):
        say(line)


def _as_json(run: ListedRun) -> JsonObject:
    """A run for programs: docs/operations.md has the names."""
    return {
        "execution": run.execution,
        "folder": run.folder or None,
        "execution_arn": run.arn or None,
        "started_at": run.started_at or None,
        "seconds": run.seconds,
        "outcome": run.outcome,
        "item": run.item,
        "counts": dict(Counter(run.statuses)),
        "failed": run.failed,
    }


def table(rows: list[tuple[str, ...]]) -> list[str]:
    """Columns side by side, each as wide as its longest cell, whatever the width of the terminal."""
    rows = [tuple(map(on_one_line, row)) for row in rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _row(run: ListedRun) -> tuple[str, ...]:
    return (
        run.execution,
        _when(run.started_at),
        "" if run.seconds is None else duration(run.seconds),
        run.outcome,
        counts_of(run.statuses),
        named_few(run.failed, _SOME),
    )


def _when(started_at: str) -> str:
    try:
        return clock_time(from_iso(started_at))
    except ValueError:
        return ""
