"""Options that several commands share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from stockflow import workflows
from stockflow_functions.domain.prices.series import SERIES

Command = TypeVar("Command", bound=Callable[..., Any])

output_dir_option = click.option(
    "--output-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("out"),
    show_default=True,
    help="The folder laid out as the bucket is.",
)


def request_options(command: Command) -> Command:
    """``--series``, ``--outputsize`` and ``--force``."""
    command = click.option(
        "--force", is_flag=True, help="Ask even for what is up to date, and save again even what has not changed."
    )(command)
    command = click.option(
        "--outputsize", type=click.Choice(["compact", "full"]), help="100 sessions, or all of them."
    )(command)
    return click.option("--series", type=click.Choice(list(SERIES)), help="Which prices.")(command)


universe_option = click.option(
    "--universe",
    metavar="FILE|listed:EXCHANGE[:DATE]",
    help="In place of SYMBOLs: a file with one a line, or who is listed, or was on a day.",
)


def rate_options(command: Command) -> Command:
    """``--requests-per-minute`` and ``--requests-per-day``; they override the environment."""
    command = click.option(
        "--requests-per-day", metavar="N", help="The plan's daily limit; 0 for none. [default: REQUESTS_PER_DAY, or 25]"
    )(command)
    return click.option(
        "--requests-per-minute", metavar="N", help="The plan's rate. [default: REQUESTS_PER_MINUTE, or 30]"
    )(command)


def workflow_options(command: Command) -> Command:
    """``--workflow`` and ``--language``."""
    command = click.option("--language", metavar="CODE", help="Of calls: what is spoken, such as en-US.")(command)
    return click.option(
        "--workflow",
        "workflow_name",
        metavar="NAME",
        default=workflows.DEFAULT,
        show_default=True,
        help="Which workflow.",
    )(command)


def rates_of(requests_per_minute: str | None, requests_per_day: str | None) -> dict[str, str]:
    """The variables that these options stand for; none for an option that is not given."""
    rates = {"REQUESTS_PER_MINUTE": requests_per_minute, "REQUESTS_PER_DAY": requests_per_day}
    return {name: value for name, value in rates.items() if value is not None}


def stack_options(command: Command) -> Command:
    """``--stack`` and ``--region``."""
    from stockflow.cloud.stack import DEFAULT  # noqa: PLC0415 # boto3 only for the commands that ask AWS

    command = click.option("--region", help="The stack's region. [default: AWS_REGION, or the profile's]")(command)
    return click.option("--stack", "stack_name", metavar="NAME", help=f"The deployed stack. [default: {DEFAULT}]")(
        command
    )
