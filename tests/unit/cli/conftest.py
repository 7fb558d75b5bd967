"""The command line with a made AWS behind it."""

from types import SimpleNamespace
from typing import ClassVar

import pytest
from click.testing import CliRunner

from stockflow.cli.main import main
from stockflow.cloud.stack import Aws
from stockflow.cloud.watching import WatchedExecution
from stockflow.testing import FakeS3
from tests.helpers.fake_aws import REGION, FakeCloudFormation, FakeSession, FakeStepFunctions


class _Made(Aws):
    """Takes the region as the commands give it, and the clients of the test."""

    clients: ClassVar = {}
    regions: ClassVar = []

    def __init__(self, region=None):
        self.regions.append(region)
        super().__init__(region or REGION, FakeSession(**self.clients))


@pytest.fixture
def cloud(monkeypatch):
    """The made AWS that every command asks; nothing sleeps."""
    clients = {"cloudformation": FakeCloudFormation(), "stepfunctions": FakeStepFunctions(), "s3": FakeS3()}
    made = type("Made", (_Made,), {"clients": clients, "regions": []})
    for command in ("start", "watch", "runs", "rerun", "listings", "actions"):
        monkeypatch.setattr(f"stockflow.cli.commands.{command}.Aws", made)
    monkeypatch.setattr(WatchedExecution, "pause", lambda self: None)
    return SimpleNamespace(clients=clients, regions=made.regions, **clients)


@pytest.fixture
def stockflow(tmp_path, monkeypatch):
    """Runs the command in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(main, arguments, env={"NO_COLOR": "1", "COLUMNS": "200"})
