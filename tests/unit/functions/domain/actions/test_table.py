"""A symbol's actions as bytes."""

from datetime import date

import pyarrow as pa
import pytest

from stockflow_functions.domain.actions.action import Action
from stockflow_functions.domain.actions.merging import Answer, merged
from stockflow_functions.domain.actions.splits import splits_known
from stockflow_functions.domain.actions.table import (
    ACTIONS,
    ASKED_KEY,
    DIVIDEND,
    SPLIT,
    Actions,
    decode,
    encode,
)
from stockflow_functions.domain.parquet import VERSION_KEY, NewerTableError, NotATableError, from_bytes, to_bytes
from stockflow_functions.domain.prices.known_splits import KnownSplits

DAY = date(2020, 8, 31)
AT_S = 1_795_800_000  # 2026-11-27
FOUR = Action(SPLIT, DAY, 4.0)
PAID = Action(DIVIDEND, DAY, 0.25, paid=date(2020, 9, 10))


def known(*actions, kind=SPLIT, at_s=AT_S):
    return merged(Actions(), "AAPL", Answer(kind, actions, [], at_s))


def rewritten(metadata, change=lambda table: table):
    """The bytes of a table with other metadata, or other rows."""
    return to_bytes(change(from_bytes(encode(known(FOUR)))), {VERSION_KEY: b"1", ASKED_KEY: b"{}", **metadata})


def test_actions_come_back_as_they_were():
    """Rows, types and the times at which the vendor was asked."""
    actions = merged(known(FOUR), "AAPL", Answer(DIVIDEND, [PAID], [], AT_S + 60))
    back = decode(encode(actions), "AAPL")
    assert back.rows.equals(actions.rows)
    assert list(back.rows.dtypes) == list(actions.rows.dtypes) == list(Actions().rows.dtypes)
    assert back.asked == actions.asked


def test_the_same_actions_give_the_same_bytes():
    """In whatever order the vendor has them."""
    other = FOUR._replace(date=date(2014, 6, 9), value=7.0)
    assert encode(known(FOUR, other)) == encode(known(other, FOUR))


def test_who_has_none_has_a_table_without_rows():
    """That says since when it is known."""
    back = decode(encode(known()))
    assert (len(back.rows), back.is_known(SPLIT), back.is_known(DIVIDEND)) == (0, True, False)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"no table", "can't be read as Parquet"),
        (rewritten({ASKED_KEY: b'{"split": 7}'}), "does not say when"),
        (rewritten({ASKED_KEY: b"{"}), "does not say when"),
        (rewritten({}, lambda table: table.drop_columns(["kind"])), "no column kind"),
        (
            rewritten({}, lambda table: table.set_column(2, ACTIONS.field("kind"), pa.array(["merger"]))),
            "a kind of action that there is not: 'merger'",
        ),
        (
            rewritten(
                {}, lambda table: table.set_column(3, pa.field("value", pa.float64()), pa.array([None], pa.float64()))
            ),
            "its column value has an empty field",
        ),
    ],
    ids=["bytes", "no times", "no JSON", "no kind", "another kind", "no value"],
)
def test_what_is_no_such_table_is_refused(body, said):
    """With what is wrong about it."""
    with pytest.raises(NotATableError, match=said):
        decode(body)


def test_metadata_that_says_nothing_leaves_both_kinds_unknown():
    """Rows alone do not say that they are all."""
    assert not decode(rewritten({})).is_known(SPLIT)


def test_a_table_of_another_symbol_is_refused():
    """A copied object would adjust prices by another company's splits."""
    with pytest.raises(NotATableError, match="another symbol than MSFT"):
        decode(encode(known(FOUR)), "MSFT")


def test_a_newer_releases_table_is_refused():
    """It may say more than this release understands."""
    with pytest.raises(NewerTableError):
        decode(rewritten({VERSION_KEY: b"2"}))


EARLIER, LATER = (KnownSplits({DAY: 2.0}, day) for day in (date(2026, 11, 1), date(2026, 11, 28)))


@pytest.mark.parametrize(
    ("actions", "file", "factors"),
    [
        (None, EARLIER, {DAY: 2.0}),
        (known(PAID, kind=DIVIDEND), EARLIER, {DAY: 2.0}),
        (known(FOUR), EARLIER, {DAY: 4.0}),
        (known(FOUR), LATER, {DAY: 2.0}),
        (known(FOUR), KnownSplits({}), {DAY: 4.0}),
        (known(), EARLIER, {}),
    ],
    ids=["no actions", "never asked for splits", "asked later", "asked earlier", "no file", "none, asked later"],
)
def test_those_splits_count_that_were_asked_for_last(actions, file, factors):
    """There are two places: the answer about a jump, and the actions."""
    assert splits_known(actions, file).factors == factors
