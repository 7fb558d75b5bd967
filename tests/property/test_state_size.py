"""Whatever a run meets, what its states carry stays below what Step Functions takes: over it, nothing can be caught."""

import json
from dataclasses import replace

from hypothesis import example, given, settings
from hypothesis import strategies as st

from stockflow.testing import NOON_MS
from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import StoredObject
from stockflow_functions.aws.state_table.deferred import MOST_REMEMBERED
from stockflow_functions.daily_prices.noted import MOST_BYTES, is_short
from stockflow_functions.daily_prices.outcome import SymbolOutcome
from stockflow_functions.daily_prices.plan.choosing import Chosen
from stockflow_functions.daily_prices.plan.inbox import symbols_of_list
from stockflow_functions.daily_prices.plan.output import as_state, planned
from stockflow_functions.daily_prices.plan.request import request_of
from stockflow_functions.daily_prices.plan.symbols import symbols_of
from stockflow_functions.daily_prices.slot import FULL, SPLITS
from stockflow_functions.domain import errors
from stockflow_functions.domain.budget.arithmetic import Account, Reservation, Slots, Terms
from stockflow_functions.domain.budget.quota_day import QuotaDays
from stockflow_functions.domain.inputs import ObjectPlace
from stockflow_functions.domain.prices.sentences import LONGEST, bounded, plain
from stockflow_functions.domain.symbols import LONGEST_SYMBOL
from stockflow_functions.pacing.slot import Slot
from stockflow_functions.runtime.settings import MOST_IN_ONE_MAP
from stockflow_functions.vendors.alpha_vantage.client import LONGEST_LAST_REFRESHED

MOST_STATE_BYTES = 262_144
"""docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html: input or output of a state or an execution."""
MOST_REPORTED_BYTES = 248 * 1024
"""An input up to here reaches the error notifier; above, EventBridge, which tells of the run, leaves it out too."""
LONGEST_CAUSE = 32_768
LONGEST_KEY_BYTES = 1_024

EXECUTION = "x" * 80
ARN = f"arn:aws:states:ap-southeast-2:123456789012:execution:{'m' * 80}:{EXECUTION}"
RUN = {
    "execution": EXECUTION,
    "execution_arn": ARN,
    "started_at": "2026-11-20T22:30:00.250Z",
    "trigger": "schedule",
    "series": "daily_adjusted",
    "outputsize": "compact",
    "force": False,
}
TERMS = Terms(
    2_000, 1_000_000, 162_000_000, QuotaDays("America/New_York", 0), ("REQUESTS_PER_MINUTE", "REQUESTS_PER_DAY")
)
LONGEST_OF_AWS = "Lambda.ClientExecutionTimeoutException"
TEXT = st.text(max_size=60) | st.sampled_from(["\N{ROCKET}" * 60, "\\" * 60, "\x00" * 60, "株" * 60])


class OneList:
    """A bucket with one list in it."""

    def __init__(self, text):
        self._body = text.encode(errors="replace")

    def get(self, _key, most_bytes):
        return StoredObject(self._body[:most_bytes], "etag")


def size(value):
    """As Lambda's runtime client writes it, which is longer than what Step Functions makes of it."""
    return len(json.dumps(value, ensure_ascii=False).encode(errors="replace"))


def names(count):
    return [f"S{number:05}".ljust(LONGEST_SYMBOL, "X") for number in range(count)]


def plan_of(work, deferred, warnings):
    """What Plan makes of so many symbols."""
    slots = Slots(NOON_MS, TERMS.interval_ms, work)
    account = Account(spent_until_ms=NOON_MS + 1)
    chosen = Chosen(names(work + deferred), warnings=warnings)
    return planned(RUN, chosen, Reservation(slots, account, TERMS), NOON_MS, "Alpha Vantage")


def all_saved(plan):
    """What the Map gives on where every symbol has as much to say as it may pass on."""
    return [{"symbol": item["symbol"], "status": "saved", "outcome": longest(item["symbol"])} for item in plan["work"]]


