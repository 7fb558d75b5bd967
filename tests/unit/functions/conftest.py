"""Everything around one Notify, for the tests of its rooms."""

import pytest

from stockflow.local_servers.slack_inbox import SlackInbox
from tests.helpers.aws_with_slack import AwsWithSlack


@pytest.fixture
def inbox():
    with SlackInbox() as open_inbox:
        yield open_inbox


@pytest.fixture
def stage(inbox):
    return AwsWithSlack(inbox)


@pytest.fixture
def stage_with(inbox):
    return lambda **environment: AwsWithSlack(inbox, **environment)
