"""AWS in memory, and time that is handed in: what the tests of a handler or of a workflow are made of.

Nothing here needs a network, an account or an environment variable. docs/testing.md shows how it is used.
"""

from stockflow.testing.aws import FakeAws
from stockflow.testing.clock import NOON_MS, FakeClock
from stockflow.testing.comprehend import FakeComprehend
from stockflow.testing.dynamodb import FakeDynamoDb
from stockflow.testing.executions import FakeExecutions
from stockflow.testing.faults import Faults, client_error
from stockflow.testing.s3 import FakeS3
from stockflow.testing.secrets_manager import FakeSecrets
from stockflow.testing.sns import FakeSns
from stockflow.testing.transcribe import FakeTranscribe
from stockflow.testing.virtual_time import VirtualTime

__all__ = [
    "NOON_MS",
    "FakeAws",
    "FakeClock",
    "FakeComprehend",
    "FakeDynamoDb",
    "FakeExecutions",
    "FakeS3",
    "FakeSecrets",
    "FakeSns",
    "FakeTranscribe",
    "Faults",
    "VirtualTime",
    "client_error",
]