def longest(symbol):
    outcome = SymbolOutcome(symbol, "saved", 5, 99_999, 99_999, 99_999, "1999-11-01", "2026-11-20", restated="adjusted")
    left = MOST_BYTES - len(json.dumps(outcome.as_dict(), separators=(",", ":"))) - 2
    filled = replace(outcome, warnings=("x" * left,))
    assert is_short(filled)
    assert not is_short(replace(filled, warnings=("x" * (left + 1),)))
    return filled.as_dict()


def all_failed(plan):
    """What the Map gives on where every symbol fails, each with the longest error."""
    error = {"type": LONGEST_OF_AWS, "state": "Transform"}
    return [{"symbol": item["symbol"], "status": "failed", "error": error} for item in plan["work"]]


@given(
    st.integers(0, MOST_IN_ONE_MAP),
    st.integers(0, MOST_REMEMBERED),
    st.lists(TEXT, max_size=20),
    st.text(min_size=1, max_size=LONGEST_KEY_BYTES // 4),
)
@example(MOST_IN_ONE_MAP, MOST_REMEMBERED + 3_000, ["株" * 60] * 5_000, "株" * (LONGEST_KEY_BYTES // 3))
@settings(max_examples=25, deadline=None)
def test_a_run_fits_into_a_state_however_many_fail_and_are_deferred(work, deferred, entries, key):
    """The report of as many as one Map takes, with as many deferred as are remembered, is far below 256 KiB."""
    text = "\n".join(["IBM", *entries])
    warnings = symbols_of_list(ObjectPlace("b" * 63, f"inbox/{key}"[:LONGEST_KEY_BYTES]), OneList(text))[1]
    plan = plan_of(work, deferred, warnings)

    state = as_state(plan)
    ends = (all_failed(plan), all_saved(plan))
    reports = [{"report": "summary", "plan": {**state, "symbols": ended}, "retry_count": 10} for ended in ends]

    assert max(map(size, reports)) < 0.9 * MOST_STATE_BYTES
    assert len(state["deferred"]) + state.get("deferred_more", 0) == deferred


@given(st.lists(TEXT, max_size=2 * LONGEST), TEXT.map(lambda text: text * 1_000))
@settings(max_examples=25, deadline=None)
def test_a_symbol_fits_into_a_state_whatever_the_vendor_says(sentences, refreshed):
    """The longest way, a moved slot with an answer and both questions of Transform's, is far below 256 KiB."""
    symbol = names(1)[0]
    answer = {
        "key": keys.raw(RUN["series"], "&" * LONGEST_SYMBOL, EXECUTION),
        "bytes": 8_000_000,
        "fetched_at": RUN["started_at"],
        "last_refreshed": plain(refreshed, LONGEST_LAST_REFRESHED),
        "attempts": 5,
        "asked": dict.fromkeys((SPLITS, FULL), "x" * 1_000),
    }
    message = Slot(NOON_MS, 5, 5, 1, {"asks": FULL, "answer": answer}).as_message()
    cause = json.dumps({"errorMessage": message, "errorType": "SlotMoved", "stackTrace": ["x"]}).ljust(LONGEST_CAUSE)
    table = {
        "key": answer["key"],
        "warnings": bounded(sentences),
        **dict.fromkeys(("first_date", "last_date"), "2" * 10),
    }
    state = {"run": RUN, "symbol": symbol, "slot": json.loads(message), "progress": {"answer": answer, "table": table}}

    assert size({**state, "moved": {"Error": "SlotMoved", "Cause": cause}}) < MOST_STATE_BYTES


@given(st.lists(st.text(), min_size=1))
@example(["x" * 100] * 2_400)
@settings(max_examples=25, deadline=None)
def test_an_input_that_makes_no_sense_can_be_reported(entries):
    """What is wrong with an input of 248 KiB is said in a sentence so short that the notifier gets both."""
    given_input = {"symbols": entries}
    said = ""
    try:
        symbols_of(request_of(given_input).symbols)
    except errors.InvalidInput as error:
        said = str(error)
    cause = json.dumps({"errorMessage": said, "errorType": "InvalidInput", "stackTrace": ["x" * 200] * 10})

    about = {"report": "failure", "execution": EXECUTION, "execution_arn": ARN, "started_at": RUN["started_at"]}
    report = {**about, "error": {"Error": "InvalidInput", "Cause": cause}, "retry_count": 10}

    assert size(report) < MOST_STATE_BYTES - MOST_REPORTED_BYTES
