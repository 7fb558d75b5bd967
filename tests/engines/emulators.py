"""The two emulators that the stack is deployed to: LocalStack, and ministack, which also is LocalStack's DynamoDB."""

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import boto3
from botocore.config import Config

from tests.engines.servers import HOST, check_free, check_installed, running
from tests.helpers.lambda_runtime.built import install_runtime_client

REGION = "us-east-1"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
_PATIENT = Config(read_timeout=300, retries={"max_attempts": 1})


@dataclass(frozen=True)
class Emulator:
    """A running emulator, and the file whose lines are the calls that it refuses (LocalStack alone reads it)."""

    name: str
    url: str
    denials: Path

    @property
    def environment(self):
        """What leads the AWS CLI, boto3 and stockflow to it."""
        return {**CREDENTIALS, "AWS_ENDPOINT_URL": self.url, "AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION}

    def client(self, service):
        keys = {name.lower(): value for name, value in CREDENTIALS.items()}
        return boto3.client(service, endpoint_url=self.url, region_name=REGION, config=_PATIENT, **keys)


@contextmanager
def ministack(room, logs, port):
    """Runs ministack on this port until the block ends; what it keeps is below ``room``.

    Raises:
        CannotStart: the sentence says why.
    """
    python = check_installed("ministack")
    check_free(port, "MINISTACK_PORT")
    environment = {
        **_private(room / "ministack"),
        **CREDENTIALS,
        "GATEWAY_PORT": str(port),
        "BIND_HOST": HOST,
        "S3_DATA_DIR": str(room / "ministack" / "s3"),
        "LAMBDA_EXECUTOR": "local",
        "MINISTACK_ACCOUNT_ID": "000000000000",
    }
    url = f"http://{HOST}:{port}"
    command = [python, "-m", "tests.engines.in_ministack"]
    with running(command, environment=environment, log=logs / "ministack.log", healthy_url=f"{url}/_ministack/health"):
        yield Emulator("ministack", url, room / "none")


@contextmanager
def localstack(room, logs, port, dynamodb_url, elsewhere):
    """Runs LocalStack on this port until the block ends; what it keeps is below ``room``, and so is what it runs.

    Args:
        elsewhere: the variables that lead functions to services that it does not have.

    Raises:
        CannotStart: the sentence says why.
    """
    python = check_installed("localstack")
    check_free(port, "LOCALSTACK_PORT")
    emulator = Emulator("LocalStack", f"http://{HOST}:{port}", room / "denials")
    runtime_client, function_logs = room / "runtime-client", logs / "functions"
    install_runtime_client(runtime_client)
    function_logs.mkdir()
    environment = {
        **_private(room / "localstack"),
        "GATEWAY_LISTEN": f"{HOST}:{port}",
        "FILESYSTEM_ROOT": str(room / "localstack" / "files"),
        "LOCALSTACK_VOLUME_DIR": str(room / "localstack" / "volume"),
        # None of these is needed, and each would ask the internet.
        "DNS_ADDRESS": "0",
        "SKIP_SSL_CERT_DOWNLOAD": "1",
        "DISABLE_EVENTS": "1",
        "LAMBDA_RUNTIME_ENVIRONMENT_TIMEOUT": "120",
        "RUNTIME_CLIENT": str(runtime_client),
        "FUNCTION_LOGS": str(function_logs),
        "DYNAMODB_URL": dynamodb_url,
        "DENIALS": str(emulator.denials),
        **elsewhere,
    }
    command = [python, "-m", "tests.engines.in_localstack"]
    with running(
        command, environment=environment, log=logs / "localstack.log", healthy_url=f"{emulator.url}/_localstack/health"
    ):
        yield emulator


def _private(folder):
    """A home and a place for temporary files of its own."""
    for name in ("home", "tmp"):
        (folder / name).mkdir(parents=True)
    return {"HOME": str(folder / "home"), "TMPDIR": str(folder / "tmp")}
