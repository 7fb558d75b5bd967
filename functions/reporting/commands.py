"""Commands to paste, each part quoted for a shell: the one place that knows how they are written. Pure."""

import shlex


def show(reference: str) -> str:
    """Shows the whole run; the reference is its name, its folder or its ARN."""
    return _command("show", reference)


def rerun(reference: str, *, on_aws: bool = False) -> str:
    """Runs just the failed and the deferred symbols again."""
    return _command("rerun", reference, *(("--aws",) if on_aws else ()))


def resume(reference: str) -> str:
    """Runs what a killed run did not save."""
    return _command("resume", reference)


def replay(reference: str, state: str, symbol: str | None = None) -> str:
    """Repeats one state on a laptop, of one symbol if it has one, with the input that it had."""
    of_symbol = () if symbol is None else ("--symbol", symbol)
    return _command("replay", reference, *of_symbol, "--state", state)


def watch(execution_arn: str) -> str:
    """Follows a run on AWS."""
    return _command("watch", execution_arn)


def run_whole_history(symbol: str, series: str) -> str:
    """Fetches a symbol's whole history again."""
    return _command("run", symbol, "--series", series, "--outputsize", "full")


def _command(*words: str) -> str:
    return shlex.join(("stockflow", *words))
