"""What becomes of a symbol, by the listings."""

from datetime import date

import pytest

from stockflow_functions.domain.listings.judging import Course, Stored, judge
from tests.helpers.written_listings import AS_OF, WEEK_BEFORE, listing, listings

ALL = listings(
    listing("AAPL", name="Apple Inc"),
    listing("APLE", name="Apple Hospitality REIT Inc"),
    listing("GONE", ends="2024-03-15"),
    listing("TWICE", "1999-11-01", "2012-06-29", name="First Twice"),
    listing("TWICE", "2019-09-16", name="Second Twice"),
    listing("COMING", "2026-12-10", name="Coming Corp"),
    listing("FB", seen=WEEK_BEFORE),
)


def day(text):
    return date.fromisoformat(text)


def judged(symbol, **stored):
    facts = {name: day(value) for name, value in stored.items()}
    return judge(symbol, ALL, AS_OF, Stored(**facts) if facts else None)


def test_what_is_listed_is_asked_for():
    """Whether or not anything is stored of it."""
    assert judged("AAPL").course is judged("AAPL", last="2026-11-25").course is Course.ASK


def test_a_typo_is_refused_with_the_nearest_names():
    """The likeliest first."""
    verdict = judged("APPL")
    assert (verdict.course, verdict.sentence) == (
        Course.REFUSE,
        "APPL is in no listing of 2026-11-27: did you mean AAPL, APLE?",
    )


def test_an_unknown_symbol_near_to_none_is_refused_without_a_guess():
    """The sentence ends there."""
    assert judged("QWERT").sentence == "QWERT is in no listing of 2026-11-27."


def test_what_is_not_listed_yet_says_from_when_on_it_is():
    """With the company's name."""
    assert judged("COMING").sentence == ("COMING (Coming Corp) is not listed before 2026-12-10.")


@pytest.mark.parametrize(
    "symbol", ["TSCO.LON", "INX", "BRK.B", "ACWV:BAT", "^GSPC", "M&M.BSE", "VFIAX", "NSRGY", "TCEHY", "BABAF"]
)
def test_what_the_vendor_may_serve_is_never_refused(symbol):
    """Other exchanges, indices, mutual funds, and what is traded over the counter."""
    assert judged(symbol).course is Course.ASK


@pytest.mark.parametrize("symbol", ["APPL", "COMING"])
def test_what_has_stored_bars_is_never_refused(symbol):
    """The vendor has served it before."""
    assert judged(symbol, last="2026-11-20").course is Course.ASK


def test_what_was_refused_by_the_vendor_is_refused():
    """To have asked for a typo makes it no symbol."""
    assert judged("APPL", asked="2026-11-20").course is Course.REFUSE


@pytest.mark.parametrize(
    ("stored", "course"),
    [
        ({}, Course.ASK),
        ({"last": "2023-12-29"}, Course.ASK),
        ({"last": "2024-03-12"}, Course.OVER),
        ({"last": "2023-12-29", "asked": "2024-03-16"}, Course.ASK),
        ({"last": "2023-12-29", "asked": "2024-03-17"}, Course.OVER),
        ({"last": "2024-03-18", "asked": "2024-03-18"}, Course.ASK),
        ({"last": "2024-03-18", "asked": "2024-04-01"}, Course.OVER),
    ],
)
def test_a_delisted_symbol_is_asked_for_until_all_has_come(stored, course):
    """Its bars reach its end, or the vendor was asked after it; bars that go on after its end tell better."""
    assert judged("GONE", **stored).course is course


def test_a_delisted_symbol_says_when_it_ended():
    """And where its bars end."""
    verdict = judged("GONE", last="2024-03-15")
    assert (verdict.sentence, verdict.event) == (
        "GONE was delisted on 2024-03-15; its stored bars end on 2024-03-15.",
        day("2024-03-15"),
    )


def test_a_delisted_symbol_without_bars_says_when_it_was_asked_for():
    """There will never be any."""
    assert judged("GONE", asked="2026-01-05").sentence == (
        "GONE was delisted on 2024-03-15, and the vendor had no bars when it was asked on 2026-01-05."
    )


@pytest.mark.parametrize(
    ("stored", "course"),
    [
        ({"last": "2026-11-20", "asked": "2026-12-03"}, Course.ASK),
        ({"last": "2026-11-20", "asked": "2026-12-04"}, Course.OVER),
        ({"last": "2026-12-03", "asked": "2026-12-04"}, Course.ASK),
        ({"asked": "2026-12-04"}, Course.OVER),
        ({"last": "2026-11-20"}, Course.ASK),
    ],
)
def test_a_symbol_that_vanished_is_asked_for_until_it_is_silent(stored, course):
    """The vendor may only have forgotten to list it: a fortnight without a bar tells."""
    assert judged("FB", **stored).course is course


def test_a_symbol_that_vanished_says_since_when():
    """The vendor does not say when it ended."""
    assert judged("FB", last="2026-11-20", asked="2026-12-04").sentence == (
        "FB is in no listing after 2026-11-20; its stored bars end on 2026-11-20."
    )


def test_bars_of_the_company_before_are_told_of():
    """The symbol was given on; it is asked for."""
    verdict = judged("TWICE", first="1999-11-01", last="2026-11-20")
    assert verdict.course is Course.ASK
    assert verdict.sentence == (
        "TWICE is Second Twice since 2019-09-16; its stored bars begin on 1999-11-01, and those before 2019-09-16 are "
        "of First Twice."
    )


@pytest.mark.parametrize("first", ["2019-09-16", "2020-01-02"])
def test_bars_of_one_company_alone_are_nothing_to_tell(first):
    """They begin when it was listed, or later."""
    assert judged("TWICE", first=first).sentence == ""
