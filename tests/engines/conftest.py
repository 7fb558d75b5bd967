"""Emulators of AWS with the stack of template.yaml deployed to them. Only make test-engines runs these tests."""

import os
import shutil
import signal

import pytest

from stockflow.local_servers.slack_inbox import SlackInbox
from stockflow.stand_ins.local import tone_engine
from tests.engines import emulators
from tests.engines.command_line import CommandLine
from tests.engines.deployment import BUILD, Deployment
from tests.engines.runs import REQUESTS_PER_MINUTE, DeployedStack, make_vendor
from tests.engines.servers import HOST, ROOT, CannotStart, check_free, check_installed, port_in
from tests.helpers.lambda_runtime.stand_ins import StandInsOverHttp
from tests.helpers.scripted_engines import ScriptedSpeech

LOGS = ROOT / "artifacts" / "engines" / "logs"
CHOSEN = "TEST_ENGINES" in os.environ
PORTS = {"LOCALSTACK_PORT": 4566, "MINISTACK_PORT": 4599}
"""The variable of each emulator's port, and the usual one."""

collect_ignore_glob = [] if CHOSEN else ["test_*.py"]


def pytest_configure(config):
    """Says in one sentence, before anything starts, why it can't."""
    if not CHOSEN:
        return
    # A SIGTERM ends it as Ctrl-C does, with all that was started.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        for name in ("localstack", "ministack"):
            check_installed(name)
        for variable in PORTS:
            check_free(port_of(variable), variable)
    except CannotStart as error:
        raise pytest.UsageError(str(error)) from None


def port_of(variable):
    return port_in(os.environ.get(variable, str(PORTS[variable])), variable)


def pytest_terminal_summary(terminalreporter):
    said = f"What the emulators and the functions said: {LOGS.relative_to(ROOT)}/"
    terminalreporter.write_line(said if CHOSEN else "tests/engines: make test-engines runs them.")


@pytest.fixture(scope="session")
def room(tmp_path_factory):
    """What the emulators keep; it goes with the tests."""
    folder = tmp_path_factory.mktemp("engines")
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def logs():
    shutil.rmtree(LOGS, ignore_errors=True)
    LOGS.mkdir(parents=True)
    return LOGS


@pytest.fixture(scope="session")
def ministack(room, logs):
    with emulators.ministack(room, logs, port_of("MINISTACK_PORT")) as emulator:
        yield emulator


@pytest.fixture(scope="session")
def stand_ins(room):
    """Transcribe and Comprehend, which no emulator has to offer without downloads, over LocalStack's S3."""
    port = port_of("LOCALSTACK_PORT")
    where = emulators.Emulator("LocalStack", f"http://{HOST}:{port}", room / "denials")
    with StandInsOverHttp(where, ScriptedSpeech(), tone_engine()) as services:
        yield services


@pytest.fixture(scope="session")
def localstack(room, logs, ministack, stand_ins):
    port = port_of("LOCALSTACK_PORT")
    with emulators.localstack(room, logs, port, ministack.url, stand_ins.environment) as emulator:
        yield emulator


@pytest.fixture(scope="session")
def vendor():
    with make_vendor() as simulated:
        yield simulated


@pytest.fixture(scope="session")
def slack():
    with SlackInbox() as inbox:
        yield inbox


@pytest.fixture(scope="session")
def deployed(vendor, slack):
    """Deploys the stack to an emulator under a name, with the key and the webhooks put in."""

    def deploy(emulator, name):
        parameters = {
            "AlphaVantageBaseUrl": vendor.url,
            "Architecture": "x86_64",
            "RequestsPerMinute": REQUESTS_PER_MINUTE,
            "RequestsPerDay": "0",
            "ScheduleState": "DISABLED",
            "StockSymbols": "AAPL,MSFT",
        }
        deployment = Deployment(emulator, BUILD, name, parameters)
        assert deployment.create() == "CREATE_COMPLETE", deployment.failures()
        stack = DeployedStack(deployment, vendor, slack)
        stack.put_secret()
        return stack

    return deploy


@pytest.fixture(scope="session")
def stack(deployed, localstack):
    """The stack on LocalStack."""
    return deployed(localstack, "stockflow-dev")


@pytest.fixture(scope="session")
def stockflow(stack, tmp_path_factory):
    """The command line in a folder of its own, led to LocalStack as its users are told to lead it."""
    return CommandLine(tmp_path_factory.mktemp("user"), stack.deployment.emulator.environment)
