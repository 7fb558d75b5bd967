"""UpdateTables: the splits and dividends of all symbols in one object."""

import pytest

from stockflow.testing import FakeAws
from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import ObjectFacts
from stockflow_functions.daily_prices.tables.actions import copy_actions
from stockflow_functions.daily_prices.tables.app import update
from stockflow_functions.daily_prices.tables.changed import Listed, there
from stockflow_functions.domain.actions.table import SCHEMA_VERSION, encode
from stockflow_functions.domain.actions.together import decode_all
from stockflow_functions.domain.parquet import VERSION_KEY, to_bytes
from tests.helpers.datasets import actions_of

DIVIDEND = ("2026-11-23", "dividend", 2.0)
SPLIT = ("2026-11-20", "split", 2.0)


@pytest.fixture
def aws():
    """Two symbols with actions, of which one is known to have none."""
    made = FakeAws()
    place(made, "A", SPLIT, DIVIDEND)
    place(made, "B")
    update({}, made.services)
    return made


def place(aws, symbol, *rows, **asked):
    aws.s3.place(keys.actions(symbol), encode(actions_of(symbol, *rows, **asked)))


def kept(aws):
    return decode_all(aws.s3.objects[keys.ALL_ACTIONS])


def rows_of(aws):
    return [(row["symbol"], row["kind"], row["value"]) for row in kept(aws).rows.to_pylist()]


def test_all_symbols_are_in_one_object(aws):
    """Also those of which no prices are kept; of each it says when the vendor answered."""
    assert rows_of(aws) == [("A", "split", 2.0), ("A", "dividend", 2.0)]
    assert {symbol: sorted(origin.asked) for symbol, origin in kept(aws).origins.items()} == {
        "A": ["dividend", "split"],
        "B": ["dividend", "split"],
    }


def test_it_says_which_objects_it_was_made_of(aws):
    """By what a list says of them."""
    listed = {keys.symbol_of(key): facts for key, facts in aws.services.bucket.listed(keys.ACTIONS)}

    assert {symbol: (one.etag, one.bytes) for symbol, one in kept(aws).origins.items()} == {
        symbol: (facts.etag.strip('"'), facts.bytes) for symbol, facts in listed.items()
    }


def test_where_no_object_changed_it_stays(aws):
    """Neither it nor one of the symbols' is written or read."""
    aws.s3.puts.clear()
    aws.s3.bytes_out = 0
    update({}, aws.services)

    assert (aws.s3.puts, aws.s3.bytes_out) == ([], len(aws.s3.objects[keys.ALL_ACTIONS]))


def test_what_changed_came_or_went_is_so_in_it(aws):
    """B has paid since, C is new, A is gone."""
    place(aws, "B", DIVIDEND)
    place(aws, "C", SPLIT, asked=["split"])
    del aws.s3.objects[keys.actions("A")]
    update({}, aws.services)

    assert rows_of(aws) == [("B", "dividend", 2.0), ("C", "split", 2.0)]
    assert list(kept(aws).origins) == ["B", "C"]


def test_without_actions_there_is_none():
    """A dataset whose actions nobody asked for has no object more."""
    made = FakeAws()
    update({}, made.services)

    assert made.s3.puts == []


def test_a_damaged_one_is_made_anew(aws):
    """Of the symbols' own."""
    before = aws.s3.objects[keys.ALL_ACTIONS]
    aws.s3.place(keys.ALL_ACTIONS, before[:-20])
    update({}, aws.services)

    assert aws.s3.objects[keys.ALL_ACTIONS] == before


def test_a_newer_releases_stays(aws):
    """It may say more."""
    body = to_bytes(kept(aws).rows, {VERSION_KEY: str(SCHEMA_VERSION + 1).encode()})
    aws.s3.place(keys.ALL_ACTIONS, body)
    place(aws, "B", DIVIDEND)
    update({}, aws.services)

    assert aws.s3.objects[keys.ALL_ACTIONS] == body


def test_an_object_that_cannot_be_read_is_left_out(aws):
    """Its reader says what is wrong with it."""
    aws.s3.place(keys.actions("A"), b"no table")
    update({}, aws.services)

    assert list(kept(aws).origins) == ["B"]


def test_an_object_that_is_replaced_between_the_list_and_its_reading_is_left_out(aws):
    """What was listed is not what was read: the next call has it."""
    place(aws, "B", DIVIDEND)
    listed_then = there(aws.services.bucket).actions
    place(aws, "B", SPLIT)
    copy_actions(aws.services.bucket, listed_then, 0)

    assert list(kept(aws).origins) == ["A"]


@pytest.mark.parametrize(("ago_ms", "written_ms"), [(2001, 1_000_000), (2000, None), (0, None)])
def test_a_time_that_may_be_of_two_objects_is_not_noted(aws, ago_ms, written_ms):
    """One written within two seconds before the list may be written again in the same second; its ETag tells still."""
    facts = ObjectFacts(aws.services.bucket.facts(keys.actions("A")).etag, 7, 1_000_000)
    copy_actions(aws.services.bucket, {"A": Listed(keys.actions("A"), facts)}, 1_000_000 + ago_ms)

    assert kept(aws).origins["A"].written_ms == written_ms


def test_a_later_call_notes_the_time(aws):
    """By then it is sure; no symbol's object is read for it."""
    aws.clock.sleep(60)
    aws.s3.bytes_out = 0
    assert {one.written_ms for one in kept(aws).origins.values()} == {None}
    read = len(aws.s3.objects[keys.ALL_ACTIONS])
    update({}, aws.services)

    assert aws.s3.bytes_out == read
    assert None not in {one.written_ms for one in kept(aws).origins.values()}


def test_of_two_at_once_neither_is_lost(aws):
    """The one that was overtaken begins anew, and adds to what the other one wrote."""
    place(aws, "C", SPLIT)

    def overtake(key, _number):
        if key == keys.ALL_ACTIONS and aws.s3.before_put is overtake:
            aws.s3.before_put = lambda _key, _number: None
            place(aws, "D", DIVIDEND)
            update({}, aws.services)

    aws.s3.before_put = overtake
    update({}, aws.services)

    assert list(kept(aws).origins) == ["A", "B", "C", "D"]
