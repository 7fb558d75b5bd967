"""What Lambda writes to the log of Notify, and of Fetch, where a person sets the log level to DEBUG in the console."""

import json
import logging
from urllib.parse import urlsplit

import boto3
import pytest
from moto import mock_aws

from stockflow.testing import FakeClock
from stockflow_functions.channels.delivery import Channels, Delivery
from stockflow_functions.channels.outlet import session
from stockflow_functions.domain.messages.message import INFO, Message
from stockflow_functions.runtime.services import Services
from stockflow_functions.runtime.settings import Settings

KEY = "ABCDEFGH12345678"


@pytest.fixture
def log(caplog):
    """All lines of all libraries, as the root logger of Lambda's Python takes them at DEBUG."""
    caplog.set_level(logging.DEBUG)
    return caplog


def test_the_secret_is_not_logged(log):
    """botocore logs whole answers at DEBUG; the one of Secrets Manager is not among the lines."""
    with mock_aws():
        session = boto3.session.Session("x", "x", region_name="us-east-1")
        session.client("secretsmanager").create_secret(
            Name="stockflow", SecretString=json.dumps({"ALPHA_VANTAGE_API_KEY": KEY})
        )
        log.clear()
        assert Services(Settings(), session=session).secret("ALPHA_VANTAGE_API_KEY") == KEY
    assert KEY not in log.text


def test_a_webhook_is_not_logged(stage, log):
    """urllib3 logs the path of each request at DEBUG, and a webhook's path is its secret."""
    webhook = stage.inbox.url("info")
    channels = Channels({"info": webhook, "warning": webhook, "error": webhook}, "")
    delivery = Delivery(channels, session(), None, FakeClock(0), stage.services.logger)
    assert delivery.send(Message(INFO, "Hello", ()))
    assert urlsplit(webhook).path not in log.text
