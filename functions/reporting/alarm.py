"""The message of a CloudWatch alarm of the stack, from the event that EventBridge sends. Pure."""

from urllib.parse import quote

from stockflow_functions.domain.messages.message import ERROR, Link, Message, Part, Untrusted
from stockflow_functions.reporting.contracts import AlarmStateChange

LONGEST_NAME = 255
LONGEST_TEXT = 400


def alarm_message(event: AlarmStateChange) -> Message | None:
    """The message when an alarm begins; None when one ends."""
    detail = event["detail"]
    if detail["state"]["value"] != "ALARM":
        return None
    name = detail["alarmName"]
    texts = (detail.get("configuration", {}).get("description"), detail["state"].get("reason"))
    lines = tuple((Untrusted(text, LONGEST_TEXT),) for text in texts if text)
    parts = [Part(lines=((Untrusted(name, LONGEST_NAME),), *lines))]
    link = _console_link(event.get("region", ""), name)
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
