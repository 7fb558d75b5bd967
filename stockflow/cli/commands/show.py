"""``stockflow show``: why a run failed, and its page."""

import json
import webbrowser
from pathlib import Path

import click

from stockflow.cli.commands.options import output_dir_option
from stockflow.errors import Unusable
from stockflow.history.as_json import model_as_json
from stockflow.history.causes import RootCause
from stockflow.history.model import RunModel
from stockflow.page.as_words import STATUS_WORDS, duration, tally
from stockflow.page.page import MOST_WORDINGS, render_page
from stockflow.sources.opening import OpenedRun, open_run
from stockflow.sources.run_folder import REPORT_FILE
from stockflow.sources.saving import save_run, write_text
from stockflow.terminal import say
from stockflow_functions.domain.words import named_few
from stockflow_functions.reporting import commands

_SOME = 12


@click.command()
@click.argument("reference", metavar="RUN")
@click.option("--open", "open_page", is_flag=True, help="Open the page in the browser.")
@click.option("--json", "as_json", is_flag=True, help="Print the run as one JSON object instead.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Where to write the page.")
@output_dir_option
def show(reference: str, output: Path | None, output_dir: Path, *, open_page: bool, as_json: bool) -> None:
    """Say why RUN failed, and write its page: one HTML file with everything in it.

    RUN is latest, a name under runs/, a folder, a run.json, a history as a file, an execution's ARN, or the address of
    its page in the AWS console. A run on AWS is fetched and kept in the output folder. Exit status: 0 the run could be
    read (failed or not); 1 there is no such run; 2 it can't be read.
    """
    opened = open_run(reference, output_dir)
    if as_json:
        click.echo(json.dumps(model_as_json(opened.model), indent=2))
    if as_json and output is None and not open_page:
        return
    page = _write(opened, output, output_dir)
    if not as_json:
        _tell(opened, page)
    if open_page and not webbrowser.open(page.resolve().as_uri()):
        click.echo(f"No browser could be opened; open {page} yourself.", err=True)


def _write(opened: OpenedRun, output: Path | None, output_dir: Path) -> Path:
    """The page's file: as given, else in the run's folder, or for a file from elsewhere in the current folder."""
    page = output or _usual_place(opened, output_dir)
    try:
        if opened.file is None and output is None:
            return save_run(page.parent, opened.run).report
        write_text(page, render_page(opened.model, opened.surroundings()))
    except OSError as error:
        raise Unusable(
            f"The page can't be written to {page} ({error.strerror}): name another place with --output."
        ) from None
    return page


def _usual_place(opened: OpenedRun, output_dir: Path) -> Path:
    if opened.file is None:
        return output_dir / "runs" / opened.run.execution / REPORT_FILE
    return opened.folder / REPORT_FILE if opened.folder else Path(f"{opened.file.stem}.html")


def _tell(opened: OpenedRun, page: Path) -> None:
    model = opened.model
    took = ""
    if model.started_ms is not None and model.ended_ms is not None:
        took = f" {'after' if model.over else 'for'} {duration((model.ended_ms - model.started_ms) / 1000)}"
    say(f"{opened.run.execution}: {STATUS_WORDS.get(model.status, model.status).lower()}{took}")
    if model.rows:
        say("  " + ", ".join(f"{count} {word}" for _, word, count in tally(model.rows)))
    for cause in model.root_causes:
        names = model.symbols_of(cause)
        whom = f" ({named_few(names, _SOME)})" if names else ""
        say(f"  {cause.state or 'the execution'}: {cause.error or 'no error name'}{whom}")
        for line in _message_lines(model, cause):
            say(f"    {line}")
    for sentence in model.missing:
        say(f"  Note: {sentence}")
    if model.resumable:
        say(f"  Run what it did not save: {commands.resume(opened.reference)}")
    say(f"{page}")


def _message_lines(model: RunModel, cause: RootCause) -> list[str]:
    """The first line of each wording, with its symbols if there are several."""
    said = [(message.splitlines()[0], whose) for message, whose in model.said_of(cause) if message.strip()]
    if len(said) == 1:
        return [said[0][0]]
    more = [f"and {len(said) - MOST_WORDINGS} other wordings"] if len(said) > MOST_WORDINGS else []
    return [f"{named_few(whose, _SOME)}: {line}" if whose else line for line, whose in said[:MOST_WORDINGS]] + more
