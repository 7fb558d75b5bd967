"""A new table into the stored one."""

from stockflow_functions.domain.prices.merging import merge
from stockflow_functions.domain.prices.parquet import empty_table
from stockflow_functions.domain.prices.series import DAILY, Step
from tests.helpers.tables import adjusted, closes, daily, days, same

STORED = {"2024-09-03": 3.0, "2024-09-04": 4.0}


def test_the_first_table_is_all_new():
    """Nothing stored, everything added."""
    merged = merge(empty_table(DAILY), daily(STORED), Step.SESSION)

    assert closes(merged.table) == STORED
    assert (len(merged.added), len(merged.changed), merged.unchanged) == (2, 0, 0)


def test_rows_are_upserted_by_date():
    """A known date is replaced, a new one added, and what the new table doesn't reach stays."""
    merged = merge(daily(STORED), daily({"2024-09-04": 4.5, "2024-09-05": 5.0}), Step.SESSION)

    assert closes(merged.table) == {"2024-09-03": 3.0, "2024-09-04": 4.5, "2024-09-05": 5.0}
    assert (days(merged.added), days(merged.changed), merged.unchanged) == (["2024-09-05"], ["2024-09-04"], 0)
    assert closes(merged.before) == {"2024-09-04": 4.0}


def test_older_rows_are_put_before():
    """A back-fill goes where it belongs."""
    merged = merge(daily(STORED), daily({"2024-08-30": 1.0}), Step.SESSION)

    assert days(merged.table) == ["2024-08-30", "2024-09-03", "2024-09-04"]


def test_the_same_again_changes_nothing():
    """Merging a table twice is merging it once."""
    once = merge(empty_table(DAILY), daily(STORED), Step.SESSION).table
    again = merge(once, daily(STORED), Step.SESSION)

    same(again.table, once)
    assert (len(again.added), len(again.changed), again.unchanged) == (0, 0, 2)


def test_an_unknown_adjusted_close_equals_itself():
    """A row whose adjusted close is empty is not changed by coming again so."""
    stored = adjusted({"2024-09-03": (3.0, 1.0)}).assign(adjusted_close=float("nan"))

    assert merge(stored, stored, Step.SESSION).unchanged == 1


def test_an_empty_table_changes_nothing():
    """Where nothing is settled yet, the stored table stays."""
    merged = merge(daily(STORED), daily({}), Step.SESSION)

    assert closes(merged.table) == STORED
    assert merged.added.empty
