"""A run is counted for the backfill that it makes a part of."""

import pytest

from stockflow.testing import FakeAws
from stockflow_functions.daily_prices.notify.app import reporter_of
from stockflow_functions.domain.messages.plain import as_text
from tests.helpers.backfills import Runs, backfill_of, begun, store_of

NEXT = {"backfill": "next", "trigger": "schedule"}


@pytest.fixture
def aws():
    return FakeAws(REQUESTS_PER_DAY="25")


@pytest.fixture
def runs(aws):
    return Runs(aws)


def names(count):
    return [f"S{number:03}" for number in range(count)]


def test_the_message_says_how_far_the_backfill_is(aws, runs):
    """After the first of its days."""
    begun(aws, names(500))

    manifest = runs.run("run-1", NEXT)

    assert manifest["backfill"]["sentence"] == "Backfill one: 25 of 500, 19 days to go."
    assert "Backfill one: 25 of 500, 19 days to go." in message(aws, manifest)


def message(aws, manifest):
    return as_text(reporter_of(aws.services).message(manifest))


def test_it_is_done_with_its_last_symbol(aws, runs):
    """And the next one goes on."""
    begun(aws, names(3), "one")
    begun(aws, ["X"], "two", at="2026-11-20T18:00:00.000Z")

    runs.run("run-1", NEXT)
    runs.run("run-2", NEXT)

    assert (backfill_of(aws, "one").status, runs.asked["run-2"]) == ("done", ["X"])
    assert runs.said["run-1"]["backfill"]["sentence"] == "Backfill one: 3 of 3, done."


def test_a_symbol_that_the_vendor_does_not_know_is_given_up(aws, runs):
    """It is not asked for again, and stands among those that have failed."""
    begun(aws, names(30))

    runs.run("run-1", NEXT, errors={"S000": "UnknownSymbol"})
    aws.clock.sleep(86_400)
    runs.run("run-2", NEXT)

    assert runs.asked["run-2"] == names(30)[25:]
    assert runs.said["run-2"]["backfill"]["sentence"] == "Backfill one: 29 of 30, 1 given up, done."
    assert backfill_of(aws).troubles["S000"].message == "S000 is refused."


def test_a_symbol_that_fails_in_passing_is_asked_for_on_three_days(aws, runs):
    """Then it is given up, and the backfill is done."""
    begun(aws, ["A", "B"])

    for day in range(4):
        runs.run(f"run-{day}", NEXT, errors={"A": "ProviderUnavailable"})
        aws.clock.sleep(86_400)

    assert list(runs.asked.values()) == [["A", "B"], ["A"], ["A"], []]
    assert backfill_of(aws).status == "done"


def test_a_plan_that_does_not_include_it_pauses_the_backfill(aws, runs):
    """No other day burns its quota on the same refusal."""
    begun(aws, names(30))

    manifest = runs.run("run-1", NEXT, errors=dict.fromkeys(names(30), "PremiumRequired"))
    aws.clock.sleep(86_400)
    runs.run("run-2", NEXT)

    assert runs.asked["run-2"] == []
    assert manifest["backfill"]["sentence"] == (
        "Backfill one: 0 of 30, 2 days to go. It is paused. The plan behind the key does not include what it asks for "
        "(S000 is refused). `stockflow backfill --resume` goes on with another key."
    )


def test_a_run_that_breaks_off_counts_what_it_saved(aws, runs):
    """And leaves the rest to the next one, which need not wait for it."""
    begun(aws, names(3))

    manifest = runs.run("run-1", NEXT, breaks_off_after=2)
    runs.run("run-2", NEXT)

    assert manifest["backfill"]["sentence"] == "Backfill one: 2 of 3, 1 day to go."
    assert runs.asked["run-2"] == ["S002"]


@pytest.mark.parametrize("trigger", ["schedule", "console"])
def test_a_schedule_that_comes_upon_no_backfill_is_silent(aws, runs, trigger):
    """A person who starts such a run is told."""
    manifest = runs.run("run-1", {"backfill": "next", "trigger": trigger})

    assert reporter_of(aws.services).is_told(manifest) is (trigger == "console")


def test_a_schedule_that_comes_upon_a_paused_one_is_silent(aws, runs):
    """Whoever paused it knows."""
    begun(aws, names(3))
    store_of(aws).change("one", lambda backfill: backfill.paused("x"))

    assert not reporter_of(aws.services).is_told(runs.run("run-1", NEXT))


def test_symbols_that_a_backfill_could_not_ask_for_are_not_remembered_for_the_daily_run(aws, runs):
    """The message says whose they are."""
    begun(aws, names(3))
    manifest = runs.run("run-1", NEXT)
    deferred = {**manifest["symbols"][0], "status": "deferred"}
    manifest = {**manifest, "symbols": [deferred]}

    reporter_of(aws.services).noted(manifest)

    assert aws.services.deferred.remembered("daily") == []
    assert "The backfill asks for them later." in message(aws, manifest)
