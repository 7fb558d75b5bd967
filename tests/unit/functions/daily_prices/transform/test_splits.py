"""What Transform knows of a symbol's splits, and what becomes of an answer about them."""

from datetime import date

import pytest

from stockflow_functions.aws import keys
from stockflow_functions.aws.actions import add_answers, read_actions
from stockflow_functions.daily_prices.transform.splits import splits_of
from stockflow_functions.domain.actions.action import Action
from stockflow_functions.domain.actions.merging import Answer, actions_in
from stockflow_functions.domain.actions.table import SPLIT
from stockflow_functions.domain.clock import from_iso
from tests.helpers.memory_line import Line
from tests.helpers.vendor_bodies import bar, body

JUMP = {"2024-09-05": bar(50.0), "2024-09-04": bar(100.0)}
ASKED_AT = "2024-09-05T22:20:00.000Z"
TWO = Action(SPLIT, date(2024, 9, 5), 2.0)


@pytest.fixture
def line():
    return Line()


def answer(line, *splits, **more):
    """Stores an answer about the splits, as Fetch does."""
    listed = [{"effective_date": day, "split_factor": factor} for day, factor in splits]
    line.services.bucket.put_json(keys.splits("IBM"), {"symbol": "IBM", "asked_at": ASKED_AT, "splits": listed, **more})


def know(line, *actions, at=ASKED_AT):
    """Keeps these actions, as RefreshActions does."""
    add_answers(line.services.bucket, "IBM", [Answer(SPLIT, actions, [], from_iso(at) // 1000)])


def kept(line):
    return read_actions(line.services.bucket, "IBM").actions


def judged(line):
    """The warnings of the second pass, after the question was answered."""
    return line.transform(body(JUMP), asked={"splits": ""})["warnings"]


def test_an_answer_about_a_jump_is_kept_with_the_actions(line):
    """From the moment at which it was asked for."""
    answer(line, ("2024-09-05", 2.0))
    assert judged(line) == []
    assert actions_in(kept(line).at()) == [TWO]
    assert kept(line).asked[SPLIT].last_s * 1000 == from_iso(ASKED_AT)


def test_a_repeated_call_writes_nothing_more(line):
    """Transform may run again with the same answer."""
    answer(line, ("2024-09-05", 2.0))
    judged(line)
    before = line.s3.objects[keys.actions("IBM")]
    line.aws.clock.ms += 86_400_000
    judged(line)
    assert line.s3.objects[keys.actions("IBM")] is before


def test_an_answer_that_could_be_read_in_part_ends_nothing(line):
    """And people are told of what could not be read."""
    before = Action(SPLIT, date(2014, 6, 9), 7.0)
    know(line, before, at="2024-08-01T00:00:00.000Z")
    answer(line, ("2024-09-05", 2.0), unreadable=1)
    assert judged(line) == ["The list of splits has 1 more split that can't be read."]
    assert actions_in(kept(line).at()) == [before, TWO]


def test_a_run_that_leaves_the_dataset_alone_leaves_the_actions_alone(line):
    """They are a part of it."""
    line.saves = False
    answer(line, ("2024-09-05", 2.0))
    assert judged(line) == []
    assert keys.actions("IBM") not in line.s3.objects


def test_an_ordinary_answer_touches_no_actions(line):
    """The answer and the stored table are read, the new one is staged: most symbols never jump."""
    line.transform(body({"2024-09-05": bar(101.0), "2024-09-04": bar(100.0)}))
    assert line.s3.calls == {"get_object": 2, "put_object": 1}


def test_the_actions_explain_a_jump(line):
    """No request is spent on what RefreshActions has asked for."""
    know(line, TWO)
    assert line.transform(body(JUMP))["warnings"] == []


def test_a_split_that_can_not_be_is_told_and_not_kept(line):
    """The jump stays unexplained."""
    answer(line, ("2024-09-05", 0.0))
    assert judged(line)[0] == (
        "A split of 0 on 2024-09-05 is not kept: a split's factor is 1, or not between 1/10000 and 10000."
    )
    assert actions_in(kept(line).at()) == []


@pytest.mark.parametrize("stored", [b"no table", b""])
def test_damaged_actions_do_not_fail_the_symbol(line, stored):
    """They stay as they are, and people are told."""
    answer(line, ("2024-09-05", 2.0))
    line.s3.place(keys.actions("IBM"), stored)
    (sentence,) = judged(line)
    assert sentence.startswith("The splits are not kept with the actions: s3://")
    assert line.s3.objects[keys.actions("IBM")] == stored


def test_a_refusal_does_not_hide_what_is_known(line):
    """The day on which the vendor had no answer counts, the splits known before it too."""
    know(line, TWO)
    line.services.bucket.put_json(keys.splits_refused("IBM"), {"asked_at": "2024-09-07T00:00:00.000Z"})
    known = splits_of(line.services.bucket, "IBM")
    assert (known.factors, known.asked_on) == ({TWO.date: 2.0}, date(2024, 9, 7))


def test_a_file_that_could_be_read_in_part_does_not_hide_what_is_known(line):
    """What it lacks may be what could not be read."""
    before = Action(SPLIT, date(2014, 6, 9), 7.0)
    know(line, before, at="2024-08-01T00:00:00.000Z")
    answer(line, ("2024-09-05", 2.0), unreadable=1)
    assert splits_of(line.services.bucket, "IBM").factors == {before.date: 7.0, TWO.date: 2.0}


def test_the_file_of_an_answer_counts_where_it_is_newer(line):
    """It was asked for because a close jumped."""
    know(line, at="2024-08-01T00:00:00.000Z")
    answer(line, ("2024-09-05", 2.0))
    assert splits_of(line.services.bucket, "IBM").factors == {TWO.date: 2.0}
