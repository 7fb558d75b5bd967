"""What people should know before they believe a run on their machine: what stands in for the real thing."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime

from stockflow.stand_ins.engines import NO_SPEECH_ENGINE, WRITE_DOWN_AUDIO
from stockflow_functions.domain.errors import InvalidInput
from stockflow_functions.earnings_calls.names import AUDIO
from stockflow_functions.earnings_calls.plan.request import calls_in, request_of
from stockflow_functions.earnings_calls.workflow import EARNINGS_CALLS
from stockflow_functions.runtime.settings import Settings
from stockflow_functions.runtime.workflow import Workflow
from stockflow_functions.vendors import name_in
from stockflow_functions.vendors.port import key_variable_of


def notice_of(
    workflow: Workflow,
    workflow_input: Mapping[str, object],
    settings: Settings,
    environment: Mapping[str, str],
    *,
    is_vendor_simulated: bool,
) -> str:
    """The sentence; "" if all is real."""
    if workflow.name == EARNINGS_CALLS.name:
        return engines_sentence(_doors(workflow_input), settings)
    return simulated_prices(environment) if is_vendor_simulated else ""


def engines_sentence(doors: Iterable[str], settings: Settings) -> str:
    """Which engines work in place of Amazon's, on calls that come in by these doors."""
    speech = f"{_speech_sentence(settings.speech_engine)} " if AUDIO in doors else ""
    return f"{speech}Tone by {settings.tone_engine}, not Amazon Comprehend."


def _speech_sentence(engine: str) -> str:
    if engine == NO_SPEECH_ENGINE:
        return f"{WRITE_DOWN_AUDIO}."
    return f"Written down by {engine}, not Amazon Transcribe."


def simulated_prices(environment: Mapping[str, str]) -> str:
    """That prices are invented, and why."""
    key = key_variable_of(name_in(environment))
    why = "MOCK_MODE is on" if environment.get(key) else f"no {key} is set"
    return f"SIMULATED PRICES: {why}, so an invented Alpha Vantage answers. These are not market data."


def _doors(workflow_input: Mapping[str, object]) -> set[str]:
    with suppress(InvalidInput):  # the run says so
        request = request_of({name: value for name, value in workflow_input.items() if name != "trigger"})
        return {call.door for call in calls_in(request, datetime.now(UTC).date())}
    return set()
