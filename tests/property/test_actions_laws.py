"""What holds for splits and dividends, whatever a vendor says of them from one answer to the next."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from stockflow_functions.domain.actions.action import Action
from stockflow_functions.domain.actions.checks import judge
from stockflow_functions.domain.actions.merging import BELIEVED_EMPTY, Answer, actions_in, merged
from stockflow_functions.domain.actions.table import DIVIDEND, KINDS, SPLIT, Actions, decode, encode
from stockflow_functions.domain.errors import UnexpectedAnswer
from stockflow_functions.domain.prices.parquet import empty_table
from stockflow_functions.domain.prices.series import DAILY
from tests.helpers.examples import examples

TODAY, FIRST_S = date(2026, 11, 27), 1_700_000_000
DAYS = st.integers(0, 6).map(lambda days: date(2026, 3, 2) + timedelta(days=days))
VALUES = st.sampled_from([0.25, 2.0, 3.0, 0.0, 1.0, float("nan")])
MAYBE = st.none() | DAYS
SAID = {
    SPLIT: st.builds(Action, st.just(SPLIT), DAYS, VALUES),
    DIVIDEND: st.builds(Action, st.just(DIVIDEND), DAYS, VALUES, MAYBE, MAYBE, MAYBE),
}


@st.composite
def histories(draw):
    """Answers in the order of time, each some seconds after the one before."""
    at_s, answers = FIRST_S, []
    for kind in draw(st.lists(st.sampled_from(KINDS), max_size=6)):
        at_s += draw(st.integers(1, 3))
        judged = judge(draw(st.lists(SAID[kind], max_size=4)), empty_table(DAILY), TODAY)
        aside = [one.action for one in judged.aside]
        answers.append(Answer(kind, judged.sound, aside, at_s, complete=draw(st.booleans())))
    return answers


def believed(held, answer):
    """What of a kind is known after an answer: the copy that the table is held to."""
    if not answer.sound and not answer.aside:
        return held if len(held) > BELIEVED_EMPTY or not answer.complete else set()
    unsure = {action.date for action in answer.aside}
    if not answer.complete:  # what it lacks may be among what can't be read, unless it has a new action of that day
        restated = {action.date for action in answer.sound if action not in held}
        unsure |= {action.date for action in held} - restated
    stays = {action for action in held if action.date in unsure and action not in answer.aside}
    return set(answer.sound) | stays


@settings(max_examples=examples(45), deadline=None)
@given(histories())
def test_what_was_known_at_each_moment_is_known_for_ever(answers):
    """A copy is kept at each answer; the table gives each of them back, through its bytes."""
    actions, held, copies = Actions(), {kind: set() for kind in KINDS}, []
    for answer in answers:
        actions = after(actions, answer)
        held = {**held, answer.kind: believed(held[answer.kind], answer)}
        copies.append((answer.at_s, set().union(*held.values())))
    actions = decode(encode(actions), "A")
    for at_s, copy in copies:
        assert set(actions_in(actions.at(at_s))) == copy
    assert set(actions_in(actions.at())) == (copies[-1][1] if copies else set())
    assert len(actions_in(actions.at())) == len(set(actions_in(actions.at())))


def after(actions, answer):
    try:
        return merged(actions, "A", answer)
    except UnexpectedAnswer:
        return actions


@settings(max_examples=examples(30), deadline=None)
@given(histories(), st.randoms())
def test_answers_that_come_again_change_nothing(answers, random):
    """Late, twice, in whatever order: what is known is known."""
    actions = Actions()
    for answer in answers:
        actions = after(actions, answer)
    again = random.sample(answers, len(answers))
    assert all(after(actions, answer) is actions for answer in again)
