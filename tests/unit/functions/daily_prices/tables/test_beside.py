"""What other objects say, as UpdateTables reads it."""

from datetime import UTC, date, datetime

import pytest

from stockflow.testing import FakeAws
from stockflow_functions.aws import keys
from stockflow_functions.aws.listings import write_listings
from stockflow_functions.daily_prices.tables.app import update
from stockflow_functions.domain.actions.action import Action
from stockflow_functions.domain.actions.merging import Answer, merged
from stockflow_functions.domain.actions.table import DIVIDEND, SPLIT, Actions, encode
from stockflow_functions.domain.prices.freshness import Known
from tests.helpers.price_objects import prices_object, rows_in
from tests.helpers.written_listings import listing, listings

ASKED_S = 1_795_100_000
ASKED = datetime.fromtimestamp(ASKED_S, UTC)


@pytest.fixture
def aws():
    """A dataset of one symbol."""
    aws = FakeAws()
    aws.s3.place(keys.prices("daily", "A"), prices_object("A", {"2026-11-19": 1}))
    return aws


def entry(aws):
    """The symbol's row after a call."""
    update({}, aws.services)
    (row,) = rows_in(aws.s3.objects[keys.CATALOG])
    return row


def place_actions(aws, *actions, kinds=(SPLIT, DIVIDEND)):
    known = Actions()
    for kind in kinds:
        known = merged(known, "A", Answer(kind, [one for one in actions if one.kind == kind], [], ASKED_S))
    aws.s3.place(keys.actions("A"), encode(known))


def test_splits_and_dividends_are_counted(aws):
    """None is 0, once the vendor was asked."""
    place_actions(aws, Action(SPLIT, date(2020, 8, 31), 4.0))
    row = entry(aws)
    assert (row["splits"], row["dividends"], row["actions_asked_at"]) == (1, 0, ASKED)


def test_what_was_never_asked_is_empty(aws):
    """Here the dividends."""
    place_actions(aws, Action(SPLIT, date(2020, 8, 31), 4.0), kinds=[SPLIT])
    row = entry(aws)
    assert (row["splits"], row["dividends"]) == (1, None)


def test_actions_that_come_later_are_read(aws):
    """Though the prices are as they were, and once alone."""
    entry(aws)
    place_actions(aws, Action(DIVIDEND, date(2020, 8, 31), 0.2))
    assert entry(aws)["dividends"] == 1
    aws.s3.puts.clear()
    assert entry(aws)["dividends"] == 1
    assert aws.s3.puts == []


def test_actions_that_cannot_be_read_leave_the_prices_alone(aws):
    """The symbol's are as unknown as if there were none."""
    aws.s3.place(keys.actions("A"), b"PAR1 no more")
    row = entry(aws)
    assert (row["rows"], row["splits"], row["dividends"]) == (1, None, None)


def test_actions_of_another_symbol_are_none_of_this_ones(aws):
    """Somebody copied the object under its key."""
    known = merged(Actions(), "B", Answer(SPLIT, [Action(SPLIT, date(2020, 8, 31), 4.0)], [], ASKED_S))
    aws.s3.place(keys.actions("A"), encode(known))
    assert entry(aws)["splits"] is None


def test_actions_that_are_gone_are_unknown_again(aws):
    """Somebody deleted the object."""
    place_actions(aws, Action(SPLIT, date(2020, 8, 31), 4.0))
    assert entry(aws)["splits"] == 1
    aws.s3.delete_object("", keys.actions("A"))
    row = entry(aws)
    assert (row["splits"], row["dividends"], row["actions_asked_at"]) == (None, None, None)


def test_actions_of_a_newer_release_are_read_once_it_is_installed(aws, monkeypatch):
    """Their object is the same then."""
    with monkeypatch.context() as newer:
        newer.setattr("stockflow_functions.domain.actions.table.SCHEMA_VERSION", 99)
        place_actions(aws, Action(SPLIT, date(2020, 8, 31), 4.0))
    assert entry(aws)["splits"] is None
    monkeypatch.setattr("stockflow_functions.domain.actions.table.SCHEMA_VERSION", 99)
    assert entry(aws)["splits"] == 1


def test_listings_and_runs_say_the_rest(aws):
    """The name, and when a run began that asked."""
    write_listings(aws.services.bucket, listings(listing("A", name="Example", exchange="NYSE")), None)
    aws.services.freshness.add("daily", {"A": Known(ASKED_S * 1000)})
    row = entry(aws)
    assert (row["name"], row["exchange"], row["status"], row["last_asked"]) == ("Example", "NYSE", "listed", ASKED)
