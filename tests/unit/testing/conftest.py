"""What is as in memory is asked of moto too."""

import boto3
import pytest
from moto import mock_aws

from stockflow.testing import FakeS3
from tests.helpers.moto_table import moto_table

__all__ = ["moto_table"]


@pytest.fixture(scope="module")
def moto_s3():
    """A client of moto's S3, with a bucket that keeps versions."""
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test")
        client.create_bucket(Bucket="test-bucket")
        client.put_bucket_versioning(Bucket="test-bucket", VersioningConfiguration={"Status": "Enabled"})
        yield client


@pytest.fixture(params=["memory", "moto"])
def s3(request):
    """An S3 client; each test has keys of its own."""
    return FakeS3() if request.param == "memory" else request.getfixturevalue("moto_s3")
