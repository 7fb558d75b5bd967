"""What a laptop run says first: what stands in for the real thing."""

from dataclasses import replace

import pytest

from stockflow.cli.notices import engines_sentence, notice_of
from stockflow.stand_ins.engines import NO_SPEECH_ENGINE
from stockflow_functions.daily_prices.workflow import DAILY_PRICES
from stockflow_functions.earnings_calls.workflow import EARNINGS_CALLS
from stockflow_functions.runtime.settings import Settings

LOCAL = Settings(speech_engine="a local engine", tone_engine="a lexicon")
TONE = "Tone by a lexicon, not Amazon Comprehend."


def notice(workflow, workflow_input, *, is_vendor_simulated=True, **environment):
    return notice_of(workflow, workflow_input, LOCAL, environment, is_vendor_simulated=is_vendor_simulated)


@pytest.mark.parametrize(
    ("symbols", "words"),
    [
        (["AAPL/2026-07-30.json"], TONE),
        (
            ["AAPL/2026-07-30.json", "AAPL/2026-07-30-q.mp3"],
            f"Written down by a local engine, not Amazon Transcribe. {TONE}",
        ),
        (["AAPL/2024Q1"], TONE),
        (["no call"], TONE),
    ],
)
def test_a_run_of_calls_names_its_engines(symbols, words):
    """That for speech only where there is something to write down; what is wrong with the input, the run says."""
    assert notice(EARNINGS_CALLS, {"symbols": symbols, "trigger": "laptop"}) == words


def test_where_no_engine_is_installed_a_run_of_recordings_says_what_to_install():
    """Nothing else would write them down."""
    words = engines_sentence(["audio"], replace(LOCAL, speech_engine=NO_SPEECH_ENGINE))

    assert words == f'To write down audio on this machine: pip install "stockflow[speech]". {TONE}'


def test_a_run_of_prices_says_that_they_are_invented():
    """And why: no key, or MOCK_MODE though there is one."""
    without = notice(DAILY_PRICES, {})
    with_key = notice(DAILY_PRICES, {}, ALPHA_VANTAGE_API_KEY="SECRETKEY1234567")

    assert without.startswith("SIMULATED PRICES: no ALPHA_VANTAGE_API_KEY is set")
    assert with_key.startswith("SIMULATED PRICES: MOCK_MODE is on")


def test_a_run_of_real_prices_says_nothing():
    """All is real."""
    assert notice(DAILY_PRICES, {}, is_vendor_simulated=False) == ""
