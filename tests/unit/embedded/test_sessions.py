"""Sessions that share what botocore knows of AWS's services."""

import pytest
from botocore.loaders import JSONFileLoader

from stockflow.embedded.sessions import new_session

SERVICES = ("dynamodb", "lambda", "s3", "secretsmanager", "stepfunctions")


def test_a_second_session_reads_no_description_again(monkeypatch):
    """Its clients cost no reading of botocore's files."""
    first = new_session("us-east-1")
    for service in SERVICES:
        first.client(service)
    monkeypatch.setattr(JSONFileLoader, "load_file", lambda self, path: pytest.fail(path))

    second = new_session("us-east-1")

    assert [second.client(service).meta.service_model.service_name for service in SERVICES] == list(SERVICES)


def test_a_session_has_boto3s_resources_too():
    """As any session of boto3."""
    assert "dynamodb" in new_session("us-east-1").get_available_resources()


def test_sessions_do_not_hear_each_others_calls():
    """What is registered for one session's events is not for another's."""
    first, second = new_session("us-east-1"), new_session("us-east-1")
    first.events.register("creating-client-class.s3", lambda **_: pytest.fail("heard"))

    assert second.client("s3").meta.region_name == "us-east-1"
