"""What is known of a symbol's actions, with an answer in it."""

from datetime import date

import pytest

from stockflow_functions.domain.actions.action import Action
from stockflow_functions.domain.actions.merging import Answer, actions_in, merged
from stockflow_functions.domain.actions.table import DIVIDEND, SPLIT, Actions, Asked
from stockflow_functions.domain.errors import UnexpectedAnswer

FOUR, TWO = Action(SPLIT, date(2020, 8, 31), 4.0), Action(SPLIT, date(2000, 6, 21), 2.0)
PAID = Action(DIVIDEND, date(2026, 11, 6), 0.25, date(2026, 10, 29), date(2026, 11, 6), date(2026, 11, 12))
FIRST_S, LATER_S = 1_700_000_000, 1_702_592_000


def after(*answers, kind=SPLIT, aside=()):
    """What is known after these answers, a month apart."""
    known = Actions()
    for month, sound in enumerate(answers):
        known = merged(known, "AAPL", Answer(kind, sound, aside, FIRST_S + month * (LATER_S - FIRST_S)))
    return known


def test_what_is_new_is_known_from_then_on():
    """And nothing of it before."""
    known = after([FOUR], [FOUR, TWO])
    assert actions_in(known.at(FIRST_S - 1)) == []
    assert actions_in(known.at(FIRST_S)) == [FOUR]
    assert actions_in(known.at(LATER_S)) == actions_in(known.at()) == [TWO, FOUR]


def test_a_correction_ends_what_was_known_and_begins_another():
    """Both stay, each with its time."""
    corrected = FOUR._replace(value=4.5)
    known = after([FOUR], [corrected])
    assert actions_in(known.at(LATER_S - 1)) == [FOUR]
    assert actions_in(known.at(LATER_S)) == [corrected]


def test_what_the_vendor_no_longer_says_ends():
    """It was never so, or it was called off."""
    known = after([FOUR, TWO], [TWO])
    assert (actions_in(known.at(FIRST_S)), actions_in(known.at())) == ([TWO, FOUR], [TWO])


def test_a_day_that_is_filled_in_is_a_correction():
    """When a dividend is paid is often told later than its ex-date."""
    known = after([PAID._replace(paid=None)], [PAID], kind=DIVIDEND)
    assert [action.paid for action in actions_in(known.at(FIRST_S))] == [None]
    assert actions_in(known.at()) == [PAID]


def test_what_is_said_again_changes_nothing_but_the_time():
    """The rows are the same, and the vendor has been asked later."""
    once, twice = after([FOUR]), after([FOUR], [FOUR])
    assert twice.rows.equals(once.rows)
    assert twice.asked == {SPLIT: Asked(FIRST_S, LATER_S)}


@pytest.mark.parametrize("at_s", [FIRST_S, FIRST_S - 60])
def test_an_answer_that_is_not_newer_is_passed_over(at_s):
    """Transform may be repeated, and may come late."""
    known = after([FOUR])
    assert merged(known, "AAPL", Answer(SPLIT, [TWO], [], at_s)) is known


def test_one_kind_says_nothing_of_the_other():
    """Splits stay as they are when dividends come."""
    known = merged(after([FOUR]), "AAPL", Answer(DIVIDEND, [PAID], [], LATER_S))
    assert actions_in(known.at()) == [FOUR, PAID]
    assert known.asked == {SPLIT: Asked(FIRST_S, FIRST_S), DIVIDEND: Asked(LATER_S, LATER_S)}


def test_an_empty_answer_is_knowledge_too():
    """Who never split is known never to have split, from then on."""
    known = after([])
    assert (known.is_known(SPLIT), known.is_known(SPLIT, FIRST_S - 1), known.is_known(DIVIDEND)) == (True, False, False)


def test_what_is_set_aside_does_not_end_what_was_known_of_its_date():
    """The vendor's slip is no correction."""
    known = merged(after([FOUR]), "AAPL", Answer(SPLIT, [], [FOUR._replace(value=0.0)], LATER_S))
    assert actions_in(known.at()) == [FOUR]


def test_what_is_set_aside_ends_where_it_was_believed_before():
    """A later check may know better: prices came that it can be held against."""
    known = merged(after([FOUR]), "AAPL", Answer(SPLIT, [], [FOUR], LATER_S))
    assert actions_in(known.at()) == []


def test_an_answer_that_is_not_complete_ends_nothing_that_it_lacks():
    """What it lacks may be what can't be read; what it has is known from then on."""
    known = merged(after([FOUR]), "AAPL", Answer(SPLIT, [TWO], [], LATER_S, complete=False))
    assert actions_in(known.at()) == [TWO, FOUR]
    assert known.asked == {SPLIT: Asked(FIRST_S, FIRST_S)}


def test_an_answer_that_is_not_complete_corrects_what_it_has():
    """Two splits of a day would count twice."""
    corrected = FOUR._replace(value=4.5)
    known = merged(after([FOUR, TWO]), "AAPL", Answer(SPLIT, [corrected], [], LATER_S, complete=False))
    assert actions_in(known.at()) == [TWO, corrected]


def test_a_list_that_was_never_whole_does_not_make_a_kind_known():
    """That there are no others is not said; a repeated call changes nothing."""
    known = merged(Actions(), "AAPL", answer := Answer(SPLIT, [FOUR], [], FIRST_S, complete=False))
    assert (actions_in(known.at()), known.is_known(SPLIT)) == ([FOUR], False)
    assert merged(known, "AAPL", answer) is known


def test_what_the_same_answer_has_twice_stays_known():
    """Once it is sound, once it is set aside."""
    known = merged(after([FOUR]), "AAPL", Answer(SPLIT, [FOUR], [FOUR], LATER_S))
    assert actions_in(known.at()) == [FOUR]


def test_an_empty_answer_is_not_believed_where_many_were_known():
    """A company does not lose its whole past."""
    known = after([FOUR, TWO, FOUR._replace(date=date(2014, 6, 9))])
    with pytest.raises(UnexpectedAnswer, match="list of splits of AAPL is empty, and 3 splits of it are known"):
        merged(known, "AAPL", Answer(SPLIT, [], [], LATER_S))
