"""The marker that makes people hear of a run once."""

import threading

import pytest

from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.domain.errors import NotificationFailed
from stockflow_functions.reporting.notification_marker import CLAIM_SECONDS, NotificationMarker

KEY = "runs/evening/told.json"


@pytest.fixture
def marker(stage):
    return NotificationMarker(Bucket(stage.s3, "stockflow"), "evening", stage.clock)


def test_the_first_claim_is_granted(marker):
    """Nobody knows yet."""
    assert marker.claim("summary", red=False, again=False)


def test_what_was_told_is_not_told_again(marker, stage):
    """After a message went out there is nothing to claim; the marker says where it went."""
    marker.fulfil(marker.claim("summary", red=True, again=False), lambda: ["slack info"])
    assert marker.claim("event", red=True, again=False) is None
    assert stage.s3.json(KEY) == {
        "report": "summary",
        "red": True,
        "told_at": "2026-11-20T22:31:12.250Z",
        "channels": ["slack info"],
    }


def test_a_failure_is_news_after_a_good_summary(marker):
    """All well was told, and then the run failed: people must hear of it, once."""
    marker.fulfil(marker.claim("summary", red=False, again=False), list)
    claim = marker.claim("event", red=True, again=False)
    marker.fulfil(claim, list)
    assert marker.claim("event", red=True, again=False) is None


def test_a_claim_at_work_is_respected(marker):
    """Two calls at once: the second one comes back later."""
    marker.claim("event", red=True, again=False)
    with pytest.raises(NotificationFailed, match="at the moment"):
        marker.claim("event", red=True, again=False)


def test_a_retry_takes_over_its_own_claim(marker):
    """The workflow retries only what has ended."""
    marker.claim("summary", red=False, again=False)
    assert marker.claim("summary", red=False, again=True)


def test_a_retry_does_not_take_over_another_reports_claim(marker):
    """The error notifier's retry knows nothing of a summary that is at work."""
    marker.claim("summary", red=False, again=False)
    with pytest.raises(NotificationFailed):
        marker.claim("failure", red=True, again=True)


@pytest.mark.parametrize(("seconds", "granted"), [(CLAIM_SECONDS - 1, False), (CLAIM_SECONDS + 1, True)])
def test_a_claim_runs_out_with_its_function(marker, stage, seconds, granted):
    """A function that was ended by its time-out tells nobody any more."""
    marker.claim("summary", red=False, again=False)
    stage.clock.sleep(seconds)
    if granted:
        assert marker.claim("event", red=True, again=False)
    else:
        with pytest.raises(NotificationFailed):
            marker.claim("event", red=True, again=False)


def test_a_message_that_went_nowhere_gives_the_claim_back(marker):
    """The next call may try at once."""

    def refused():
        raise NotificationFailed("No channel took the message.")

    with pytest.raises(NotificationFailed, match="No channel"):
        marker.fulfil(marker.claim("failure", red=True, again=False), refused)
    assert marker.claim("event", red=True, again=False)


def test_a_marker_that_is_none_is_nobodys_claim(marker, stage):
    """Half a file does not keep people from hearing."""
    stage.s3.place(KEY, b'{"report"')
    assert marker.claim("event", red=True, again=False)


@pytest.mark.parametrize("operation", ["get_object", "put_object"])
def test_without_s3_people_are_told_all_the_same(marker, stage, operation):
    """Two messages are better than none."""
    stage.s3.fail("SlowDown", operation)
    claim = marker.claim("failure", red=True, again=False)
    heard = []
    marker.fulfil(claim, lambda: heard.append("slack error") or heard)
    assert heard == ["slack error"]


def test_an_s3_that_fails_after_the_message_is_no_failure(marker, stage):
    """NotificationMarker is told, whether or not that can be noted."""
    claim = marker.claim("failure", red=True, again=False)
    stage.s3.fail("SlowDown", "put_object")
    marker.fulfil(claim, lambda: ["slack error"])
    assert stage.s3.json(KEY)["told_at"] is None


def test_of_many_at_once_one_tells(stage):
    """Forty events at the same moment: one claim, thirty-nine that come back later."""
    granted, refused = [], []
    start = threading.Barrier(40)

    def call():
        marker = NotificationMarker(Bucket(stage.s3, "stockflow"), "evening", stage.clock)
        start.wait()
        try:
            granted.append(marker.claim("event", red=True, again=False))
        except NotificationFailed as error:
            refused.append(error)

    callers = [threading.Thread(target=call) for _ in range(40)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert (len(granted), len(refused)) == (1, 39)
