"""An alarm of the stack reaches the error webhook when it begins."""

import json
from copy import deepcopy
from pathlib import Path

import pytest

from tests.helpers.aws_with_slack import notify

EVENT = json.loads((Path(__file__).parents[4] / "events/eventbridge/alarm.json").read_text())


def test_an_alarm_that_begins_is_told(stage):
    """The error channel gets the alarm's name, what it means, why it began, and where to look."""
    notify({"report": "alarm", "event": EVENT}, stage.services)

    (message,) = stage.inbox.messages
    assert message.channel == "error"
    for text in (
        "stockflow-dev-RunLate",
        "26 hours, weekends",
        "26 datapoints",
        "alarmsV2:alarm/stockflow-dev-RunLate",
    ):
        assert text in message.text


def test_the_end_of_an_alarm_is_not_told(stage):
    """A state other than ALARM sends nothing."""
    event = deepcopy(EVENT)
    event["detail"]["state"]["value"] = "OK"

    assert notify({"report": "alarm", "event": event}, stage.services)["sentence"] == "The alarm is over."
    assert stage.inbox.messages == []


def test_an_alarm_is_not_sent_to_the_topic_twice(stage_with):
    """The alarm itself publishes to the topic, so Notify does not."""
    stage = stage_with(SNS_TOPIC_ARN="arn:aws:sns:us-east-1:123456789012:stockflow")

    notify({"report": "alarm", "event": EVENT}, stage.services)

    assert stage.sns.published == []
    assert len(stage.inbox.messages) == 1


@pytest.mark.parametrize("region", ["cn-north-1", "us-gov-west-1", ""])
def test_where_there_is_no_link_the_alarm_is_told_without(stage, region):
    """Other partitions' consoles are not linked."""
    notify({"report": "alarm", "event": {**EVENT, "region": region}}, stage.services)

    assert "console" not in stage.inbox.messages[0].text
