"""The equipment of a function, all of it in memory."""

import io
import json
import logging

from botocore.exceptions import ClientError

from stockflow_functions.domain.redaction import Redactor
from stockflow_functions.runtime.services import Services
from stockflow_functions.runtime.settings import Settings
from stockflow_functions.runtime.telemetry import make_logger
from tests.fakes.clock import FakeClock
from tests.fakes.dynamodb import FakeDynamoDb


class FakeS3:
    """Objects by key; ``refuse`` is the code with which every request fails."""

    def __init__(self):
        self.objects = {}
        self.metadata = {}
        self.refuse = None

    def get_object(self, Bucket, Key):  # noqa: N803
        self._check("GetObject")
        if Key not in self.objects:
            raise _error("NoSuchKey", "GetObject")
        return {"Body": io.BytesIO(self.objects[Key]), "ETag": '"etag"', "Metadata": self.metadata.get(Key, {})}

    def put_object(self, Bucket, Key, Body, ContentType, Metadata):  # noqa: N803
        self._check("PutObject")
        self.objects[Key] = Body
        self.metadata[Key] = Metadata
        return {"ETag": '"etag"'}

    def json(self, key):
        return json.loads(self.objects[key])

    def _check(self, operation):
        if self.refuse:
            raise _error(self.refuse, operation)


def _error(code, operation):
    return ClientError({"Error": {"Code": code, "Message": code}}, operation)


class FakeSecrets:
    """One secret with an API key in it."""

    def __init__(self, key):
        self.key, self.name = key, "ALPHA_VANTAGE_API_KEY"

    def get_secret_value(self, SecretId, **_):  # noqa: N803
        return {"SecretString": json.dumps({self.name: self.key})}


class FakeAws:
    """S3, DynamoDB and Secrets Manager, and the equipment made of them: ``services``."""

    def __init__(self, clock=None, **environment):
        self.clock, self.s3, self.dynamodb = clock or FakeClock(), FakeS3(), FakeDynamoDb()
        self.secrets = FakeSecrets("SECRETKEY1234567")
        self.log = io.StringIO()
        redactor = Redactor()
        self.services = Services(
            Settings.from_environment(environment),
            clock=self.clock,
            redactor=redactor,
            logger=make_logger(redactor, logging.StreamHandler(self.log)),
            session=self,
            emit=lambda line: None,
        )

    def client(self, name, **_):
        return {"s3": self.s3, "dynamodb": self.dynamodb, "secretsmanager": self.secrets}[name]
