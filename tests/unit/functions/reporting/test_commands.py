"""Commands to paste."""

from stockflow_functions.reporting.commands import run_whole_history


def test_a_command_can_be_typed():
    """A symbol with an ampersand is quoted for the shell."""
    assert run_whole_history("M&M.BSE", "daily") == "stockflow run 'M&M.BSE' --series daily --outputsize full"
