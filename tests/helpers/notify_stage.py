"""AWS as far as Notify uses it, in memory."""

import io
import json
import logging
import threading
from collections import Counter

from botocore.exceptions import ClientError

from stockflow_functions.daily_prices.notify.app import reporter_of
from stockflow_functions.domain.redaction import Redactor
from stockflow_functions.reporting.notifier import Desk, Notifier
from stockflow_functions.runtime.services import Services
from stockflow_functions.runtime.settings import Settings
from stockflow_functions.runtime.telemetry import make_logger
from tests.fakes.clock import FakeClock
from tests.fakes.dynamodb import FakeDynamoDb

NOW_MS = 1_795_213_872_250  # 2026-11-20T22:31:12.250Z


def client_error(code, operation):
    return ClientError({"Error": {"Code": code, "Message": code}}, operation)


class FakeS3:
    """A bucket with conditional writes; ``refuse`` makes an operation fail with a code."""

    def __init__(self):
        self.objects = {}
        self.calls = Counter()
        self.refuse = {}
        self._lock = threading.Lock()

    def _called(self, operation):
        with self._lock:
            self.calls[operation] += 1
        if operation in self.refuse:
            raise client_error(self.refuse[operation], operation)

    def get_object(self, Bucket, Key):  # noqa: N803
        self._called("get_object")
        with self._lock:
            if Key not in self.objects:
                raise client_error("NoSuchKey", "GetObject")
            body, etag = self.objects[Key]
        return {"Body": io.BytesIO(body), "ETag": etag}

    def put_object(self, Bucket, Key, Body, ContentType, Metadata, IfMatch=None, IfNoneMatch=None):  # noqa: N803
        self._called("put_object")
        with self._lock:
            known = self.objects.get(Key)
            if (IfNoneMatch and known) or (IfMatch and (known is None or known[1] != IfMatch)):
                raise client_error("PreconditionFailed", "PutObject")
            etag = f'"{self.calls["put_object"]}"'
            self.objects[Key] = (Body, etag)
        return {"ETag": etag}

    def get_paginator(self, name):
        assert name == "list_objects_v2"
        return self

    def paginate(self, Bucket, Prefix):  # noqa: N803
        self._called("list_objects_v2")
        found = sorted(key for key in self.objects if key.startswith(Prefix))
        for start in range(0, max(1, len(found)), 1000):
            yield {"Contents": [{"Key": key} for key in found[start : start + 1000]]}

    def put_json(self, key, value):
        self.objects[key] = (json.dumps(value).encode(), '"seeded"')

    def json(self, key):
        return json.loads(self.objects[key][0])


class FakeSns:
    """A topic that keeps what is published."""

    def __init__(self):
        self.published = []
        self.refuse = None

    def publish(self, **message):
        if self.refuse:
            raise client_error(self.refuse, "Publish")
        self.published.append(message)
        return {"MessageId": "1"}


class FakeSecrets:
    """The one secret, as Secrets Manager gives it."""

    def __init__(self, values):
        self.values = values
        self.refuse = None

    def get_secret_value(self, SecretId, **_):  # noqa: N803
        if self.refuse:
            raise client_error(self.refuse, "GetSecretValue")
        return {"SecretString": json.dumps(self.values)}


class Stage:
    """Everything around one Notify: the fakes, an inbox, and the equipment made of them."""

    def __init__(self, inbox, **environment):
        self.clock, self.s3, self.sns, self.dynamodb = FakeClock(NOW_MS), FakeS3(), FakeSns(), FakeDynamoDb()
        self.inbox = inbox
        names = {kind: f"SLACK_WEBHOOK_URL_{kind.upper()}" for kind in ("info", "warning", "error")}
        self.secrets = FakeSecrets({name: inbox.url(kind) for kind, name in names.items()})
        self.emitted = []
        self.log = io.StringIO()
        redactor = Redactor()
        self.services = Services(
            Settings.from_environment(environment),
            clock=self.clock,
            redactor=redactor,
            logger=make_logger(redactor, logging.StreamHandler(self.log)),
            session=self,
            emit=self.emitted.append,
        )

    def client(self, name, **_):
        return {"s3": self.s3, "sns": self.sns, "secretsmanager": self.secrets, "dynamodb": self.dynamodb}[name]


def notify(event, services):
    """The work of Notify's handler."""
    return Notifier(reporter_of(services), Desk.of(services)).notify(event)
