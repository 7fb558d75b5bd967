"""Getting a message to people."""

import logging

import pytest
import requests
from botocore.exceptions import EndpointConnectionError

from stockflow.local_servers.slack_inbox import SlackInbox, SlackReply
from stockflow.testing import FakeClock, FakeSns
from stockflow_functions.channels.delivery import MOST_ATTEMPTS, PATIENCE_SECONDS, Channels, Delivery
from stockflow_functions.domain.errors import NotificationFailed
from stockflow_functions.domain.messages.message import ERROR, INFO, WARNING, Message, Part

TOPIC = "arn:aws:sns:eu-west-1:210987654321:stockflow"
SECRET = "T024BE7LH/B024BE7LH/hidden"


class BrokenSession:
    """Answers nothing but exceptions, each with the webhook's URL in it, as requests' own have."""

    def __init__(self, kind):
        self.kind = kind
        self.posts = 0

    def close(self):
        pass

    def post(self, url, **_):
        self.posts += 1
        raise self.kind(f"no way to {url}")


class Post:
    """A delivery with an inbox at the other end."""

    def __init__(self, inbox, caplog):
        self.inbox, self.clock, self.sns = inbox, FakeClock(), FakeSns()
        self.webhooks = {kind: inbox.url(kind) for kind in (INFO, WARNING, ERROR)}
        self.topic = ""
        self.session = requests.Session()
        self.caplog = caplog
        caplog.set_level(logging.DEBUG, logger="stockflow.test")

    def send(self, kind=INFO):
        channels = Channels(self.webhooks, self.topic)
        logger = logging.getLogger("stockflow.test")
        delivery = Delivery(channels, self.session, self.sns, self.clock, logger)
        return delivery.send(Message(kind, "Words", (Part("", (("words",),)),)))

    @property
    def channels(self):
        return [message.channel for message in self.inbox.messages]


@pytest.fixture
def post(caplog):
    with SlackInbox() as inbox:
        made = Post(inbox, caplog)
        yield made
        made.session.close()


@pytest.mark.parametrize("kind", [INFO, WARNING, ERROR])
def test_a_message_goes_to_the_webhook_of_its_kind(post, kind):
    """With all three set up, each kind has its own channel."""
    assert post.send(kind) == [f"slack {kind}"]
    assert post.channels == [kind]


@pytest.mark.parametrize(
    ("kind", "missing", "channel"),
    [
        (ERROR, [ERROR], WARNING),
        (ERROR, [ERROR, WARNING], INFO),
        (WARNING, [WARNING], INFO),
        (WARNING, [WARNING, INFO], ERROR),
    ],
)
def test_trouble_finds_another_webhook(post, kind, missing, channel):
    """A webhook that is not set up is a warning in the log, and trouble goes where there is one."""
    for name in missing:
        post.webhooks[name] = ""
    post.send(kind)
    assert post.channels == [channel]
    assert f"SLACK_WEBHOOK_URL_{kind.upper()} is not set up" in post.caplog.text


def test_good_news_stays_out_of_the_channels_for_trouble(post):
    """Without an info webhook, an info message goes nowhere, and that is no failure."""
    post.webhooks[INFO] = ""
    assert post.send(INFO) == []
    assert post.channels == []


def test_nothing_set_up_is_no_failure(post):
    """A laptop without Slack, or a stack that does not want it."""
    post.webhooks = {}
    assert post.send(ERROR) == []


def test_one_webhook_under_two_names_is_asked_once(post):
    """The same channel for warnings and errors does not get a second try as a fallback."""
    post.webhooks = dict.fromkeys((INFO, WARNING, ERROR), post.inbox.url("error"))
    post.inbox.answer_always(SlackReply(404, "no_service"))
    with pytest.raises(NotificationFailed):
        post.send(ERROR)
    assert post.inbox.requests == 1


def test_slack_is_given_the_time_it_asks_for(post):
    """429 with Retry-After is waited out to the second."""
    post.inbox.answer_next(SlackReply(429, "rate_limited", retry_after_seconds=17))
    assert post.send() == ["slack info"]
    assert post.clock.slept_seconds == [17.0]


def test_a_429_that_names_no_time_is_tried_again_soon(post):
    """Without Retry-After it is treated as a passing fault."""
    post.inbox.answer_next(SlackReply(429))
    post.send()
    assert post.clock.slept_seconds == [0.5]


def test_a_longer_wait_than_the_task_has_is_not_waited_out(post):
    """Slack asks for ten minutes: the workflow's own retry has to do it."""
    post.webhooks = {INFO: post.inbox.url("info")}
    post.inbox.answer_always(SlackReply(429, "rate_limited", retry_after_seconds=600))
    with pytest.raises(NotificationFailed, match="429 rate_limited"):
        post.send()
    assert post.clock.slept_seconds == []


def test_all_waits_together_stay_within_the_task(post):
    """Several webhooks that all ask for patience get no more of it than one."""
    post.inbox.answer_always(SlackReply(429, "rate_limited", retry_after_seconds=25))
    with pytest.raises(NotificationFailed):
        post.send(ERROR)
    assert sum(post.clock.slept_seconds) <= PATIENCE_SECONDS


def test_a_server_error_is_tried_again_with_growing_pauses(post):
    """Slack is down for a moment."""
    post.inbox.answer_next(SlackReply(500, "rollup_error"), SlackReply(503))
    assert post.send() == ["slack info"]
    assert post.clock.slept_seconds == [0.5, 1.0]


