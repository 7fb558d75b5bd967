"""Each kind of message as it goes out, held to a file.

After a change that is meant, write the files anew with ``UPDATE_GOLDEN=1`` in the environment of pytest, and read what
``git diff`` shows of the folder ``golden``.
"""

import os
import re
from pathlib import Path

import pytest

from stockflow.local_servers.slack_inbox import check_payload
from stockflow_functions.daily_prices.notify.report import report
from stockflow_functions.domain.messages import slack
from stockflow_functions.vendors.alpha_vantage import VENDOR
from tests.helpers.golden import hold_to_file, slack_file, text_file

GOLDEN = Path(__file__).parent / "golden"
DOCUMENT = Path(__file__).resolve().parents[5] / "docs" / "messages.md"
EXAMPLE = re.compile(r"(<!-- golden: (\w+) -->\n```text\n)(.*?)(```)", re.DOTALL)


def all_well(make):
    return make.manifest(make.symbol("AAPL"), make.symbol("MSFT"), make.symbol("IBM", "unchanged"))


def mostly_up_to_date(make):
    return make.manifest(make.symbol("AAPL"), *(make.fresh(f"S{number}") for number in range(17)))


def closed_market(make):
    return make.manifest(
        outcome="skipped", sentence="The New York Stock Exchange is closed on 2026-11-26: Thanksgiving."
    )


def symbols_failed(make):
    unknown = [make.failed(f"BOGUS{number}") for number in range(12)]
    late = make.failed("SLOW", "ProviderUnavailable", "Fetch", "Alpha Vantage did not answer within 30 seconds.")
    return make.manifest(make.symbol("AAPL"), *unknown, late, make.deferred("MSFT"), outcome="partial")


def quota_spent(make):
    error = {"type": "QuotaExhausted", "message": "The day's requests are spent.", "state": "Fetch"}
    deferred = [make.symbol(name, "deferred", error=error) for name in ("IBM", "MSFT")]
    return make.manifest(make.symbol("AAPL"), *deferred, outcome="partial")


def prices_to_look_at(make):
    return make.manifest(
        make.symbol("AAPL"),
        make.symbol("FB", "unchanged", stale=True, last_date="2022-06-08"),
        make.symbol("ARWR", warnings=["3 bars with zero volume, the first of 2004-01-05"], rows_rejected=2),
    )


def told_before(make):
    found = {"stale": {"bars": 1116, "newest": "2022-06-08", "warning": 0}}
    stale = make.symbol("FB", "unchanged", stale=True, warnings=["Stale: the newest bar is from 2022-06-08."])
    return make.manifest(make.symbol("AAPL"), {**stale, "found": found})


def key_refused(make):
    sentence = "Alpha Vantage refuses the API key: set ALPHA_VANTAGE_API_KEY to a valid one."
    error = {"type": "InvalidApiKey", "message": sentence, "state": "Fetch"}
    symbols = [make.failed(name, error_type="InvalidApiKey", message=sentence) for name in ("AAPL", "IBM")]
    return make.manifest(*symbols, outcome="failed", error=error)


def bad_input_on_a_laptop(make):
    error = {"type": "InvalidInput", "message": "'../x' can't be a symbol: write one such as AAPL.", "state": "Plan"}
    return make.manifest(
        outcome="failed",
        error=error,
        series="",
        trigger="laptop",
        execution_arn=make.arn_on_a_laptop,
        requests={"made": 0},
    )


CASES = (
    all_well,
    mostly_up_to_date,
    closed_market,
    symbols_failed,
    quota_spent,
    prices_to_look_at,
    told_before,
    key_refused,
    bad_input_on_a_laptop,
)


@pytest.fixture(params=CASES, ids=lambda case: case.__name__)
def case(request, make):
    before = frozenset({("FB", "stale")}) if request.param is told_before else frozenset()
    return request.param.__name__, report(request.param(make), VENDOR, before)


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


def test_the_examples_in_the_documentation_are_the_ones_on_file():
    """docs/messages.md shows what is really sent."""
    text = DOCUMENT.read_text()
    fresh = EXAMPLE.sub(lambda found: found[1] + (GOLDEN / f"{found[2]}.txt").read_text() + found[4], text)
    if os.environ.get("UPDATE_GOLDEN"):
        DOCUMENT.write_text(fresh)
    assert EXAMPLE.search(text)
    assert DOCUMENT.read_text() == fresh
