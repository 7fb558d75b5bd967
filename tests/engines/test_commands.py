"""The commands for a deployed stack, as a user types them, against the stack on LocalStack."""

import re
from types import SimpleNamespace

import pytest

NAMED = re.compile(r"arn:aws:states:[\w-]+:\d+:execution:\S+")


@pytest.fixture(scope="module")
def watched(stack, stockflow):
    """A run of two symbols, one of which the vendor does not know just then, followed from its start."""
    stack.empty()
    stack.vendor.fail("MSFT", "unknown")
    done = stockflow("start", "AAPL", "MSFT", "--watch")
    return SimpleNamespace(
        returncode=done.returncode, lines=done.stdout.splitlines(), arn=NAMED.search(done.stdout).group()
    )


def test_start_and_watch(watched):
    """The run is followed to its end, and its exit status is that of a run with a failed symbol."""
    assert watched.returncode == 1
    assert "partial: 1 saved, 1 failed; 100 rows added." in watched.lines
    assert watched.lines[-1] == f"Why: stockflow show {watched.arn}"


@pytest.mark.parametrize("which", ["its ARN", "latest"])
def test_watch_tells_a_run_that_is_over(which, watched, stockflow):
    """A run that is named later is told as it was while it went on."""
    done = stockflow("watch", watched.arn if which == "its ARN" else which)

    lines = done.stdout.splitlines()
    assert done.returncode == 1
    assert lines == watched.lines[-len(lines) :]
    assert any("MSFT" in line and "UnknownSymbol" in line for line in lines)


def test_runs_lists_it(watched, stockflow):
    """The run heads the list of the stack's runs, with what its manifest says."""
    done = stockflow("runs", "--aws")

    columns = re.split(r"\s{2,}", done.stdout.splitlines()[1])
    assert [columns[0], *columns[3:]] == [watched.arn.rpartition(":")[2], "partial", "1 saved, 1 failed", "MSFT"]


def test_show_tells_the_cause(watched, stockflow):
    """The run is fetched from the stack, its cause told, and its page written."""
    done = stockflow("show", watched.arn)

    page = stockflow.folder / "out/runs" / watched.arn.rpartition(":")[2] / "report.html"
    assert done.returncode == 0
    assert "Fetch: UnknownSymbol (MSFT)" in done.stdout
    assert "Note:" not in done.stdout
    assert page.stat().st_size > 0


@pytest.mark.parametrize(
    "state", [("Fetch", "AAPL"), ("Transform", "AAPL"), ("Save", "AAPL"), ("Notify",)], ids=" of ".join
)
def test_replay_calls_a_state_again(state, watched, stockflow):
    """A handler that is called here, with the input that the deployed one had, gives what that one gave."""
    of_symbol = ["--symbol", state[1]] if len(state) > 1 else []
    done = stockflow("replay", watched.arn, "--state", state[0], *of_symbol)

    assert done.returncode == 0
    assert "The same output as then." in done.stdout.splitlines()


def test_replay_plans_again(watched, stockflow):
    """Plan called again plans the same symbols, in slots of an empty budget, and touches neither bucket nor table."""
    done = stockflow("replay", watched.arn, "--state", "Plan")

    lines = done.stdout.splitlines()
    assert done.returncode == 0
    assert not [line for line in lines if line.startswith(("-", "+")) and '"symbol"' in line]
    assert any(line.startswith("Would have written to the table: budget#") for line in lines)


def test_replay_fails_as_then(watched, stockflow):
    """The call that failed is found by itself, and fails again with the same error."""
    done = stockflow("replay", watched.arn)

    assert done.returncode == 1
    assert "The same error as then." in done.stdout.splitlines()


def test_rerun_gets_what_is_missing(watched, stockflow):
    """A run of what failed is started on the stack, followed, and saves it."""
    done = stockflow("rerun", watched.arn, "--aws", "--watch")

    assert done.returncode == 0
    assert "Again: 1 symbol, MSFT." in done.stdout
    assert "succeeded: 1 saved; 100 rows added." in done.stdout.splitlines()