def test_a_server_that_stays_down_is_given_up(post):
    """Three attempts; the rest is the workflow's."""
    post.webhooks = {INFO: post.inbox.url("info")}
    post.inbox.answer_always(SlackReply(500, "rollup_error"))
    with pytest.raises(NotificationFailed, match=r"the info webhook answered 500 rollup_error, 3 times"):
        post.send()
    assert post.inbox.requests == MOST_ATTEMPTS


def test_a_slack_that_is_down_is_asked_once_for_each_fallback(post):
    """The fallbacks are Slack's too: they get a try, not three."""
    post.inbox.answer_always(SlackReply(503))
    with pytest.raises(NotificationFailed):
        post.send(ERROR)
    assert post.inbox.requests == MOST_ATTEMPTS + 2


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (400, "invalid_payload"),
        (403, "action_prohibited"),
        (404, "no_service"),
        (410, "channel_is_archived"),
        (302, ""),
    ],
)
def test_a_refusal_for_good_is_not_repeated(post, status, word):
    """A webhook that was removed stays so: the next one is tried at once."""
    post.inbox.answer_next(SlackReply(status, word))
    assert post.send(ERROR) == ["slack warning"]
    assert post.inbox.requests == 2
    assert f"the error webhook answered {status} {word}".rstrip() in str(
        [vars(record) for record in post.caplog.records]
    )


def test_a_redirect_is_not_followed(post):
    """Slack sends none; whoever does must not lead a message elsewhere."""
    post.inbox.answer_next(SlackReply(307, location=post.inbox.url("info")))
    assert post.send(ERROR) == ["slack warning"]


def test_a_slow_webhook_runs_into_the_read_time_out(post):
    """A time-out is a fault like any other."""
    post.session = BrokenSession(requests.ReadTimeout)
    with pytest.raises(NotificationFailed, match="ReadTimeout"):
        post.send()
    assert post.session.posts == MOST_ATTEMPTS


@pytest.mark.parametrize(
    "kind",
    [
        requests.ConnectionError,
        requests.ReadTimeout,
        requests.exceptions.ChunkedEncodingError,
        requests.exceptions.InvalidURL,
        requests.exceptions.TooManyRedirects,
    ],
)
def test_no_exception_and_no_log_line_has_a_webhook(post, kind):
    """requests' exceptions carry the URL; what is raised here does not, nor does anything it hangs on to."""
    post.webhooks = {INFO: f"https://hooks.slack.com/services/{SECRET}"}
    post.session = BrokenSession(kind)
    with pytest.raises(NotificationFailed) as raised:
        post.send()
    error, said = raised.value, post.caplog.text + str([vars(record) for record in post.caplog.records])
    while error is not None:
        said += repr(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    assert "hidden" not in said


@pytest.mark.parametrize("url", ["hooks.slack.com/services/hidden", "ftp://hidden", "http://", "http://[hidden"])
def test_a_webhook_that_is_no_url_is_named_as_such(post, url):
    """A typing mistake in the secret is told without showing the secret."""
    post.webhooks = {INFO: url}
    with pytest.raises(NotificationFailed, match="check its URL") as raised:
        post.send()
    assert "hidden" not in str(raised.value)


def test_the_topic_gets_the_plain_text(post):
    """Subject, text, and the kind as an attribute that a subscription can filter by."""
    post.topic = TOPIC
    assert post.send(ERROR) == ["slack error", "sns"]
    assert post.sns.published == [
        {
            "TopicArn": TOPIC,
            "Subject": "stockflow error: Words",
            "Message": "Words\n\nwords",
            "MessageAttributes": {"kind": {"DataType": "String", "StringValue": "error"}},
        }
    ]


def test_the_topic_is_enough(post):
    """Slack is gone and SNS took it: people know."""
    post.topic = TOPIC
    post.inbox.answer_always(SlackReply(404, "no_service"))
    assert post.send() == ["sns"]


def test_slack_is_enough(post):
    """The topic is gone and Slack took it: a warning in the log."""
    post.topic = TOPIC
    post.sns.fail("CommandFailed")
    assert post.send() == ["slack info"]
    assert "CommandFailed" in str([vars(record) for record in post.caplog.records])


def test_nobody_takes_it(post):
    """All that is set up refuses: the workflow has to know, with each reason."""
    post.topic = TOPIC
    post.sns.fail(EndpointConnectionError(endpoint_url="https://sns.eu-west-1.amazonaws.com/"))
    post.inbox.answer_always(SlackReply(404, "no_service"))
    with pytest.raises(NotificationFailed, match=r"the info webhook .*404.*; the SNS topic refused \(EndpointConn"):
        post.send()


@pytest.mark.parametrize("said", ["Cannot POST /services/{}", "{}", "<h1>404</h1> " * 99, "No_Service", "no service"])
def test_only_slacks_own_words_are_quoted(post, said):
    """Any other server may repeat the webhook's path, in whatever form."""
    post.inbox.answer_always(SlackReply(404, said.format(SECRET)))
    with pytest.raises(NotificationFailed) as failed:
        post.send(ERROR)
    assert str(failed.value) == (
        "No channel took the message: the error webhook answered 404; the warning webhook answered 404; the info "
        "webhook answered 404."
    )
