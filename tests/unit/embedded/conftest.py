"""A room of moto's own for a test, and a bucket in it."""

import pytest

from stockflow.embedded.resources import make_session
from stockflow.embedded.shared_moto import MOTO
from stockflow_functions.aws.bucket import Bucket


@pytest.fixture
def session():
    """A boto3 session of the embedded AWS, which ends with the test."""
    MOTO.enter()
    yield make_session("us-east-1")
    MOTO.leave()


@pytest.fixture
def bucket(session):
    """An empty bucket."""
    s3 = session.client("s3")
    s3.create_bucket(Bucket="stockflow")
    return Bucket(s3, "stockflow")
