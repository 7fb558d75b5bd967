"""Commands to paste, in the sentences that the states write."""

from shlex import quote


def fill_command(symbol: str, series: str) -> str:
    """What gets the whole history of a symbol, in backticks."""
    return f"`stockflow run {quote(symbol)} --series {series} --outputsize full`"
