"""The commands that sentences and pages give to paste, quoted for a shell and fit for a terminal."""

import shlex

from stockflow.terminal import printable


def show(reference: str) -> str:
    """Says why a run failed, and writes its page."""
    return _command("show", reference)


def watch(execution_arn: str) -> str:
    """Follows a run on AWS."""
    return _command("watch", execution_arn)


def rerun(reference: str, *, on_aws: bool = False) -> str:
    """Starts a run of just the symbols that failed or were deferred."""
    return _command("rerun", reference, *(["--aws"] if on_aws else []))


def resume(reference: str) -> str:
    """Starts a run of what a killed run did not save."""
    return _command("resume", reference)


def replay(reference: str, state: str, symbols: list[str]) -> str:
    """Calls a state's handler again with the input that it had, for the first of the symbols."""
    whose = ["--symbol", symbols[0]] if symbols else []
    return _command("replay", reference, *whose, "--state", state)


def _command(name: str, *words: str) -> str:
    return " ".join(["stockflow", name, *(shlex.quote(printable(word)) for word in words)])
