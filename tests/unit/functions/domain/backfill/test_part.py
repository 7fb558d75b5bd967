"""What one run of a backfill asks for."""

from dataclasses import replace
from datetime import date

from stockflow.testing import NOON_MS
from stockflow_functions.domain.backfill.backfill import Backfill
from stockflow_functions.domain.backfill.goal import Goal
from stockflow_functions.domain.backfill.noted import Trouble
from stockflow_functions.domain.backfill.part import Part, Symbols, part_of, standing_of
from stockflow_functions.domain.prices.exchanges import BY_CODE, US
from stockflow_functions.domain.prices.freshness import Known

DAY = "2026-11-20"
NEW = Backfill("one", "x", "ann", "2026-11-20T17:00:00.000Z", Goal("daily"), symbols=4, left=4)


def symbols(*names, known=None, exchanges=None):
    return Symbols(names, known or {}, lambda symbol: (exchanges or {}).get(symbol, US))


def trouble(tries=1, day="2026-11-19", given_up=False):
    return Trouble("ProviderUnavailable", "No.", tries, day, given_up)


def part(backfill, of, room=10):
    return part_of(backfill, standing_of(backfill, of).left, of, room, DAY, NOON_MS)


def test_what_is_there_was_asked_for_or_given_up_is_not_to_do():
    """Only the rest is."""
    backfill = replace(NEW, answered=("B",), troubles={"C": trouble(3, given_up=True), "D": trouble()})
    known = {"A": Known(0, "2026-11-19", "2000-01-03", full=True)}

    standing = standing_of(backfill, symbols(*"ABCDE", known=known))

    assert (standing.met, standing.left) == (["A"], ["D", "E"])


def test_a_typo_costs_no_request():
    """The listings rule out that there is such a symbol."""
    of = replace(symbols("A", "APPL"), refusal_of=lambda name: f"{name} is in no listing." if name == "APPL" else "")

    standing = standing_of(NEW, of)

    assert (standing.left, standing.refused) == (["A"], {"APPL": "APPL is in no listing."})


def test_there_is_room_for_some():
    """In the list's order."""
    assert part(NEW, symbols(*"ABCD"), room=2) == Part(["A", "B"], "full")


def test_those_that_failed_go_last_and_not_twice_a_day():
    """So that a symbol in trouble holds up no other."""
    backfill = replace(NEW, troubles={"A": trouble(), "B": trouble(day=DAY)})

    assert part(backfill, symbols(*"ABCD")).symbols == ["C", "D", "A"]


def test_a_run_has_one_outputsize():
    """The few symbols of an exchange whose holidays are unknown wait for a run of their own."""
    backfill = replace(NEW, goal=Goal("daily", since=date(2026, 7, 2)))

    made = part(backfill, symbols(*"ABC", exchanges={"A": BY_CODE["XSTO"]}))

    assert made == Part(["B", "C"], "compact")
