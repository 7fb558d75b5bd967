"""docs/calls.md: its commands are ones that the program takes, its rules those that are checked."""

import re
import shlex

import pytest

from stockflow.cli.main import main
from stockflow_functions.domain.calls import verifying
from tests.helpers.stack import ROOT
from tests.tools.example_call import TRANSCRIPT, written

PAGE = (ROOT / "docs/calls.md").read_text(encoding="utf-8")
COMMANDS = sorted(set(re.findall(r"^ *stockflow (\S.*)$", PAGE, re.MULTILINE)))


def test_there_are_commands_to_check():
    """The page's commands are found at all."""
    assert len(COMMANDS) >= 8


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_in_the_page_is_one(line):
    """Its options are those of the program; nothing is run."""
    name, *arguments = shlex.split(line)

    command = main.get_command(None, name)

    assert command.make_context(name, arguments, parent=None).params


def test_the_options_of_the_command_are_in_the_page():
    """Each option of stockflow call has its row."""
    options = {option for parameter in main.get_command(None, "call").params for option in parameter.opts}
    rows = "".join(line for line in PAGE.splitlines() if line.startswith("| `--"))

    assert set(re.findall(r"`(--[a-z-]+)`", rows)) == {option for option in options if option.startswith("--")}


def test_each_rule_is_described():
    """What a breach may be called is in the table, and no other name."""
    table = PAGE.partition("| rule | broken where |")[2].partition("\n\n")[0]
    rules = {"mixed-engines", "not-in-order", *verifying._OF_PASSAGES, *verifying._OF_CALLS}

    assert set(re.findall(r"`([a-z]+(?:-[a-z]+)+)`", table)) == rules


def test_the_example_is_what_its_text_gives():
    """The transcript that is shipped is the one that tests.tools.example_call writes."""
    assert TRANSCRIPT.read_text(encoding="utf-8") == written()
