"""What answers on a laptop if nothing real is set up: a simulated Alpha Vantage, and a Slack inbox."""

from collections.abc import Mapping
from contextlib import ExitStack

from stockflow.local_servers.slack_inbox import CHANNELS, SlackInbox
from stockflow.simulated_alpha_vantage import SimulatedVendor
from stockflow_functions.runtime.settings import Settings

_TRUE = frozenset({"1", "true", "yes", "on"})
_REAL_VENDOR = ("ALPHA_VANTAGE_API_KEY", "ALPHA_VANTAGE_BASE_URL")

SIMULATED_BUDGET = "simulated"


def are_prices_invented(environment: Mapping[str, str]) -> bool:
    """Whether a simulated Alpha Vantage answers: if MOCK_MODE is on, or nothing says how to reach a real one."""
    return _is_mock(environment) or not any(environment.get(name) for name in _REAL_VENDOR)


def _is_mock(environment: Mapping[str, str]) -> bool:
    return environment.get("MOCK_MODE", "").lower() in _TRUE


class LocalServices:
    """The local vendor and Slack of one embedded AWS, and the environment in which the functions find them."""

    def __init__(self, environment: Mapping[str, str], vendor: SimulatedVendor | None = None) -> None:
        self.environment = {name: value for name, value in environment.items() if value}
        self.vendor = vendor
        self.slack: SlackInbox | None = None
        self.prices_are_invented = False
        self._mock = _is_mock(self.environment)

    def enter(self, stack: ExitStack) -> None:
        """Starts what is needed, until the stack is closed."""
        self.prices_are_invented = self.vendor is None and are_prices_invented(self.environment)
        if self.prices_are_invented:
            # Invented answers must not count against the day's quota of a real key.
            self.environment.setdefault("BUDGET_NAME", SIMULATED_BUDGET)
            settings = Settings.from_environment(self.environment)
            self.vendor = stack.enter_context(
                SimulatedVendor(
                    requests_per_minute=settings.requests_per_minute, requests_per_day=settings.requests_per_day
                )
            )
        if self.vendor is not None:
            self.environment["ALPHA_VANTAGE_BASE_URL"] = self.vendor.url
        # A server that is named without a key gets one that any stand-in for the vendor takes, and the vendor refuses.
        self.environment.setdefault("ALPHA_VANTAGE_API_KEY", "demo")
        variables = {channel: f"SLACK_WEBHOOK_URL_{channel.upper()}" for channel in CHANNELS}
        if self._mock or not variables.values() & self.environment.keys():
            self.slack = stack.enter_context(SlackInbox())
            for channel, variable in variables.items():
                self.environment[variable] = self.slack.url(channel)
