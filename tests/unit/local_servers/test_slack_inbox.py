"""The stand-in for Slack's webhooks."""

import threading
import time

import pytest
import requests

from stockflow.local_servers.slack_inbox import PayloadError, SlackInbox, SlackReply, check_payload
from stockflow.testing import FakeClock

SECONDS = 5


@pytest.fixture
def inbox():
    with SlackInbox(FakeClock(1_764_547_200_250)) as open_inbox:
        yield open_inbox


def post(inbox, payload, channel="info"):
    return requests.post(inbox.url(channel), json=payload, timeout=SECONDS)


def section(text="words", **more):
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def test_a_message_is_kept_with_its_channel_and_time(inbox):
    """What is posted to the error webhook can be read back as such."""
    assert post(inbox, {"text": "a &lt; b"}, "error").text == "ok"
    (message,) = inbox.messages
    assert (message.channel, message.received_at, message.text) == ("error", "2025-12-01T00:00:00.250Z", "a < b")


def test_messages_stay_readable_after_it_is_closed():
    """The run's folder is written after the inbox has shut."""
    with SlackInbox() as inbox:
        post(inbox, {"text": "kept"})
    assert [message.text for message in inbox.messages] == ["kept"]


def test_a_closed_inbox_does_not_listen():
    """Nothing is left behind on the port."""
    with SlackInbox() as inbox:
        url = inbox.url("info")
    with pytest.raises(requests.ConnectionError):
        requests.post(url, json={"text": "late"}, timeout=SECONDS)


def test_an_unknown_channel_has_no_url(inbox):
    """A misspelt channel is refused with the ones there are."""
    with pytest.raises(ValueError, match="info, warning, error"):
        inbox.url("alerts")


def test_an_unknown_path_is_answered_as_a_webhook_that_was_removed(inbox):
    """Slack answers 404 no_service for a webhook it does not know."""
    answer = requests.post(inbox.url("info") + "x", json={"text": "words"}, timeout=SECONDS)
    assert (answer.status_code, answer.text) == (404, "no_service")


def test_what_is_no_json_is_refused(inbox):
    """Slack answers 400 invalid_payload for a body it can't parse."""
    answer = requests.post(inbox.url("info"), data=b"{", timeout=SECONDS)
    assert (answer.status_code, answer.text, inbox.messages) == (400, "invalid_payload", [])


def test_scripted_answers_come_in_order_and_take_nothing(inbox):
    """A scripted 429 and 500 are answered once each, then messages are taken again."""
    inbox.answer_next(SlackReply(429, "rate_limited", retry_after_seconds=7), SlackReply(500))
    answers = [post(inbox, {"text": "words"}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [429, 500, 200]
    assert answers[0].headers["Retry-After"] == "7"
    assert (len(inbox.messages), inbox.requests) == (1, 3)


def test_it_can_fail_until_told_otherwise(inbox):
    """A webhook that is gone stays gone, until it is back."""
    inbox.answer_always(SlackReply(410, "channel_is_archived"))
    assert [post(inbox, {"text": "words"}).status_code for _ in range(2)] == [410, 410]
    inbox.answer_always(None)
    assert post(inbox, {"text": "words"}).status_code == 200


def test_a_hanging_answer_ends_when_the_inbox_closes():
    """Closing does not wait for an answer that was to hang for a minute."""
    with SlackInbox() as inbox:
        inbox.answer_next(SlackReply(200, "ok", hang_seconds=60))
        caller = threading.Thread(target=post, args=(inbox, {"text": "words"}))
        caller.start()
        while not inbox.requests:
            time.sleep(0.005)
        began = time.monotonic()
    caller.join(SECONDS)
    assert time.monotonic() - began < SECONDS


def test_messages_from_many_threads_are_all_kept(inbox):
    """Forty messages at once are forty messages."""
    callers = [threading.Thread(target=post, args=(inbox, {"text": str(number)})) for number in range(40)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert {message.text for message in inbox.messages} == {str(number) for number in range(40)}


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ([], "invalid_payload"),
        ({}, "no_text"),
        ({"text": " "}, "no_text"),
        ({"text": "x" * 40_001}, "msg_too_long"),
        ({"text": "x", "blocks": [section()] * 51}, "at most 50"),
        ({"text": "x", "blocks": {}}, "is a list"),
        ({"text": "x", "blocks": [section("x" * 3_001)]}, "block 0: text of 3001"),
        ({"text": "x", "blocks": [section("\N{ROCKET}" * 1_501)]}, "block 0: text of 3002"),
        ({"text": "x", "blocks": [section(), section("")]}, "block 1: text of 0"),
        ({"text": "x", "blocks": [section(fields=[section()["text"]] * 11)]}, "at most 10 fields"),
        ({"text": "x", "blocks": [section(fields=[section("x" * 2_001)["text"]])]}, "text of 2001"),
        ({"text": "x", "blocks": [{"type": "section"}]}, "needs text or fields"),
        ({"text": "x", "blocks": [{"type": "header", "text": section()["text"]}]}, "plain_text is due"),
        ({"text": "x", "blocks": [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}]}, "151"),
        ({"text": "x", "blocks": [{"type": "context", "elements": []}]}, "1 to 10 elements"),
        ({"text": "x", "blocks": [{"type": "poem"}]}, "unknown type 'poem'"),
        ({"text": "x", "blocks": [{}]}, "block 0: 'type'"),
        ({"text": "x", "blocks": ["words"]}, "block 0"),
    ],
)
def test_what_slack_would_refuse_is_refused(payload, reason):
    """Each of Slack's rules has its refusal, and the refusal says where."""
    with pytest.raises(PayloadError, match=reason):
        check_payload(payload)


def test_a_refused_block_is_answered_as_slack_answers(inbox):
    """A malformed block is a 400 that says invalid_blocks."""
    answer = post(inbox, {"text": "x", "blocks": [{"type": "poem"}]})
    assert (answer.status_code, answer.text.split(":")[0]) == (400, "invalid_blocks")


def test_every_kind_of_block_that_is_used_is_taken(inbox):
    """Header, section, context and divider pass."""
    plain = {"type": "plain_text", "text": "words"}
    blocks = [
        {"type": "header", "text": plain},
        section(),
        {"type": "divider"},
        {"type": "context", "elements": [plain]},
    ]
    assert post(inbox, {"text": "x", "blocks": blocks}).text == "ok"
