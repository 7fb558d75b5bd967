"""Whole runs of a backfill."""

from stockflow_functions.aws.backfills import BackfillStore
from stockflow_functions.domain.backfill.backfill import Backfill
from stockflow_functions.domain.backfill.goal import Goal

from .conftest import statuses

NAMES = ["A", "B", "C", "D", "E"]


def begin(aws):
    backfill = Backfill("one", "list", "ann", "2026-11-20T17:00:00.000Z", Goal("daily"), len(NAMES), len(NAMES))
    BackfillStore(aws.services.bucket).create(backfill, NAMES)


def backfill_in(aws):
    return BackfillStore(aws.services.bucket).all()[0]


def test_a_day_makes_its_part_and_the_next_run_finds_nothing_left_over(run):
    """Three requests a day; the folder has what the bucket has."""
    done = run({"backfill": "next"}, {"REQUESTS_PER_DAY": "3"}, prepare=begin)
    again = done.aws.wait(done.aws.start({"backfill": "next"}))

    assert statuses(done.manifest) == dict.fromkeys("ABC", "saved")
    assert done.manifest["symbols"][0]["rows_added"] > 5000
    assert done.manifest["backfill"]["sentence"] == "Backfill one: 3 of 5, 1 day to go."
    assert again["sentence"].startswith("Nothing is left over for the backfill one before")
    assert (done.aws.output_dir / "backfills/one.json").is_file()


def test_a_plan_without_whole_histories_spends_little_of_its_day(run):
    """Who has asked before the first refusal is refused, too; nobody else asks, and the backfill is paused."""
    done = run({"backfill": "next"}, {"REQUESTS_PER_MINUTE": "60"}, prepare=begin, premium=["full"])

    assert {symbol["error"]["type"] for symbol in done.manifest["symbols"]} == {"PremiumRequired"}
    assert len(done.aws.vendor.requests) == done.manifest["requests"]["made"] < len(NAMES)
    assert (backfill_in(done.aws).status, backfill_in(done.aws).given_up) == ("paused", [])


def test_all_goes_at_once_where_there_is_no_daily_limit(run):
    """In shards, if it is large; what failed there is counted, too."""
    in_shards = {"REQUESTS_PER_DAY": "0", "MOST_SYMBOLS_INLINE": "3", "SYMBOLS_PER_SHARD": "2"}

    done = run({"backfill": "next"}, in_shards, prepare=begin, unknown_symbols=["B"])

    assert done.manifest["backfill"]["sentence"] == "Backfill one: 4 of 5, 1 given up, done."
    assert backfill_in(done.aws).given_up == ["B"]
