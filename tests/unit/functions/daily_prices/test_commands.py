"""Commands in the sentences that the states write."""

from stockflow_functions.daily_prices.commands import fill_command


def test_a_command_can_be_typed():
    """A symbol with an ampersand is quoted for the shell."""
    assert fill_command("M&M.BSE", "daily") == "`stockflow run 'M&M.BSE' --series daily --outputsize full`"
