"""How a backfill changes."""

from dataclasses import replace
from datetime import date

import pytest

from stockflow_functions.domain.backfill.as_json import as_json, from_json
from stockflow_functions.domain.backfill.backfill import DONE, ENDED, OPEN, PAUSED, Backfill
from stockflow_functions.domain.backfill.goal import Goal
from stockflow_functions.domain.backfill.noted import Claim, LastRun, SymbolEnd
from stockflow_functions.domain.outcome import DEFERRED, FAILED, Failure

NEW = Backfill("one", "sp500.txt", "ann", "2026-11-20T17:00:00.000Z", Goal("daily"), symbols=4, left=4)


def run(name="run-1"):
    return LastRun(name, "2026-11-20T18:00:00.000Z", 0, 0)


def failed(symbol, error="ProviderUnavailable"):
    return SymbolEnd(symbol, FAILED, Failure(error, "No.", "Fetch"))


def test_a_run_is_counted():
    """What was had, what was given up, and what is left."""
    after = NEW.counted([SymbolEnd("A", "saved"), failed("B", "UnknownSymbol"), failed("C")], run(), "2026-11-20")

    assert (after.done, after.left, after.given_up) == (1, 2, ["B"])
    assert (after.last_run.asked, after.last_run.had) == (3, 1)


def test_a_run_that_is_told_twice_counts_once():
    """Notify is repeated where it failed half-way."""
    once = NEW.counted([failed("A")], run(), "2026-11-20")

    assert once.counted([failed("A")], run(), "2026-11-20") == once


def test_a_symbol_that_was_deferred_is_as_it_was():
    """The day's quota was spent before its turn: it was not asked for."""
    assert NEW.counted([SymbolEnd("A", DEFERRED)], run(), "2026-11-20").left == NEW.left


def test_a_symbol_that_fails_on_three_days_is_given_up():
    """On one day it counts once, however often it failed."""
    backfill = NEW
    for number, day in enumerate(["2026-11-20", "2026-11-20", "2026-11-21", "2026-11-22"]):
        assert backfill.given_up == []
        backfill = backfill.counted([failed("A")], run(f"run-{number}"), day)

    assert backfill.given_up == ["A"]
    assert backfill.troubles["A"].tries == 3


def test_a_symbol_that_is_had_after_all_is_no_longer_in_trouble():
    """Its earlier failure is forgotten."""
    after = NEW.counted([failed("A")], run("run-1"), "2026-11-20")

    assert after.counted([SymbolEnd("A", "saved")], run("run-2"), "2026-11-21").troubles == {}


def test_a_refusal_of_the_plan_is_no_symbols_trouble():
    """The same would be said of each of them."""
    assert NEW.counted([failed("A", "PremiumRequired")], run(), "2026-11-20").troubles == {}


def test_the_last_symbol_makes_it_done():
    """As soon as the run that had it is counted."""
    after = replace(NEW, left=1).counted([SymbolEnd("A", "unchanged")], run(), "2026-11-20")

    assert (after.status, after.left) == (DONE, 0)


def test_a_run_counts_from_what_was_left_when_it_began():
    """Another run may have had some of the symbols in the meantime."""
    claim = Claim("run-1", "2026-11-20T19:00:00.000Z", left=2)

    after = NEW.claimed(claim, {}).counted([SymbolEnd("A", "saved")], run(), "2026-11-20")

    assert (after.left, after.done, after.claim) == (1, 3, None)


def test_symbols_whose_bars_show_that_all_is_there_are_not_remembered_twice():
    """The list of those that were asked for stays short."""
    before = NEW.counted([SymbolEnd("A", "saved"), SymbolEnd("B", "saved")], run(), "2026-11-20")

    assert before.seen(["A"], {}, "2026-11-21").answered == ("B",)


def test_symbols_that_the_listings_rule_out_are_given_up():
    """With the sentence that says why."""
    after = NEW.seen([], {"A": "A is in no listing."}, "2026-11-20")

    assert (after.given_up, after.troubles["A"].message) == (["A"], "A is in no listing.")


def test_it_is_paused_and_resumed():
    """Why it was paused is forgotten then."""
    paused = NEW.paused("So said a person.")

    assert (paused.status, paused.why) == (PAUSED, "So said a person.")
    assert paused.resumed() == NEW


@pytest.mark.parametrize("change", [lambda b: b.paused("x"), lambda b: b.resumed(), lambda b: b.found_done()])
def test_what_was_ended_stays_ended(change):
    """Neither a pause nor a run's end begins it anew."""
    ended = NEW.ended()

    assert ended.status == ENDED
    assert change(ended) == ended


def test_a_run_that_ends_after_a_pause_is_counted_and_the_pause_stays():
    """Two at once lose nothing."""
    after = NEW.paused("x").counted([SymbolEnd(symbol, "saved") for symbol in "ABCD"], run(), "2026-11-20")

    assert (after.status, after.left) == (PAUSED, 0)


def test_it_is_the_same_after_it_was_stored():
    """Every field survives JSON."""
    full = replace(
        NEW.counted([SymbolEnd("A", "saved"), failed("B")], run(), "2026-11-20"),
        goal=Goal("weekly", "compact", date(2020, 1, 2)),
        claim=Claim("run-2", "2026-11-21T19:00:00.000Z", 2),
        daily={"XNYS": 10},
    )

    assert from_json(as_json(full)) == full
    assert from_json(as_json(NEW)) == NEW
    assert NEW.status == OPEN
