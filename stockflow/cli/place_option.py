"""``--place``: the dataset that a command reads."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def place_option(command: Command) -> Command:
    """``--place``, a folder or the bucket."""
    return click.option(
        "--place",
        metavar="DIR|s3://BUCKET[/PREFIX]",
        default="out",
        show_default=True,
        help="The dataset.",
    )(command)
