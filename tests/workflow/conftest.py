"""The whole machine on the embedded AWS, against a simulated vendor that enforces its limits."""

from contextlib import ExitStack
from types import SimpleNamespace

import pandas
import pytest

from stockflow.cloud.promotion.waiting import Waiting
from stockflow.embedded.aws import EmbeddedAws
from stockflow.simulated_alpha_vantage import SimulatedVendor
from tests.helpers.back_off import no_back_off
from tests.workflow.promotion_stage import DeployedStack

FAST = {"REQUESTS_PER_MINUTE": "1200", "REQUESTS_PER_DAY": "0"}
SOON_SECONDS = 60


@pytest.fixture
def start_aws(tmp_path):
    """Gives an embedded AWS on a folder, with a vendor of its own; both end with the test."""
    with ExitStack() as stack:

        def start(environment=None, folder="out", speech=None, **vendor_options):
            vendor = stack.enter_context(SimulatedVendor(**vendor_options))
            settings = {**FAST, **(environment or {})}
            return stack.enter_context(EmbeddedAws(tmp_path / folder, settings, vendor=vendor, speech=speech))

        yield start


@pytest.fixture(name="no_back_off")
def without_back_off():
    """The workflow tries again at once, for tests of what becomes of a run whose attempts all fail."""
    with no_back_off():
        yield


@pytest.fixture
def run(start_aws):
    """Runs one execution and gives its manifest, status, history and AWS."""

    def run_one(workflow_input, environment=None, prepare=lambda aws: None, **vendor_options):
        aws = start_aws(environment, **vendor_options)
        prepare(aws)
        arn = aws.start(workflow_input)
        manifest = aws.wait(arn, timeout_seconds=SOON_SECONDS)
        description = aws.stepfunctions.describe_execution(executionArn=arn)
        return SimpleNamespace(
            aws=aws,
            arn=arn,
            manifest=manifest,
            description=description,
            status=description["status"],
            events=aws.history_since(arn, 0),
            symbols={symbol["symbol"]: symbol for symbol in manifest["symbols"]},
            folder=aws.run_folder(arn),
        )

    return run_one


@pytest.fixture
def stack(start_aws, monkeypatch):
    """A deployed stack whose first version is live, on an embedded AWS; ``stockflow promote`` finds it."""
    stacks = []

    def deployed(status="UPDATE_COMPLETE", environment=None, *, calls=False, **vendor_options):
        stack = DeployedStack(start_aws(environment or {}, **vendor_options), status, calls=calls)
        monkeypatch.setattr("stockflow.cli.commands.promote.Aws", stack.session_of)
        monkeypatch.setattr("stockflow.cli.commands.promote.Waiting", lambda: Waiting(stack.now_seconds, stack.pause))
        stacks.append(stack)
        return stack

    yield deployed
    for stack in stacks:
        stack.wait_for_all()


def statuses(manifest):
    return {symbol["symbol"]: symbol["status"] for symbol in manifest["symbols"]}


def prices(aws, symbol, series="daily"):
    return pandas.read_parquet(aws.output_dir / f"prices/{series}/{symbol}.parquet")


def entered(events, state):
    details = (event.get("stateEnteredEventDetails", {}) for event in events)
    return sum(detail.get("name") == state for detail in details)
