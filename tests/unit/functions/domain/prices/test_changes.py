"""The undo log of a table: what it was at each moment of its life."""

import numpy as np
import pandas as pd
import pytest

from stockflow_functions.domain.parquet import NewerTableError, NotATableError
from stockflow_functions.domain.prices.changes import (
    CHANGES_KEY,
    UnknownThen,
    changes_of,
    columns_as_of,
    metadata_of,
    noted,
    table_as_of,
)
from stockflow_functions.domain.prices.packed import packed
from stockflow_functions.domain.prices.parquet import decode, empty_table, encode
from stockflow_functions.domain.prices.series import DAILY, DAILY_ADJUSTED
from stockflow_functions.domain.prices.undo_log import Changes
from tests.helpers.tables import adjusted, closes, daily, same
from tests.helpers.vendor_bodies import weekdays

FIRST = daily({"2024-09-03": 99.0, "2024-09-04": 100.0})
SECOND = daily({"2024-09-03": 99.0, "2024-09-04": 100.5, "2024-09-05": 101.0})
MOVED = daily({"2024-09-03": 99.0, "2024-09-06": 102.0})
DAYS = weekdays("2024-01-01", 40)


def life(*tables, series=DAILY):
    """The last table and the log of one that was each of these in turn, from second 100 on, a hundred seconds each."""
    log, before = Changes(since_s=None), empty_table(series)
    for number, table in enumerate(tables, start=1):
        log, before = noted(log, before, table, number * 100), table
    return before, log


def test_each_moment_gives_the_table_of_then():
    """Rows that came, values that changed and rows that went are undone, the newest first."""
    now, log = life(FIRST, SECOND, MOVED, SECOND, FIRST)

    for moment, then in [
        (99, empty_table(DAILY)),
        (100, FIRST),
        (199, FIRST),
        (200, SECOND),
        (300, MOVED),
        (499, SECOND),
    ]:
        same(table_as_of(now, log, moment), then)


def test_without_a_later_event_the_table_is_the_same():
    """It is not even copied."""
    now, log = life(FIRST, SECOND)

    assert table_as_of(now, log, 200) is now


def test_the_arrays_that_no_later_event_touches_are_the_same():
    """So that whoever holds arrays copies nothing either."""
    now, log = life(FIRST)
    dates, columns = now["date"].to_numpy().astype("datetime64[D]"), {"close": now["close"].to_numpy()}

    assert columns_as_of(dates, columns, log, 100)[1] is columns


def test_some_columns_are_enough():
    """Who has read the closes alone gets those of then."""
    now, log = life(FIRST, SECOND)

    assert closes(table_as_of(now[["date", "close"]], log, 150)) == {"2024-09-03": 99.0, "2024-09-04": 100.0}


def test_an_equal_table_adds_no_event():
    """What is saved again as it was is no change."""
    now, log = life(FIRST)

    assert noted(log, now, now.copy(), 900) is log


def test_a_clock_that_is_behind_takes_no_event_back():
    """An event is never before the one before it."""
    now, log = life(FIRST, SECOND)
    log = noted(log, now, FIRST, 50)

    assert log.at_s.tolist() == [100, 200, 200]
    same(table_as_of(FIRST, log, 199), FIRST)


def test_a_table_without_a_log_is_known_from_its_next_event_on():
    """An older release wrote it: nothing is guessed about the time before."""
    log = noted(None, FIRST, SECOND, 700)

    same(table_as_of(SECOND, log, 700), SECOND)
    with pytest.raises(UnknownThen, match=r"known from 1970-01-01T00:11:40\.000Z on") as caught:
        table_as_of(SECOND, log, 699)
    assert caught.value.since_s == 700


def test_without_any_log_nothing_is_known():
    """Not even of a moment a second ago."""
    with pytest.raises(UnknownThen, match="no changes noted") as caught:
        table_as_of(FIRST, None, 2_000_000_000)

    assert caught.value.since_s is None


