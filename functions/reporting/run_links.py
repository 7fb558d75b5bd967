"""What a message offers to act on: the execution in the console, and commands to paste."""

import re
from typing import TypedDict
from urllib.parse import quote

from stockflow_functions.domain.messages.message import Link
from stockflow_functions.domain.words import on_one_line
from stockflow_functions.reporting import commands

EXAMPLE_ACCOUNT = "123456789012"
"""The account number of AWS's own examples; the AWS on a laptop uses it, and nobody owns it."""

LONGEST_COMMAND = 500
_CONSOLES = {"aws": "aws.amazon.com", "aws-cn": "amazonaws.cn", "aws-us-gov": "amazonaws-us-gov.com"}
_EXECUTION_ARN = re.compile(
    r"arn:(?P<partition>aws[a-z-]*):states:(?P<region>[a-z]{2}[a-z0-9-]{1,30}):(?P<account>\d{12})"
    r":execution:[^:]{1,80}:[^:]{1,80}"
)
"""Both names have at most 80 characters (https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html)."""


class RunOrigin(TypedDict):
    """Where a run took place, as in a manifest."""

    execution_arn: str
    trigger: str


class RunName(RunOrigin):
    """How a manifest names its run."""

    execution: str


def ran_on_aws(run: RunOrigin) -> bool:
    """Whether a console shows this execution: not for a laptop's trigger, nor for its account number."""
    match = _EXECUTION_ARN.fullmatch(run["execution_arn"])
    return match is not None and match["account"] != EXAMPLE_ACCOUNT and run["trigger"] != "laptop"


def console_link(run: RunOrigin) -> Link | None:
    """The execution's page in the Step Functions console, or None for a run that is not on AWS."""
    arn = run["execution_arn"]
    match = _EXECUTION_ARN.fullmatch(arn)
    if match is None or match["partition"] not in _CONSOLES or not ran_on_aws(run):
        return None
    region = match["region"]
    host = f"{region}.console.{_CONSOLES[match['partition']]}"
    url = (
        f"https://{host}/states/home?region={region}#/v2/executions/details/{quote(arn, safe=':-_.', errors='replace')}"
    )
    return Link(url, "The execution in the console")


def show_command(run: RunName) -> str | None:
    """The command that shows the whole run; None, like all commands here, if it would be unsafe to paste."""
    return _safe(commands.show(_reference(run)), _reference(run))


def rerun_command(run: RunName) -> str | None:
    """The command that runs just the failed and the deferred symbols again."""
    return _safe(commands.rerun(_reference(run), on_aws=ran_on_aws(run)), _reference(run))


def replay_command(run: RunName, state: str, symbol: str | None) -> str | None:
    """The command that repeats one state, of one symbol if it has one, on a laptop, with the input it had."""
    words = (_reference(run), state, *(() if symbol is None else (symbol,)))
    return _safe(commands.replay(_reference(run), state, symbol), *words)


def _reference(run: RunName) -> str:
    return run["execution_arn"] if ran_on_aws(run) else run["execution"]


def _safe(command: str, *words: str) -> str | None:
    """The command; None if a message could not show it unchanged, or a word of it would be read as an option."""
    unchanged = on_one_line(command) == command and "`" not in command
    plain = all(word and not word.startswith("-") for word in words)
    return command if unchanged and plain and len(command) <= LONGEST_COMMAND else None
