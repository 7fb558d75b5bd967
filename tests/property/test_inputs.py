"""Whatever a person, a file or an environment says, it is used or refused in a sentence.

``DRAWS=10000`` in the environment draws as many of each kind; 200 are the usual number.
"""

import json
import os
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stockflow.cli.commands.inputs import workflow_input_of
from stockflow.embedded.table_file import read_items
from stockflow.errors import Unusable
from stockflow.testing import FakeAws
from stockflow_functions.daily_prices.plan.app import plan
from stockflow_functions.daily_prices.plan.list_text import symbols_of_text
from stockflow_functions.daily_prices.plan.request import KNOWN, OUTPUT_SIZES
from stockflow_functions.domain.errors import InvalidInput
from stockflow_functions.domain.inputs import TRIGGERS
from stockflow_functions.domain.listings.table import encode
from stockflow_functions.domain.prices.series import SERIES
from tests.helpers.written_listings import listing, listings

many = settings(max_examples=int(os.environ.get("DRAWS", "200")), deadline=None)

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=40)
"""Half surrogates and control characters too."""
TIMES = st.one_of(
    st.datetimes().map(lambda moment: f"{moment.isoformat()}Z"),
    st.tuples(st.integers(0, 12_000), st.sampled_from(["+23:59", "-23:59", "Z", ""])).map(
        lambda parts: f"{parts[0]:04d}-01-01T00:00:00{parts[1]}"
    ),
    ANY_TEXT,
)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANY_TEXT, inner, max_size=4),
    max_leaves=8,
)
SYMBOLS = st.text(string.ascii_letters + string.digits + "^&.:-_ ,/%", max_size=12)
UNIVERSES = st.tuples(
    st.sampled_from(["listed:", "LISTED:NASDAQ", "listed:NYSE+nasdaq:", "universes/", ""]),
    st.sampled_from(["", ":2015-06-30", "2015-06-30", ":1998-01-01", ":2999-01-01"]) | ANY_TEXT,
).map("".join)
KEPT = encode(listings(listing("A"), listing("B", ends="2020-01-02"), listing("NA", None, exchange="NYSE")))
VALUES = {
    "symbols": st.lists(SYMBOLS | ANY_JSON, max_size=6) | SYMBOLS | ANY_JSON,
    "universe": UNIVERSES | ANY_JSON,
    "backfill": ANY_TEXT | ANY_JSON,
    "series": st.sampled_from(list(SERIES)) | ANY_JSON,
    "outputsize": st.sampled_from(OUTPUT_SIZES) | ANY_JSON,
    "force": st.booleans() | ANY_JSON,
    "trigger": st.sampled_from(TRIGGERS) | ANY_JSON,
    "scheduled_time": TIMES | ANY_JSON,
    "list": st.fixed_dictionaries({"bucket": st.just("stockflow") | ANY_TEXT, "key": ANY_TEXT}) | ANY_JSON,
}
INPUTS = st.one_of(
    ANY_JSON,
    st.fixed_dictionaries({}, optional={name: VALUES[name] for name in KNOWN}),
    st.fixed_dictionaries({"trigger": st.just("schedule"), "scheduled_time": TIMES}),
)


def outcome(call, kind):
    """What the call gives, and the sentence of a refusal of this kind; one of the two is None."""
    try:
        return call(), None
    except kind as refusal:
        return None, str(refusal)


@many
@given(INPUTS)
def test_an_input_is_planned_or_refused(value):
    """Plan plans it, or says InvalidInput with a sentence that can be written anywhere; it never ends otherwise."""
    event = {
        "input": value,
        "execution": "e",
        "execution_arn": "arn",
        "started_at": "2026-11-20T23:30:00Z",
        "retry_count": 0,
    }

    aws = FakeAws(STOCK_SYMBOLS="A,B,MSFT")
    aws.s3.put_object(Bucket="stockflow", Key="listings.parquet", Body=KEPT)
    made, refusal = outcome(lambda: plan(event, aws.services), InvalidInput)

    assert made or refusal.encode().endswith((b".", b"}."))


@many
@given(st.text(st.sampled_from("ABab01 ,;\t\"'#\n\r.-:&^ö\x00"), max_size=60) | ANY_TEXT)
def test_a_dropped_list_never_joins_two_lines(text):
    """Each symbol of a list stands in one of its lines."""
    found, _ = outcome(lambda: symbols_of_text(text), InvalidInput)

    lines = [line.upper() for line in text.splitlines()]
    assert [symbol for symbol in (found or [[]])[0] if not any(symbol in line for line in lines)] == []


