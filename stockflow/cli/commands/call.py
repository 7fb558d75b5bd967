"""``stockflow call``: the tone of one earnings call, on this machine."""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from stockflow import workflows
from stockflow.cli.call_ending import ending_of
from stockflow.cli.commands.options import output_dir_option
from stockflow.cli.commands.plan import basis_here, tell
from stockflow.cli.commands.run import LocalRun, run_here
from stockflow.cli.estimate_calls import estimate_of_calls
from stockflow.cli.given_call import CallArguments, GivenCall, given_call, put_in_place
from stockflow.embedded.local_services import are_prices_invented
from stockflow.errors import Unusable
from stockflow.stand_ins.languages import language_of
from stockflow.stand_ins.local import speech_engine
from stockflow_functions.domain.errors import InvalidInput
from stockflow_functions.earnings_calls.names import AUDIO, VENDOR
from stockflow_functions.earnings_calls.workflow import EARNINGS_CALLS
from stockflow_functions.vendors import name_in
from stockflow_functions.vendors.port import key_variable_of

_MORE_LANGUAGES = 'pip install "stockflow[speech-multilingual]" for one that may, or give a --transcript'


@click.command()
@click.argument("symbol", metavar="SYMBOL")
@click.option("--date", "day", metavar="YYYY-MM-DD", help="The day of the call; may be left out with --quarter.")
@click.option("--audio", type=click.Path(path_type=Path), metavar="FILE", help="A recording of it.")
@click.option("--transcript", type=click.Path(path_type=Path), metavar="FILE", help="A transcript of it, as JSON.")
@click.option("--quarter", metavar="YYYYQn", help="Ask Alpha Vantage for the transcript of that quarter's call.")
@click.option("--language", metavar="CODE", help="What is spoken, such as en-US. [default: identified]")
@click.option("--label", metavar="TEXT", help="Tells calls of one day apart, such as investor-day.")
@click.option("--force", is_flag=True, help="Write down, judge and save again even what has not changed.")
@click.option("--plan", "is_plan", is_flag=True, help="Only say what it would take on AWS.")
@output_dir_option
def call(  # noqa: PLR0913 # one per option
    symbol: str,
    day: str | None,
    audio: Path | None,
    transcript: Path | None,
    quarter: str | None,
    language: str | None,
    label: str | None,
    output_dir: Path,
    *,
    force: bool,
    is_plan: bool,
) -> None:
    """Judge the tone of one earnings call of SYMBOL: from a recording, a transcript, or Alpha Vantage's transcript.

    The file is copied to calls/ in the output folder. Here a local lexicon judges, and a local engine writes
    recordings down, in place of Amazon's services. Exit status as for `stockflow run`.
    """
    arguments = CallArguments(symbol, day, audio, transcript, quarter, label, language)
    given = given_call(arguments, datetime.now(UTC).date())
    spoken = {} if language is None else {"language": language}
    workflow_input = {"symbols": [given.call.name], "force": force, **spoken}
    try:
        EARNINGS_CALLS.check(workflow_input)
        if is_plan:
            tell(estimate_of_calls([given.call], lambda _: given.file, basis_here(output_dir, {})))
            return
    except InvalidInput as error:
        raise Unusable(str(error)) from None
    _must_have_words(given, language)
    steps = LocalRun(
        prepare=lambda aws: put_in_place(given, aws.services.bucket),
        conclude=lambda aws: ending_of(given.call, aws.services.bucket, output_dir),
    )
    workflow = workflows.named(EARNINGS_CALLS.name)
    sys.exit(run_here(workflow_input, dict(os.environ), output_dir, workflow, steps=steps))


def _must_have_words(given: GivenCall, language: str | None) -> None:
    """Refuses a call whose words nothing here could come by."""
    if given.call.door == AUDIO:
        engine = speech_engine()
        if language and not engine.hears(language_of(language)):
            raise Unusable(f"{engine.name} does not know {language}: {_MORE_LANGUAGES}.")
    if given.call.door == VENDOR and are_prices_invented(os.environ):
        key = key_variable_of(name_in(os.environ))
        raise Unusable(f"The simulated Alpha Vantage has no transcripts: set {key}, or give --transcript or --audio.")
