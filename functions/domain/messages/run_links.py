"""What a message gives to act on: the execution in the console, and commands to paste."""

import re
import shlex
from typing import Any
from urllib.parse import quote

from stockflow_functions.domain.messages.message import Link, on_one_line

EXAMPLE_ACCOUNT = "123456789012"
"""The account number of AWS's own examples; the AWS on a laptop uses it, and nobody owns it."""

LONGEST_COMMAND = 500
_CONSOLES = {"aws": "aws.amazon.com", "aws-cn": "amazonaws.cn", "aws-us-gov": "amazonaws-us-gov.com"}
_EXECUTION_ARN = re.compile(
    r"arn:(?P<partition>aws[a-z-]*):states:(?P<region>[a-z]{2}[a-z0-9-]{1,30}):(?P<account>\d{12})"
    r":execution:[^:]{1,80}:[^:]{1,80}"
)
"""Both names have at most 80 characters (https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html)."""


def ran_on_aws(manifest: dict[str, Any]) -> bool:
    """Whether there is a console that knows this execution: not for a laptop's trigger, nor for its account number."""
    match = _EXECUTION_ARN.fullmatch(manifest["execution_arn"])
    return match is not None and match["account"] != EXAMPLE_ACCOUNT and manifest["trigger"] != "laptop"


def console_link(manifest: dict[str, Any]) -> Link | None:
    """The execution's page in the Step Functions console, or None for a run that is not on AWS."""
    arn = manifest["execution_arn"]
    match = _EXECUTION_ARN.fullmatch(arn)
    if match is None or match["partition"] not in _CONSOLES or not ran_on_aws(manifest):
        return None
    region = match["region"]
    host = f"{region}.console.{_CONSOLES[match['partition']]}"
    url = (
        f"https://{host}/states/home?region={region}#/v2/executions/details/{quote(arn, safe=':-_.', errors='replace')}"
    )
    return Link(url, "The execution in the console")


def show_command(manifest: dict[str, Any]) -> str | None:
    """The command that shows the whole run."""
    return _command("stockflow show", _run(manifest))


def rerun_command(manifest: dict[str, Any]) -> str | None:
    """The command that runs just the failed and the deferred symbols again."""
    command = _command("stockflow rerun", _run(manifest))
    return f"{command} --aws" if command and ran_on_aws(manifest) else command


def replay_command(manifest: dict[str, Any], state: str, symbol: str | None) -> str | None:
    """The command that repeats one state, of one symbol if it has one, on a laptop, with the input it had."""
    of_symbol = () if symbol is None else ("--symbol", symbol)
    return _command("stockflow replay", _run(manifest), *of_symbol, "--state", state)


def _run(manifest: dict[str, Any]) -> str:
    name = "execution_arn" if ran_on_aws(manifest) else "execution"
    return str(manifest[name])


def _command(*words: str) -> str | None:
    """The words, quoted for a shell; None where a message could not show them unchanged: pasting would be unsafe."""
    program, *arguments = words
    command = " ".join([program, *(shlex.quote(word) for word in arguments)])
    unchanged = on_one_line(command) == command and "`" not in command and all(arguments)
    # An argument that begins with a hyphen would be read as an option.
    options = {"--symbol", "--state"}
    plain = all(word in options or not word.startswith("-") for word in arguments)
    return command if unchanged and plain and len(command) <= LONGEST_COMMAND else None
