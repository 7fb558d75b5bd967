"""A symbol's object of splits and dividends: read, and replaced on condition."""

from datetime import date

import pytest

from stockflow.testing import FakeS3
from stockflow_functions.aws import keys
from stockflow_functions.aws.actions import TRIES, add_answers, read_actions
from stockflow_functions.domain.actions.action import Action
from stockflow_functions.domain.actions.merging import Answer, actions_in
from stockflow_functions.domain.actions.table import ASKED_KEY, SPLIT, encode
from stockflow_functions.domain.errors import StorageDenied, WriteConflict
from stockflow_functions.domain.parquet import VERSION_KEY, from_bytes, to_bytes

TWO = Action(SPLIT, date(2026, 3, 2), 2.0)


@pytest.fixture
def s3():
    return FakeS3()


def answer(*actions, at_s=1_795_700_000):
    return [Answer(SPLIT, actions, [], at_s)]


def test_what_is_known_before_and_after_is_given_back(s3):
    """So that who asks can tell whether there is news."""
    before, after = add_answers(s3.bucket, "A", answer(TWO))
    assert (actions_in(before.at()), actions_in(after.at())) == ([], [TWO])
    assert actions_in(read_actions(s3.bucket, "A").actions.at()) == [TWO]


def test_an_answer_that_is_known_is_not_written_again(s3):
    """Not even its time."""
    add_answers(s3.bucket, "A", answer(TWO))
    add_answers(s3.bucket, "A", answer(TWO))
    assert s3.calls["put_object"] == 1


def test_a_race_that_is_lost_again_and_again_is_given_up(s3):
    """The workflow, or the next refresh, tries once more."""
    put, rivals = s3.put_object, iter(range(1, 100))

    def others_first(**request):
        put(Bucket=request["Bucket"], Key=request["Key"], Body=encode_of(next(rivals)))
        return put(**request)

    s3.put_object = others_first
    with pytest.raises(WriteConflict, match=f"{TRIES} times in a row"):
        add_answers(s3.bucket, "A", answer(TWO))
    assert next(rivals) == TRIES + 1


def encode_of(at_s):
    """A table that somebody else wrote at that second."""
    other = FakeS3()
    return encode(add_answers(other.bucket, "A", answer(at_s=at_s))[1])


def test_a_newer_releases_object_stays(s3):
    """And the sentence says what to do."""
    add_answers(s3.bucket, "A", answer(TWO))
    newer = to_bytes(from_bytes(s3.objects[keys.actions("A")]), {VERSION_KEY: b"2", ASKED_KEY: b"{}"})
    s3.place(keys.actions("A"), newer)
    with pytest.raises(StorageDenied, match=r"is a newer release's .*: install that one"):
        add_answers(s3.bucket, "A", answer(at_s=1_795_800_000))
    assert s3.objects[keys.actions("A")] == newer
