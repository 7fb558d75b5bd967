"""``stockflow watch``: the progress and the end of a run on AWS."""

from urllib.parse import quote

import pytest
from rich.console import Console

from stockflow.cli.commands.watch import watch_run
from stockflow.cli.display import RunDisplay
from stockflow.testing import client_error
from tests.helpers.fake_aws import EXECUTION, MACHINE, OUTPUTS, FakeCloudFormation, FakeStepFunctions, fake_aws
from tests.helpers.made_runs import made_run

ARN = f"{EXECUTION}:a"


@pytest.fixture
def watch(stockflow, cloud):
    """Watches a made run whose symbols go as told."""

    def watch_stories(stories, *arguments, batches=()):
        cloud.clients["stepfunctions"] = FakeStepFunctions(made_run(stories).events, batches)
        return stockflow("watch", *(arguments or (ARN,)))

    return watch_stories


def test_a_good_run_ends_with_nothing(watch):
    """Each symbol has its line, the last line sums up, the status is 0."""
    done = watch({"AAPL": "ok", "MSFT": "retried"}, batches=[10, 20, 400])

    lines = done.stdout.splitlines()
    assert done.exit_code == 0, done.output
    assert [line.split()[:3] for line in lines[-3:-1]] == [["1/2", "AAPL", "saved"], ["2/2", "MSFT", "saved"]]
    assert lines[-1] == "succeeded: 2 saved; 2 rows added."


@pytest.mark.parametrize(
    ("stories", "status", "words"),
    [
        ({"A": "ok", "B": "bad"}, 1, "1 saved, 1 failed"),
        ({"A": "ok", "B": "quota"}, 0, "1 saved, 1 deferred"),
        ({"A": "ok", "B": "refused"}, 1, "InvalidApiKey"),
    ],
)
def test_the_status_is_that_of_run(watch, stories, status, words):
    """A failed symbol or run gives 1, a deferred symbol does not."""
    done = watch(stories)

    assert done.exit_code == status, done.output
    assert words in done.stdout


def test_a_failed_run_leads_on_to_its_page(watch):
    """The last line after a failure is the command that tells why."""
    done = watch({"A": "bad"})

    assert done.stdout.splitlines()[-1] == f"Why: stockflow show {ARN}"


def test_an_input_that_could_not_be_used_ends_with_two(stockflow, cloud):
    """A run that Plan refused has the exit status of unusable input."""
    events = [
        {"id": 1, "type": "ExecutionStarted", "previousEventId": 0, "executionStartedEventDetails": {"input": "{}"}},
        {
            "id": 2,
            "type": "ExecutionFailed",
            "previousEventId": 1,
            "executionFailedEventDetails": {"error": "InvalidInput", "cause": "There are no symbols."},
        },
    ]
    cloud.clients["stepfunctions"] = FakeStepFunctions(events)

    done = stockflow("watch", ARN)

    assert done.exit_code == 2
    assert "InvalidInput: There are no symbols." in done.stdout


def test_an_arn_brings_its_region(watch, cloud):
    """A run in another region is asked for there, whatever the usual region is."""
    watch({"A": "ok"}, ARN.replace("eu-west-1", "ap-south-1"))

    assert cloud.regions == ["ap-south-1"]


def test_an_address_of_the_console_is_taken(watch, cloud):
    """The page's address in the browser names the run as well."""
    page = f"https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1#/v2/executions/details/{quote(ARN)}"

    assert watch({"A": "ok"}, page).exit_code == 0
    assert cloud.clients["stepfunctions"].requests[0][0] == ARN


def test_a_name_is_one_of_the_stacks_runs(watch, cloud):
    """A bare name is completed with the stack's state machine."""
    assert watch({"A": "ok"}, "a").exit_code == 0
    assert cloud.clients["stepfunctions"].requests[0][0] == ARN


def test_latest_is_the_stacks_newest_run(stockflow, cloud):
    """The word latest stands for the run that was started last."""
    cloud.stepfunctions.executions = [{"executionArn": ARN}, {"executionArn": f"{EXECUTION}:older"}]
    cloud.stepfunctions._events = made_run({"A": "ok"}).events
    cloud.stepfunctions._batches = [400]

    assert stockflow("watch", "latest").exit_code == 0
    assert cloud.stepfunctions.requests[0][0] == ARN


def test_a_stack_without_runs_says_so(stockflow, cloud):
    """There is no latest run of a stack that never ran."""
    done = stockflow("watch", "latest")

    assert done.exit_code == 1
    assert "stockflow start" in done.stderr


def test_the_arn_of_something_else_is_refused(stockflow, cloud):
    """The ARN of a state machine is no execution's."""
    done = stockflow("watch", "arn:aws:states:eu-west-1:210987654321:stateMachine:stockflow-dev-DailyPrices")

    assert done.exit_code == 2
    assert "of a stateMachine" in done.stderr


def test_credentials_that_run_out_end_it_with_a_sentence(watch):
    """An expired token in the middle of a run ends the watching, and says to sign in."""
    done = watch({"A": "ok"}, batches=[5, client_error("ExpiredTokenException")])

    assert done.exit_code == 2
    assert "have expired: sign in" in done.stderr


def test_a_history_without_links_ends_it_with_a_sentence(stockflow, cloud):
    """An emulator's events may not name the event before them; what can be seen all the same is said."""
    events = [{k: v for k, v in event.items() if k != "previousEventId"} for event in made_run({"A": "ok"}).events]
    cloud.clients["stepfunctions"] = FakeStepFunctions(events)
    done = stockflow("watch", ARN)

    assert done.exit_code == 1
    assert "do not name the event before them" in done.stderr
    assert f"stockflow show {ARN}" in done.stderr


def test_ctrl_c_stops_the_watching_only(monkeypatch, capsys):
    """An interrupt says that the run goes on, and how to follow it again."""

    def interrupted(self, events, in_shards=()):
        raise KeyboardInterrupt

    monkeypatch.setattr(RunDisplay, "show", interrupted)
    aws = fake_aws(stepfunctions=FakeStepFunctions(made_run({"A": "ok"}).events))

    assert watch_run(aws, ARN, Console(width=200)) == 130
    assert f"The run continues; follow it again: stockflow watch {ARN}" in capsys.readouterr().out


def test_a_name_is_one_of_the_workflow_that_is_named(stockflow, cloud):
    """A run of calls by its name: its ARN is that of their machine."""
    machine = MACHINE.replace("DailyPrices", "EarningsCalls")
    cloud.clients["cloudformation"] = FakeCloudFormation(outputs={**OUTPUTS, "EarningsCalls": machine})
    cloud.clients["stepfunctions"] = FakeStepFunctions(made_run({"A": "ok"}).events)

    stockflow("watch", "a", "--workflow", "earnings-calls")

    (asked, *_), *_ = cloud.clients["stepfunctions"].requests
    assert asked == f"{EXECUTION.replace('DailyPrices', 'EarningsCalls')}:a"
