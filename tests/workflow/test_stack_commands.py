"""``stockflow start``, ``watch`` and ``runs`` against a Step Functions that runs the workflow for real."""

from time import sleep

import pytest
from click.testing import CliRunner

from stockflow.cli.main import main
from stockflow.cloud.stack import Aws
from stockflow.cloud.watching import WatchedExecution
from tests.helpers.fake_aws import FakeCloudFormation


class StackSession:
    """The clients of an embedded AWS, as if its machine and bucket were a deployed stack's."""

    region_name = "us-east-1"

    def __init__(self, aws):
        machine = aws.state_machine_arn
        outputs = {"StateMachine": machine, "LiveAlias": machine, "Bucket": aws.settings.bucket}
        self._cloudformation = FakeCloudFormation(outputs=outputs)
        self._session = aws.session

    def client(self, name, **options):
        return self._cloudformation if name == "cloudformation" else self._session.client(name, **options)


@pytest.fixture
def stockflow(start_aws, monkeypatch):
    """The command line, with an embedded AWS as the cloud."""
    session = StackSession(start_aws(unknown_symbols=["XX"]))
    for command in ("start", "watch", "runs"):
        monkeypatch.setattr(f"stockflow.cli.commands.{command}.Aws", lambda region: Aws(region or "us-east-1", session))
    usual = WatchedExecution.__init__
    # Polls twenty times a second: here nobody is asked too much.
    monkeypatch.setattr(WatchedExecution, "__init__", lambda *given: usual(*given, sleep=lambda _: sleep(0.05)))
    return lambda *arguments: CliRunner().invoke(main, arguments, env={"NO_COLOR": "1"})


def test_a_run_is_started_watched_and_listed(stockflow):
    """The progress is that of a laptop run; afterwards the run heads the list, with what its manifest says."""
    watched = stockflow("start", "AAPL", "XX", "--watch")
    again = stockflow("watch", watched.stdout.splitlines()[0].removeprefix("Started "))
    listed = stockflow("runs", "--aws")

    lines = watched.stdout.splitlines()
    name = lines[0].rpartition(":")[2]
    assert watched.exit_code == 1, watched.output
    assert {line.split()[1] for line in lines if line[:4] in {"1/2 ", "2/2 "}} == {"AAPL", "XX"}
    assert "partial: 1 saved, 1 failed; 100 rows added." in lines
    assert again.stdout.splitlines() == lines[-len(again.stdout.splitlines()) :]
    assert listed.stdout.splitlines()[1].split()[0] == name
    assert "partial  1 saved, 1 failed  XX" in listed.stdout