NUMBERS = st.one_of(st.integers(), st.floats()).map(str)
VARIABLES = {
    "REQUESTS_PER_MINUTE": NUMBERS | ANY_TEXT,
    "REQUESTS_PER_DAY": NUMBERS | ANY_TEXT,
    "QUOTA_RESET_HOUR": NUMBERS | ANY_TEXT,
    "QUOTA_RESET_TIME_ZONE": st.sampled_from(["UTC", "Asia/Tokyo", "../../etc/passwd", "/"]) | ANY_TEXT,
    "MAX_SLOT_AHEAD_SECONDS": NUMBERS | ANY_TEXT,
    "TRANSCRIPTION_LOOK_SECONDS": NUMBERS | ANY_TEXT,
    "BUDGET_NAME": ANY_TEXT,
    "AWS_REGION": ANY_TEXT,
    "ALPHA_VANTAGE_BASE_URL": st.sampled_from(["http://[::1", "https://x:y", "http://a:99999"]) | ANY_TEXT,
    "FAIL_RUN_ON_SYMBOL_FAILURE": ANY_TEXT,
}


@many
@given(st.fixed_dictionaries({}, optional=VARIABLES))
def test_settings_plan_a_run_or_are_refused(environment):
    """Settings that are taken can plan a run; of others the sentence names the variable."""
    aws = FakeAws()
    chosen, refusal = outcome(lambda: aws.services_with(**environment), InvalidInput)

    if refusal is not None:
        assert any(refusal.startswith(name) for name in environment)
        return
    event = {
        "input": {"symbols": ["A", "B"]},
        "execution": "e",
        "execution_arn": "arn",
        "started_at": "2026-11-20T23:30:00Z",
        "retry_count": 0,
    }
    made, refusal = outcome(lambda: plan(event, chosen), InvalidInput)
    assert made or "MAX_SLOT_AHEAD_SECONDS" in refusal


@many
@given(st.binary(max_size=60) | ANY_JSON.map(lambda value: json.dumps(value).encode()))
def test_an_input_file_is_read_or_refused(tmp_path_factory, body):
    """A file of any bytes gives an object, or a sentence that names the file."""
    path = tmp_path_factory.getbasetemp() / "input.json"
    path.write_bytes(body)

    def read():
        return workflow_input_of((), path, series=None, outputsize=None, force=False)

    given_input, refusal = outcome(read, Unusable)

    assert isinstance(given_input, dict) or "input.json" in refusal


ATTRIBUTES = st.dictionaries(st.sampled_from(["S", "N", "SS", "L", "Z"]), ANY_JSON, max_size=2) | ANY_JSON
LIKELY = st.sampled_from([{"S": "budget#b"}, {"N": "1"}, {"N": "abc"}, {"SS": ["e"]}, {"N": "NaN"}, {"N": "1e999"}])
NAMES = ["pk", "version", "last_slot_ms", "last_run", "used_on_2026-11-20", "refused_executions"]
ITEMS = st.dictionaries(st.sampled_from(NAMES), ATTRIBUTES | LIKELY)
TABLES = st.lists(ITEMS | ANY_JSON, max_size=3).map(lambda items: json.dumps({"items": items}).encode())


@many
@given(st.binary(max_size=60) | TABLES)
def test_a_state_file_is_read_or_refused(tmp_path_factory, body):
    """A table file of any bytes gives items that each have a key, or a sentence that says what to do."""
    path = tmp_path_factory.getbasetemp() / "table.json"
    path.write_bytes(body)

    items, refusal = outcome(lambda: read_items(path), Unusable)

    assert refusal or all(isinstance(item["pk"]["S"], str) for item in items)


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59"])
def test_a_schedule_at_the_calendar_s_ends_is_refused(time):
    """No day before the first one, or after the last, can be computed."""
    event = {"input": {"trigger": "schedule", "scheduled_time": time}, "execution": "e", "execution_arn": "arn"}
    with pytest.raises(InvalidInput, match="scheduled_time"):
        plan({**event, "started_at": "2026-11-20T23:30:00Z", "retry_count": 0}, FakeAws(STOCK_SYMBOLS="A").services)
