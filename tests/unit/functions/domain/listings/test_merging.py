"""A new answer of the vendor, merged into the listings that are kept."""

import pytest

from stockflow_functions.domain.errors import UnexpectedAnswer
from stockflow_functions.domain.listings.merging import check_size, merged
from tests.helpers.written_listings import AS_OF, WEEK_BEFORE, listing


def before(*given, **more):
    return listing(*given, seen=WEEK_BEFORE, **more)


def after(*given, **more):
    return listing(*given, **more)


def test_a_company_that_stays_keeps_when_it_was_first_seen():
    """Only its last day in the listing moves."""
    assert merged([before("A")], [after("A")]) == [after("A", first_seen=WEEK_BEFORE)]


def test_a_delisting_takes_the_place_of_the_listing():
    """It is one company, with an end now."""
    assert merged([before("A")], [after("A", ends="2026-11-24")]) == [
        after("A", ends="2026-11-24", first_seen=WEEK_BEFORE)
    ]


def test_a_delisting_stays_though_the_vendor_forgets_it():
    """What was known of history is not lost."""
    gone = before("GONE", ends="2024-03-15")
    assert merged([gone], [after("A")]) == [after("A"), gone]


def test_a_company_that_vanished_has_ended():
    """It is in neither list of the vendor: it was listed until it was seen last."""
    (kept,) = merged([before("FB")], [])
    assert kept.end(AS_OF) == WEEK_BEFORE


def test_a_ticker_reused_is_two_companies():
    """Each with its own days."""
    first, second = before("TWICE", "1999-11-01", "2012-06-29"), after("TWICE", "2019-09-16")
    assert merged([first], [second]) == [first, second]


def test_a_ticker_taken_over_within_the_week_is_two_companies():
    """The vendor names only the new one: the old one had been listed before that began."""
    first, second = before("TWICE", "1999-11-01"), after("TWICE", "2026-11-25")
    assert merged([first], [second]) == [first, second]


@pytest.mark.parametrize("begins", ["2010-02-01", None])
def test_a_corrected_beginning_is_the_same_company(begins):
    """The days overlap, or the vendor no longer says."""
    (kept,) = merged([before("A")], [after("A", begins)])
    assert (kept.ipo_date is not None, kept.first_seen) == (True, WEEK_BEFORE)


def test_a_listing_that_is_put_off_is_the_same_company():
    """It was never listed under the earlier day."""
    first, later = before("COMING", "2026-12-01"), after("COMING", "2026-12-15")
    assert merged([first], [later]) == [after("COMING", "2026-12-15", first_seen=WEEK_BEFORE)]


def test_the_same_answer_twice_changes_nothing():
    """Merging is idempotent, two companies under one symbol included."""
    answer = [after("A"), after("TWICE", "1999-11-01", "2012-06-29"), after("TWICE", "2019-09-16"), after("N", None)]
    once = merged([], answer)
    assert merged(once, answer) == once


def test_the_order_of_the_answer_does_not_matter():
    """Listings are sorted by symbol and time."""
    answer = [after("B"), after("A", "2019-09-16"), after("A", "1999-11-01", "2012-06-29")]
    assert merged([], answer) == merged([], answer[::-1])


@pytest.mark.parametrize("ends", [None, "2024-03-15"])
def test_an_answer_that_lacks_a_tenth_is_not_believed(ends):
    """Of those listed, and of those delisted."""
    kept = [before(f"A{number}", "2010-01-04", ends) for number in range(100)]
    answer = [after(f"A{number}", "2010-01-04", ends) for number in range(89)]
    with pytest.raises(UnexpectedAnswer, match=r"89 symbols that are .*, and that of 2026-11-20 had 100"):
        check_size(kept, answer, WEEK_BEFORE)


def test_an_answer_that_lacks_a_few_is_believed():
    """Companies go."""
    kept = [before(f"A{number}") for number in range(100)]
    check_size(kept, [after(f"A{number}") for number in range(90)], WEEK_BEFORE)


def test_what_had_vanished_before_is_not_missed_again():
    """Only the listings of the answer before are counted."""
    vanished = [listing(f"B{number}", seen=WEEK_BEFORE.replace(day=13)) for number in range(100)]
    check_size([before("A"), *vanished], [after("A")], WEEK_BEFORE)
