"""The message of a CloudWatch alarm of the stack, from the event that EventBridge sends. Pure."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from stockflow_functions.domain.messages.message import ERROR, Foreign, Link, Message, Part

LONGEST_NAME = 255
LONGEST_TEXT = 400


def alarm_message(event: Mapping[str, Any]) -> Message | None:
    """What is said when an alarm begins; None for the end of one.

    Args:
        event: a "CloudWatch Alarm State Change"
            (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html).
    """
    detail = event["detail"]
    if detail["state"]["value"] != "ALARM":
        return None
    name = str(detail["alarmName"])
    texts = (detail.get("configuration", {}).get("description"), detail["state"].get("reason"))
    lines = tuple((Foreign(str(text), LONGEST_TEXT),) for text in texts if text)
    parts = [Part(lines=((Foreign(name, LONGEST_NAME),), *lines))]
    link = _console_link(str(event.get("region", "")), name)
    if link:
        parts.append(Part(lines=((link,),)))
    return Message(ERROR, "An alarm of the stack began", tuple(parts))


def _console_link(region: str, name: str) -> Link | None:
    """The alarm's page; China and GovCloud have consoles of their own, which are not linked."""
    if not region or region.startswith(("cn-", "us-gov-")):
        return None
    url = (
        f"https://{region}.console.aws.amazon.com/cloudwatch/home?region={region}#alarmsV2:alarm/{quote(name, safe='')}"
    )
    return Link(url, "The alarm in the console")
