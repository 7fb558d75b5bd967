"""Each kind of message about calls as it goes out, held to a file.

After a change that is meant, write the files anew with ``UPDATE_GOLDEN=1`` in the environment of pytest, and read what
``git diff`` shows of the folder ``golden``.
"""

from pathlib import Path

import pytest

from stockflow.local_servers.slack_inbox import check_payload
from stockflow_functions.domain.messages import slack
from stockflow_functions.earnings_calls.notify.report import report
from stockflow_functions.vendors.alpha_vantage import VENDOR
from tests.helpers.golden import hold_to_file, slack_file, text_file

GOLDEN = Path(__file__).parent / "golden"
DAY = {"day_limit": 25, "day_used": 4, "day_left": 21, "day_resets_at": "2026-10-31T04:00:00.000Z"}


def one_call(make):
    return make.manifest(make.call())


def one_call_in_japanese(make):
    losses = make.quote(-0.81, "第2四半期は減損損失を計上し、営業利益は大きく減少いたしました。", 754.0, "spk_1", None)
    warning = "has no handover to questions that could be found: its sections are not told apart."
    sections = {"tone_prepared": None, "tone_qa": None, "tone_change": None, "previous_call_date": None}
    return make.manifest(
        make.call("7203.T", language="ja-JP", most_negative=[losses], most_positive=[], warnings=[warning], **sections)
    )


def three_calls_and_troubles(make):
    refused = "Amazon Transcribe can't use the recording (job stockflow-MSFT): the media format isn't valid."
    return make.manifest(
        make.call(),
        make.given(tone_change=0.31, previous_call_date="2024-01-24"),
        make.call(
            "NVDA", tone=None, tone_prepared=None, tone_qa=None, tone_change=None, engine_tone="", language="th-TH"
        ),
        make.failed("MSFT/2026-10-29.mp3", message=refused),
        make.failed("META/2026-10-29.mp3", message=refused),
        make.deferred("AMZN/2026Q3"),
        make.deferred("TSLA/2026Q3", "QuotaExhausted"),
        outcome="partial",
        requests={"made": 2, "planned": 3, **DAY},
        source="www.alphavantage.co",
    )


def fifty_calls(make):
    calls = [
        make.call(f"C{n:02}", tone_change=n / 100, most_negative=[make.quote(-0.5, "x" * 300)] * 5) for n in range(50)
    ]
    return make.manifest(*calls, cost={"dollars": 78.36})


def on_a_laptop(make):
    engines = {"engine_speech": "faster-whisper tiny.en (local)", "engine_tone": "VADER 3.3.2 (local lexicon)"}
    return make.manifest(
        make.call(**engines),
        make.given(engine_tone=engines["engine_tone"]),
        trigger="laptop",
        execution_arn=make.arn_on_a_laptop,
        requests={"made": 1, "planned": 1},
        source="127.0.0.1",
    )


def in_the_dataset_already(make):
    return make.manifest(
        make.not_saved("AAPL/2026-10-29.mp3", "unchanged"), trigger="console", cost={"dollars": 0.0002}
    )


def bad_input(make):
    error = {"type": "InvalidInput", "message": "'AAPL.doc' can't be a call: write one.", "state": "PlanCalls"}
    return make.manifest(outcome="failed", error=error, cost={"dollars": 0.0})


CASES = (
    one_call,
    one_call_in_japanese,
    three_calls_and_troubles,
    fifty_calls,
    on_a_laptop,
    in_the_dataset_already,
    bad_input,
)


@pytest.fixture(params=CASES, ids=lambda case: case.__name__)
def case(request, make):
    return request.param.__name__, report(request.param(make), VENDOR)


def test_the_slack_message_is_the_one_on_file(case):
    """Block Kit, block by block."""
    name, message = case
    hold_to_file(GOLDEN / f"{name}.slack.json", slack_file(message))


def test_the_plain_text_is_the_one_on_file(case):
    """The fallback, and the e-mail of SNS under its subject."""
    name, message = case
    hold_to_file(GOLDEN / f"{name}.txt", text_file(message))


def test_slack_would_take_the_message(case):
    """Every message on file passes Slack's rules."""
    check_payload(slack.payload(case[1]))
