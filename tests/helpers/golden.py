"""Messages as files, and files that tests hold to what is made now."""

import json
import os

from stockflow_functions.domain.messages import plain, slack


def hold_to_file(path, text):
    """With ``UPDATE_GOLDEN`` in the environment the file is written anew first."""
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(text)
    assert text == path.read_text()


def slack_file(message):
    """The payload of the webhook."""
    return json.dumps(slack.payload(message), indent=2, ensure_ascii=False) + "\n"


def text_file(message):
    """What SNS sends, subject first."""
    return f"Subject: {plain.subject(message)}\n\n{plain.as_text(message)}\n"
