"""What answers on a laptop if nothing real is set up: a simulated Alpha Vantage, a Slack inbox, engines of calls."""

from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any

from stockflow.local_servers.slack_inbox import CHANNELS, SlackInbox
from stockflow.simulated_alpha_vantage import SimulatedVendor
from stockflow.stand_ins.engines import NO_SPEECH_ENGINE, VARIABLES, SpeechEngine, ToneEngine
from stockflow.stand_ins.local import installed_speech_engine, tone_engine
from stockflow.stand_ins.objects import Finder
from stockflow.stand_ins.service import StandIns
from stockflow_functions.runtime.settings import Settings
from stockflow_functions.vendors import name_in
from stockflow_functions.vendors.alpha_vantage import VENDOR as ALPHA_VANTAGE
from stockflow_functions.vendors.port import key_variable_of, url_variable_of

_TRUE = frozenset({"1", "true", "yes", "on"})

SIMULATED_BUDGET = "simulated"
NO_KEY = "demo"
"""The key for a server that is named without one: any stand-in for the vendor takes it, and the vendor refuses it."""
_LOOK_SECONDS = "1"


def are_prices_invented(environment: Mapping[str, str]) -> bool:
    """Whether a simulated Alpha Vantage answers: if MOCK_MODE is on, or nothing says how to reach a real one."""
    vendor = name_in(environment)
    return _is_mock(environment) or not any(map(environment.get, (key_variable_of(vendor), url_variable_of(vendor))))


def _is_mock(environment: Mapping[str, str]) -> bool:
    return environment.get("MOCK_MODE", "").lower() in _TRUE


class LocalServices:
    """The local vendor, Slack and engines of one embedded AWS, and the environment in which functions find them."""

    def __init__(
        self,
        environment: Mapping[str, str],
        vendor: SimulatedVendor | None = None,
        speech: SpeechEngine | None = None,
        tone: ToneEngine | None = None,
    ) -> None:
        self._speech = speech or installed_speech_engine()
        self._tone = tone or tone_engine()
        self.environment = {name: value for name, value in environment.items() if value}
        self.environment |= {
            "SPEECH_ENGINE": self._speech.name if self._speech else NO_SPEECH_ENGINE,
            "TONE_ENGINE": self._tone.name,
        }
        self.environment.setdefault("TRANSCRIPTION_LOOK_SECONDS", _LOOK_SECONDS)
        self.vendor = vendor
        self.slack: SlackInbox | None = None
        self.prices_are_invented = False
        self._mock = _is_mock(self.environment)

    @property
    def of_engines(self) -> dict[str, str]:
        """The variables that name the engines, and how often a job is looked at."""
        return {name: self.environment[name] for name in VARIABLES}

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
            self.environment |= {"PRICE_VENDOR": ALPHA_VANTAGE.name, ALPHA_VANTAGE.url_variable: self.vendor.url}
        self.environment.setdefault(key_variable_of(name_in(self.environment)), NO_KEY)
        variables = {channel: f"SLACK_WEBHOOK_URL_{channel.upper()}" for channel in CHANNELS}
        if self._mock or not variables.values() & self.environment.keys():
            self.slack = stack.enter_context(SlackInbox())
            for channel, variable in variables.items():
                self.environment[variable] = self.slack.url(channel)

    def stand_ins(self, session: Any, find: Finder) -> StandIns:
        """What answers for Amazon Transcribe and Amazon Comprehend, to be closed."""
        return StandIns(session, self._speech, self._tone, find)
