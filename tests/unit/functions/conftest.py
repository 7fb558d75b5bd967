"""Everything around one Notify, for the tests of its rooms."""

import pytest

from stockflow.local_servers.slack_inbox import SlackInbox
from tests.helpers.notify_stage import Stage


@pytest.fixture
def inbox():
    with SlackInbox() as open_inbox:
        yield open_inbox


@pytest.fixture
def stage(inbox):
    return Stage(inbox)


@pytest.fixture
def stage_with(inbox):
    return lambda **environment: Stage(inbox, **environment)
