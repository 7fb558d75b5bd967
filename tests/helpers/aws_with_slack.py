"""A stack's stores in memory, and Slack's inbox that its secret leads to."""

from stockflow.testing import FakeAws, FakeClock
from stockflow_functions.daily_prices.notify.app import reporter_of
from stockflow_functions.reporting.notifier import Desk, Notifier

NOW_MS = 1_795_213_872_250  # 2026-11-20T22:31:12.250Z
KINDS = ("info", "warning", "error")


class AwsWithSlack(FakeAws):
    """Everything around one Notify."""

    def __init__(self, inbox, **variables):
        webhooks = {f"SLACK_WEBHOOK_URL_{kind.upper()}": inbox.url(kind) for kind in KINDS}
        super().__init__(FakeClock(NOW_MS), webhooks, **variables)
        self.inbox = inbox


def notify(event, services):
    """The work of Notify's handler."""
    return Notifier(reporter_of(services), Desk.of(services)).notify(event)
