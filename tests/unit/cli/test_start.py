"""``stockflow start``: a run on the deployed stack."""

import json

import pytest

from stockflow.testing import client_error
from tests.helpers.fake_aws import EXECUTION, MACHINE, OUTPUTS, FakeCloudFormation, FakeStepFunctions
from tests.helpers.made_runs import made_run


def inputs(cloud):
    return [json.loads(request["input"]) for request in cloud.stepfunctions.started]


def test_a_run_is_started_and_can_be_followed(stockflow, cloud):
    """The ARN, the page in the console and the command that follows it are printed."""
    done = stockflow("start", "aapl", "MSFT", "--series", "daily_adjusted")

    arn = f"{EXECUTION}:{cloud.stepfunctions.started[0]['name']}"
    assert done.exit_code == 0, done.output
    assert inputs(cloud) == [{"symbols": ["aapl", "MSFT"], "series": "daily_adjusted"}]
    assert cloud.stepfunctions.started[0]["stateMachineArn"] == f"{MACHINE}:live"
    assert done.stdout.splitlines()[0] == f"Started {arn}"
    assert "console.aws.amazon.com" in done.stdout.splitlines()[1]
    assert done.stdout.splitlines()[-1] == f"Follow it: stockflow watch {arn}"


def test_without_symbols_the_stack_takes_its_own(stockflow, cloud):
    """An empty input leaves the choice to the stack's StockSymbols."""
    stockflow("start")

    assert inputs(cloud) == [{}]


def test_an_input_file_is_taken_and_the_arguments_win(stockflow, cloud, tmp_path):
    """A file's input is sent as it is, with what the arguments say in its place."""
    (tmp_path / "input.json").write_text('{"symbols": ["IBM"], "outputsize": "full", "force": true}')

    stockflow("start", "V", "--input", "input.json")

    assert inputs(cloud) == [{"symbols": ["V"], "outputsize": "full", "force": True}]


def test_a_universe_is_put_into_the_stacks_bucket(stockflow, cloud, tmp_path):
    """The input names the copy; a line that can't be a symbol is told."""
    (tmp_path / "mine.txt").write_text("AAPL\nno symbol\n")

    done = stockflow("start", "--universe", "mine.txt")

    (given,) = inputs(cloud)
    assert done.exit_code == 0, done.output
    assert cloud.s3.objects[given["universe"]] == b"AAPL\nno symbol\n"
    assert "'no symbol' (line 2) can't be a symbol" in done.stderr


def test_a_listed_universe_is_looked_up_by_the_stack(stockflow, cloud):
    """Nothing is copied."""
    stockflow("start", "--universe", "listed:NASDAQ")

    assert (inputs(cloud), cloud.s3.objects) == ([{"universe": "listed:NASDAQ"}], {})


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("../x",), "../x"),
        (("A", "--universe", "listed:NYSE"), "give one of them"),
        (("--input", "absent.json"), "absent.json"),
        (("--input", "odd.json"), "symbol"),
    ],
)
def test_what_plan_would_refuse_is_refused_here(stockflow, cloud, tmp_path, arguments, word):
    """An input that can't be used ends with one sentence and status 2, and starts nothing."""
    (tmp_path / "odd.json").write_text('{"symbol": "A"}')

    done = stockflow("start", *arguments)

    assert (done.exit_code, inputs(cloud)) == (2, [])
    assert word in done.stderr


@pytest.mark.parametrize(
    ("arguments", "word"), [(("--stack", "other"), "no stack other"), (("--region", "mars-1"), None)]
)
def test_stack_and_region_are_those_asked_for(stockflow, cloud, arguments, word):
    """The options say which stack, and where."""
    done = stockflow("start", "A", *arguments)

    assert (done.exit_code, word in done.stderr if word else cloud.regions) == ((1, True) if word else (0, ["mars-1"]))


def test_a_start_that_is_denied_says_what_to_grant(stockflow, cloud):
    """Without the right to start, the sentence names it, and the status is 1."""
    cloud.stepfunctions.refuses = client_error("AccessDeniedException", "StartExecution")

    done = stockflow("start", "A")

    assert done.exit_code == 1
    assert "states:StartExecution" in done.stderr


def test_a_start_can_be_watched_to_its_end(stockflow, cloud):
    """With --watch the progress is shown, and the status is the run's."""
    cloud.clients["stepfunctions"] = FakeStepFunctions(made_run({"AAPL": "ok", "XX": "unknown"}).events, [30, 400])

    done = stockflow("start", "AAPL", "XX", "--watch")

    assert done.exit_code == 1, done.output
    assert "1/2  AAPL       saved" in done.stdout


CALLS_ALIAS = MACHINE.replace("DailyPrices", "EarningsCalls:live")


@pytest.fixture
def with_calls(cloud):
    """The made stack, of a release that has the workflow of calls."""
    outputs = {**OUTPUTS, "EarningsCalls": CALLS_ALIAS.removesuffix(":live"), "EarningsCallsLiveAlias": CALLS_ALIAS}
    cloud.clients["cloudformation"] = FakeCloudFormation(outputs=outputs)
    return cloud


def test_calls_are_started_on_their_own_machine(stockflow, with_calls):
    """With --workflow, under the names that the workflow takes, and the language."""
    done = stockflow("start", "--workflow", "earnings-calls", "AAPL/2026-10-29.mp3", "--language", "en-US")

    assert done.exit_code == 0, done.output
    assert inputs(with_calls) == [{"symbols": ["AAPL/2026-10-29.mp3"], "language": "en-US"}]
    assert with_calls.stepfunctions.started[0]["stateMachineArn"] == CALLS_ALIAS


def test_a_stack_without_the_workflow_says_so(stockflow, cloud):
    """It is of an older release: deploy it again."""
    done = stockflow("start", "--workflow", "earnings-calls", "AAPL/2026-10-29.mp3")

    assert (done.exit_code, inputs(cloud)) == (1, [])
    assert "has no output EarningsCallsLiveAlias" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "word"),
    [((), "There are no calls"), (("AAPL/x.mp3",), "can't be a call"), (("A", "--series", "daily"), "series")],
)
def test_what_plan_calls_would_refuse_is_refused_here(stockflow, with_calls, arguments, word):
    """One sentence and status 2, and nothing is started."""
    done = stockflow("start", "--workflow", "earnings-calls", *arguments)

    assert (done.exit_code, inputs(with_calls), word in done.stderr) == (2, [], True)