def test_a_few_adjusted_closes_are_kept_one_by_one():
    """A renewal of less than the whole basis is a change like any other."""
    before = adjusted(dict.fromkeys(DAYS, (100.0, 0.5)))
    after = before.assign(adjusted_close=[*before["adjusted_close"][:-9], *[49.0] * 9])
    now, log = life(before, after, series=DAILY_ADJUSTED)

    same(table_as_of(now, log, 100), before)


def test_before_a_renewed_basis_no_adjusted_close_is_known():
    """Those that were renewed are empty, and all else is as it was."""
    before = adjusted(dict.fromkeys(DAYS[:20], (100.0, 0.5)))
    after = adjusted(dict.fromkeys(DAYS, (100.0, 0.25)))
    now, log = life(before, after.assign(volume=[1, *after["volume"][1:]]), series=DAILY_ADJUSTED)

    same(table_as_of(now, log, 100), before.assign(adjusted_close=np.nan))


def test_a_renewal_costs_a_few_numbers():
    """However many bars it renews."""
    before = adjusted(dict.fromkeys(DAYS, (100.0, 0.5)))
    _, log = life(before, before.assign(adjusted_close=25.0), series=DAILY_ADJUSTED)

    assert "adjusted_close" not in log.cells
    assert len(log.renewed.event) == 1


def test_a_log_comes_back_from_its_text():
    """Exactly, with doubles that have no short decimal."""
    table = FIRST.assign(close=[0.1 + 0.2, 5e-324], volume=[9007199254740993, 0])
    now, log = life(FIRST, table, MOVED, SECOND)
    back = decode(encode(now, DAILY, log), DAILY, "IBM").changes

    for moment, then in ((100, FIRST), (200, table), (300, MOVED)):
        same(table_as_of(now, back, moment), then)


def test_the_text_is_ascii():
    """Other readers of Parquet take metadata for UTF-8."""
    text = metadata_of(life(FIRST, SECOND, MOVED)[1])[CHANGES_KEY]

    assert text.isascii()


@pytest.mark.parametrize("text", [b"", b"no log", b"{}", b"\xff", metadata_of(life(FIRST)[1])[CHANGES_KEY][:-5]])
def test_a_text_that_is_no_log_is_refused(text):
    """Cut short, or something else altogether."""
    with pytest.raises(NotATableError, match="its changes can't be read"):
        changes_of({CHANGES_KEY: text})


def test_a_log_of_a_newer_release_is_told():
    """Its numbers may mean something else."""
    with pytest.raises(NewerTableError, match="version 2, and this release knows 1"):
        changes_of({CHANGES_KEY: packed([2, "something else"], [])})


@pytest.mark.parametrize("metadata", [None, {}, {b"stockflow.schema": b"1"}])
def test_no_text_is_no_log(metadata):
    """As in the tables of older releases."""
    assert changes_of(metadata) is None


def test_a_log_that_can_not_be_read_leaves_the_rows():
    """They are right without it, and that it was there is told."""
    log = life(FIRST)[1]
    body = encode(FIRST, DAILY, log)
    text = metadata_of(log)[CHANGES_KEY]
    found = decode(body.replace(text, text[::-1]), DAILY, "IBM")

    same(found.table, FIRST)
    assert (found.changes, found.forgot, found.migrated) == (None, True, False)


def test_random_lives_are_undone_exactly():
    """Of many tables with rows that come, change and go, each is found again at its moment."""
    draws = np.random.default_rng(7)
    tables = []
    for _ in range(20):
        days = [day for day in DAYS if draws.random() < 0.7] or DAYS[:1]
        tables.append(daily({day: float(draws.integers(1, 4)) for day in days}))
    now, log = life(*tables)
    at = dict(zip(log.at_s.tolist(), tables, strict=True))

    for moment, then in at.items():
        pd.testing.assert_frame_equal(table_as_of(now, log, moment), then)
