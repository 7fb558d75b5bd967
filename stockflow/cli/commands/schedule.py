"""``stockflow schedule``: what makes this machine run by itself after each close, for cron or systemd."""

import os
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

import click

from stockflow.cli.commands.options import output_dir_option, rate_options, rates_of, universe_option
from stockflow.cli.due import AT, due_ms
from stockflow.cli.given_universe import given_universe, universe_input
from stockflow.cli.scheduled_jobs import actions_job, prices_job
from stockflow.cli.timetables import ScheduledCommand, cron_line, service_unit, timer_unit
from stockflow.errors import Unusable
from stockflow.history.json_values import JsonObject
from stockflow_functions.daily_prices.workflow import DAILY_PRICES
from stockflow_functions.domain.clock import SystemClock
from stockflow_functions.domain.errors import InvalidInput
from stockflow_functions.domain.listings.universe import is_listed_universe
from stockflow_functions.domain.prices.series import DAILY, SERIES
from stockflow_functions.runtime.services import secret_names
from stockflow_functions.runtime.settings import Settings
from stockflow_functions.vendors import name_in
from stockflow_functions.vendors.port import key_variable_of

_UNITS = "~/.config/systemd/user"
_OF_ACTIONS = ("--requests-per-minute", "--requests-per-day", "--output-dir")


@click.command()
@click.argument("symbols", nargs=-1, metavar="[SYMBOL ...]")
@universe_option
@click.option("--series", type=click.Choice(list(SERIES)), help="Which prices.")
@click.option("--outputsize", type=click.Choice(["compact", "full"]), help="100 sessions, or all of them.")
@rate_options
@output_dir_option
@click.option("--cron", "only_cron", is_flag=True, help="Print the lines for cron alone.")
@click.option("--systemd", "only_systemd", is_flag=True, help="Print the units for systemd alone.")
def schedule(  # noqa: PLR0913 # one per option
    symbols: tuple[str, ...],
    universe: str | None,
    series: str | None,
    outputsize: str | None,
    *,
    requests_per_minute: str | None,
    requests_per_day: str | None,
    output_dir: Path,
    only_cron: bool,
    only_systemd: bool,
) -> None:
    """Print lines for cron, and timers for systemd, that run this after the close of each trading day.

    Splits and dividends are asked for before the quota's day ends, in what it leaves. A day that the machine was off is
    made up for. Nothing is changed: the text says what to do with it. The API key is not in it. Exit status: 0 printed;
    2 the arguments can't be used.
    """
    named: JsonObject = {"symbols": list(symbols)} if symbols else {}
    workflow_input = universe_input(None if universe is None else given_universe(universe), named)
    if not workflow_input and not os.environ.get("STOCK_SYMBOLS"):
        raise Unusable("Of whom? Write symbols, or --universe FILE, or set STOCK_SYMBOLS.")
    rates = rates_of(requests_per_minute, requests_per_day)
    settings = _checked({**workflow_input, "series": series, "outputsize": outputsize}, rates)
    options = {
        "--universe": _place_of(universe),
        "--series": series,
        "--outputsize": outputsize,
        "--requests-per-minute": requests_per_minute,
        "--requests-per-day": requests_per_day,
        "--output-dir": str(output_dir.absolute()),
    }
    jobs = [prices_job([*_words(options, *options), *(["--", *symbols] if symbols else [])])]
    if series in {None, DAILY.name}:  # of whom actions are asked for
        jobs.append(actions_job(_words(options, *_OF_ACTIONS), settings))
    _must_be_lines(jobs)
    log = output_dir.absolute() / "schedule.log"
    if only_systemd:
        click.echo(_units(jobs), nl=False)
    if only_cron:
        click.echo(_cron(jobs, log))
    if not only_cron and not only_systemd:
        click.echo(_explained(jobs, _cron(jobs, log), _units(jobs)))


def _must_be_lines(jobs: Iterable[ScheduledCommand]) -> None:
    for word in (word for job in jobs for word in (*job.command, str(job.environment_file), str(job.state_folder))):
        if not word.isprintable():
            raise Unusable(f"{word!r} has a character that no line for cron or systemd can have: choose another name.")


def _cron(jobs: Iterable[ScheduledCommand], log: Path) -> str:
    try:
        return "\n".join(cron_line(job, log) for job in jobs)
    except InvalidInput as error:
        raise Unusable(str(error)) from None


def _checked(workflow_input: JsonObject, rates: Mapping[str, str]) -> Settings:
    try:
        DAILY_PRICES.check({name: value for name, value in workflow_input.items() if value is not None})
        return Settings.from_environment({**os.environ, **rates})
    except InvalidInput as error:
        raise Unusable(str(error)) from None


def _words(options: Mapping[str, str | None], *names: str) -> list[str]:
    """Those of the options that are given, as words of a command."""
    return [word for name in names if (value := options[name]) is not None for word in (name, value)]


def _place_of(universe: str | None) -> str | None:
    """A file's absolute path; what is listed somewhere stays as it is."""
    if universe is None or is_listed_universe(universe):
        return universe
    return str(Path(universe).absolute())


def _units(jobs: Iterable[ScheduledCommand]) -> str:
    return "\n".join(
        f"# {_UNITS}/{job.unit}.service\n{service_unit(job)}\n# {_UNITS}/{job.unit}.timer\n{timer_unit(job)}"
        for job in jobs
    )


_EXPLAINED = """\
A run is due at {at} in New York after each session there, four hours after the close; the last one was due at {here}
here. What was due while the machine was off or asleep is made up for. What failed is tried three times in all.{actions}

1. Such jobs see no variable of this shell. Write yours into a file that nobody else can read{missing}:

(umask 077; mkdir -p {folder}; for name in {names}; do printf "%s='%s'\\n" "$name" "$(printenv "$name")"; done > {file})

2. Either cron: add what follows by `crontab -e`. It looks each hour whether something is due, as cron forgets what it
missed:

{cron}

3. Or systemd: save these files, then `systemctl --user daemon-reload` and `systemctl --user enable --now
{timers}`; with `loginctl enable-linger` it runs while you are not logged in, too.

{units}
There is nothing here for launchd or for the Task Scheduler of Windows."""


_ALSO_ACTIONS = """
Splits and dividends are asked for in the last two hours of the quota's day, in what that leaves: each symbol's once a
week at most, two requests a symbol."""


def _explained(jobs: Sequence[ScheduledCommand], cron: str, units: str) -> str:
    """What to do with both, without the value of any variable."""
    file = jobs[0].environment_file
    key, folder = key_variable_of(name_in(os.environ)), file.parent
    names = [name for name in _variables() if os.environ.get(name)]
    here = datetime.fromtimestamp(due_ms(SystemClock().now_ms()) / 1000, UTC).astimezone()
    return _EXPLAINED.format(
        at=AT.strftime("%H:%M"),
        here=here.strftime("%H:%M on %A"),
        missing="" if key in names else f" ({key} is not set here; without it prices are invented)",
        folder=shlex.quote(str(folder)),
        names=" ".join(names or [key]),
        file=shlex.quote(str(file)),
        cron=cron,
        timers=" ".join(f"{job.unit}.timer" for job in jobs),
        actions=_ALSO_ACTIONS if len(jobs) > 1 else "",
        units=units,
    )


def _variables() -> list[str]:
    """The variables that a run reads."""
    settings = [each.metadata["variable"] for each in fields(Settings)]
    return list(dict.fromkeys([*secret_names(name_in(os.environ)), *settings, "MOCK_MODE"]))
