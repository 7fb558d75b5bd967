"""What a message gives to act on."""

import shlex

import pytest

from stockflow_functions.reporting.run_links import (
    console_link,
    ran_on_aws,
    replay_command,
    rerun_command,
    show_command,
)

ARN = "arn:aws:states:eu-west-1:210987654321:execution:DailyPrices:evening"


def manifest(arn=ARN, trigger="schedule", execution="evening"):
    return {"execution_arn": arn, "trigger": trigger, "execution": execution}


def test_a_run_on_aws_is_linked_in_its_own_region():
    """The link opens the console where the execution is."""
    assert console_link(manifest()).url == (
        f"https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1#/v2/executions/details/{ARN}"
    )


@pytest.mark.parametrize(
    ("partition", "region", "host"),
    [
        ("aws-cn", "cn-north-1", "cn-north-1.console.amazonaws.cn"),
        ("aws-us-gov", "us-gov-west-1", "us-gov-west-1.console.amazonaws-us-gov.com"),
    ],
)
def test_other_partitions_have_consoles_of_their_own(partition, region, host):
    """China and GovCloud are not at aws.amazon.com."""
    arn = f"arn:{partition}:states:{region}:210987654321:execution:DailyPrices:evening"
    assert console_link(manifest(arn)).url.startswith(f"https://{host}/")


@pytest.mark.parametrize(
    "other",
    [
        manifest(trigger="laptop"),
        manifest("arn:aws:states:us-east-1:123456789012:execution:DailyPrices:evening"),
        manifest("evening"),
        manifest(""),
        manifest(f"{ARN}:x"),
    ],
)
def test_no_console_knows_a_laptops_run(other):
    """A laptop's trigger, the laptop's account number, or no execution ARN at all: no link."""
    assert not ran_on_aws(other)
    assert console_link(other) is None


def test_commands_name_an_execution_on_aws_by_its_arn():
    """From the ARN alone the region and the account are known."""
    assert rerun_command(manifest()) == f"stockflow rerun {ARN} --aws"
    assert show_command(manifest()) == f"stockflow show {ARN}"
    assert replay_command(manifest(), "Fetch", "BRK.B") == f"stockflow replay {ARN} --symbol BRK.B --state Fetch"


def test_commands_name_a_laptops_run_by_its_folder():
    """The folder under runs/ has the execution's name."""
    assert rerun_command(manifest(trigger="laptop")) == "stockflow rerun evening"


def test_a_state_without_a_symbol_is_replayed_without_one():
    """Plan has no symbol."""
    assert replay_command(manifest(trigger="laptop"), "Plan", None) == "stockflow replay evening --state Plan"


def test_a_symbol_is_one_argument_whatever_is_in_it():
    """Pasted into a shell, a symbol with spaces and signs runs nothing."""
    command = replay_command(manifest(trigger="laptop"), "Fetch", "A; rm -rf ~ $(id)")
    assert shlex.split(command) == [
        "stockflow",
        "replay",
        "evening",
        "--symbol",
        "A; rm -rf ~ $(id)",
        "--state",
        "Fetch",
    ]


@pytest.mark.parametrize("symbol", ["a`id`", "a\nb", "a\u202eb", "", "-x", "x" * 600])
def test_what_cannot_be_pasted_safely_is_not_offered(symbol):
    """A message shows no backtick and no control character as it is, so a command with one would be another command."""
    assert replay_command(manifest(), "Fetch", symbol) is None
