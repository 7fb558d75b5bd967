"""What is joined to the stored table, and what is not."""

from datetime import date

import pytest

from stockflow_functions.domain.prices.exchanges import US
from stockflow_functions.domain.prices.parquet import empty_table
from stockflow_functions.domain.prices.saving import TableInfo, reconcile
from stockflow_functions.domain.prices.series import DAILY, DAILY_ADJUSTED, SERIES
from tests.helpers.tables import adjusted, closes, daily, days, same
from tests.helpers.vendor_bodies import bar, weekdays

PLACE = TableInfo(US, "prices/daily/IBM.parquet", "`the command`")
DAYS = weekdays("2024-08-01", 22)
DAYS_LATER = ("2024-09-05", "2024-09-06")


def test_the_first_table_is_taken_as_it_is():
    """Nothing stored, nothing to compare."""
    table = daily({"2024-09-05": 1.0})

    same(reconcile(empty_table(DAILY), table, DAILY, PLACE, full=False).merged.table, table)


def test_the_same_again_changes_nothing():
    """Neither values nor words."""
    table = daily({"2024-09-05": 1.0})
    joined = reconcile(table, table, DAILY, PLACE, full=False)

    assert joined.changes_nothing
    assert (joined.sentences, joined.restated) == ([], None)


def test_a_restatement_is_said():
    """With its sentence."""
    joined = reconcile(
        daily({"2024-09-04": 1.0, "2024-09-05": 1.0}), daily({"2024-09-04": 1.1}), DAILY, PLACE, full=False
    )

    assert joined.restated.kind == "few"
    assert joined.sentences == ["1 stored bar was restated: 2024-09-04 close 1.0 to 1.1, open 1.0 to 1.1 and 2 more."]


def test_a_gap_is_said_with_the_command_that_fills_it():
    """Nobody ran it for five months, and compact reaches back 100 sessions only."""
    joined = reconcile(daily({"2024-01-05": 1.0}), daily({"2024-06-10": 1.0}), DAILY, PLACE, full=False)

    (sentence,) = joined.sentences
    assert sentence.startswith("No bars between 2024-01-05 and 2024-06-10 (106 sessions): ")
    assert sentence.endswith("`the command` fills the gap.")
    assert days(joined.merged.table) == ["2024-01-05", "2024-06-10"]


@pytest.mark.parametrize(
    ("stored", "new"), [("2024-08-30", "2024-09-03"), ("2024-09-05", "2024-09-04"), ("2024-09-05", "2024-09-05")]
)
def test_neighbours_have_no_gap(stored, new):
    """A long weekend with a holiday is none, in either order."""
    assert reconcile(daily({stored: 1.0}), daily({new: 1.0}), DAILY, PLACE, full=False).sentences == []


def test_a_gap_before_the_stored_bars_is_said_too():
    """An older answer that ends long before them."""
    assert (
        "2024-01-05 and 2024-06-10"
        in reconcile(daily({"2024-06-10": 1.0}), daily({"2024-01-05": 1.0}), DAILY, PLACE, full=False).sentences[0]
    )


def test_the_gap_of_an_adjusted_series_names_its_own_command():
    """Two histories of one basis, with nothing between."""
    stored, new = at(1.0, DAYS[:3]), at(1.0, DAYS[:1] + DAYS[10:])
    joined = reconcile(stored, new.iloc[1:], DAILY, PLACE, full=False)

    assert PLACE.refill in joined.sentences[0]
    assert PLACE.refill in reconcile(stored, new.iloc[1:], DAILY_ADJUSTED, PLACE, full=False).sentences[0]


@pytest.mark.parametrize("series", ["daily", "daily_adjusted"])
def test_a_history_that_begins_after_the_stored_one_may_be_another_companys(series):
    """A symbol that died and came back: all rows stay, and a person is told what to do where they don't belong."""
    make = daily if series == "daily" else adjusted
    value = 1.0 if series == "daily" else (1.0, 1.0)
    stored, new = make(dict.fromkeys(DAYS[:3], value)), make(dict.fromkeys(DAYS[10:], value))
    joined = reconcile(stored, new, SERIES[series], PLACE, full=True)

    assert len(joined.merged.table) == 15
    assert joined.sentences[0] == (
        f"The vendor's history begins on {DAYS[10]}, after the stored bars' end, {DAYS[2]}: "
        f"if IBM now belongs to another company, move prices/daily/IBM.parquet away and run it again."
    )


def test_a_history_that_begins_behind_a_hole_may_be_another_companys():
    """The newest bars came first, with a gap before them, and the whole history does not fill it."""
    stored = daily(dict.fromkeys([*DAYS[:3], *DAYS[15:20]], 1.0))
    joined = reconcile(stored, daily(dict.fromkeys(DAYS[10:], 1.0)), DAILY, PLACE, full=True)

    assert joined.sentences[0].startswith(f"The vendor's history begins on {DAYS[10]}, after the stored bars' end")


def test_a_history_that_begins_later_without_a_hole_is_the_vendors_window():
    """It once rolled over twenty years; what it no longer reaches stays, and nothing is odd."""
    joined = reconcile(
        daily(dict.fromkeys(DAYS[:20], 1.0)), daily(dict.fromkeys(DAYS[5:], 1.0)), DAILY, PLACE, full=True
    )

    assert (joined.sentences, len(joined.merged.table)) == ([], 22)


@pytest.mark.parametrize(
    ("common", "far", "factor", "told"),
    [(10, 6, 3.0, True), (10, 6, 0.9, True), (10, 5, 3.0, False), (9, 9, 3.0, False), (10, 10, 1.04, False)],
)
def test_closes_that_come_back_far_off_may_be_another_companys(common, far, factor, told):
    """Most of ten or more: no vendor corrects half of its closes by 5 %."""
    stored = daily(dict.fromkeys(DAYS[:common], 100.0))
    new = daily({**dict.fromkeys(DAYS[:common], 100.0), **dict.fromkeys(DAYS[:far], 100.0 * factor)})
    joined = reconcile(stored, new, DAILY, PLACE, full=False)

    said = [line.split(":")[0] for line in joined.sentences if "another company" in line]
    assert said == told * [f"{far} of {common} closes differ by over 5 % from the stored ones"]
    assert len(joined.merged.changed) == far


@pytest.mark.parametrize(("factor", "words"), [(0.01, "a hundredth of"), (100.0, "a hundred times")])
def test_a_hundredfold_of_most_closes_is_another_unit_not_another_company(factor, words):
    """A vendor that goes from pence to pounds restates all that it sends."""
    stored = daily(dict.fromkeys(DAYS, 380.0))
    joined = reconcile(stored, daily(dict.fromkeys(DAYS[10:], 380.0 * factor)), DAILY, PLACE, full=False)

    assert [one.check for one in joined.findings] == ["unit-switch", "restated"]
    assert joined.sentences[0].startswith(f"12 of 12 closes are {words} the stored ones.")


def test_a_gap_is_known_by_the_last_bar_before_it():
    """While it grows, that stays; how many sessions it has does not."""
    stored = daily({"2024-09-03": 1.0})
    gaps = [reconcile(stored, daily({day: 1.0}), DAILY, PLACE, full=False).findings for day in DAYS_LATER]

    assert [(one.check, one.bars, one.newest) for (one,) in gaps] == [
        ("gap", 1, date(2024, 9, 3)),
        ("gap", 2, date(2024, 9, 3)),
    ]


def test_the_volume_of_the_newest_bar_is_no_finding():
    """It is restated nearly every day; other values are found, and counted."""
    stored = daily({"2024-09-03": bar(1.0), "2024-09-04": bar(1.0)})
    volume, close = daily({"2024-09-04": bar(1.0, volume=7)}), daily({"2024-09-04": bar(1.1)})

    assert reconcile(stored, volume, DAILY, PLACE, full=False).findings == []
    (found,) = reconcile(stored, close, DAILY, PLACE, full=False).findings
    assert (found.check, found.bars, found.newest) == ("restated", 1, date(2024, 9, 4))


def test_a_later_answer_is_not_turned_back():
    """Of an earlier answer that comes late, only the dates that lack are taken."""
    stored = daily({"2024-09-04": 4.0, "2024-09-05": 5.0})
    joined = reconcile(stored, daily({"2024-09-03": 3.3, "2024-09-04": 4.4}), DAILY, PLACE, full=False, late=True)

    assert closes(joined.merged.table) == {"2024-09-03": 3.3, "2024-09-04": 4.0, "2024-09-05": 5.0}
    assert joined.restated is None


def at(factor, of=DAYS):
    return adjusted(dict.fromkeys(of, (100.0, factor)))


def test_adjusted_bars_of_the_same_basis_join():
    """An ordinary day."""
    joined = reconcile(at(0.5, DAYS[:20]), at(0.5, DAYS[10:]), DAILY_ADJUSTED, PLACE, full=False)

    assert not joined.refused
    assert len(joined.merged.table) == 22


def test_another_basis_is_never_spliced():
    """After a split the newest bars alone can't be joined: nothing changes, it is stale, and the cure is said."""
    stored = at(0.5, DAYS[:20])
    joined = reconcile(stored, at(0.25, DAYS[10:]), DAILY_ADJUSTED, PLACE, full=False)

    assert (joined.refused, joined.stale, joined.changes_nothing) == (True, True, True)
    same(joined.merged.table, stored)
    assert PLACE.refill in joined.sentences[0]


def test_no_common_day_is_another_basis():
    """Without a day to compare, nothing says that they belong together."""
    assert reconcile(at(0.5, DAYS[:5]), at(0.5, DAYS[10:]), DAILY_ADJUSTED, PLACE, full=False).refused


def test_a_whole_history_renews_all_adjusted_closes():
    """It replaces the old basis, and says so."""
    joined = reconcile(at(0.5, DAYS[:20]), at(0.25), DAILY_ADJUSTED, PLACE, full=True)

    same(joined.merged.table, at(0.25))
    assert joined.restated.kind == "adjusted"


def test_a_young_listing_needs_no_word_full():
    """A compact answer that reaches back to the first stored bar is its whole history."""
    same(reconcile(at(0.5, DAYS[:20]), at(0.25), DAILY_ADJUSTED, PLACE, full=False).merged.table, at(0.25))


def test_bars_that_a_new_history_lacks_are_kept_without_their_old_adjusted_close():
    """No row is dropped, and no table mixes two bases."""
    joined = reconcile(at(0.5, DAYS[:20]), at(0.25, DAYS[2:]), DAILY_ADJUSTED, PLACE, full=True)
    table = joined.merged.table

    assert days(table) == DAYS
    assert table["close"].tolist() == [100.0] * 22
    assert table["adjusted_close"].isna().tolist() == [True] * 2 + [False] * 20
    assert joined.sentences[0] == "2 bars not in the new history: adjusted close left empty."
    assert joined.sentences[1:] == ["The adjusted closes of 18 stored bars were renewed (split or dividend)."]


def test_an_adjusted_close_that_is_emptied_is_kept_as_a_restatement():
    """From what it was to null; nowhere else would it be known any more."""
    joined = reconcile(at(0.5, DAYS[:20]), at(0.25, DAYS[2:]), DAILY_ADJUSTED, PLACE, full=True)

    assert joined.restated.kind == "adjusted"
    assert joined.restated.rows[0] == {"date": DAYS[0], "changes": {"adjusted_close": {"from": 50.0, "to": None}}}
    assert [row["date"] for row in joined.restated.rows] == DAYS[:20]
    assert len(joined.merged.changed) == 20


def test_what_was_empty_already_is_no_restatement():
    """At the next split only what was known is told."""
    renewed = reconcile(at(0.5, DAYS[:20]), at(0.25, DAYS[2:20]), DAILY_ADJUSTED, PLACE, full=True).merged.table
    joined = reconcile(renewed, at(0.125, DAYS[4:]), DAILY_ADJUSTED, PLACE, full=True)

    assert [row["date"] for row in joined.restated.rows] == DAYS[2:20]


def test_the_next_ordinary_answer_joins_a_renewed_table():
    """Empty adjusted closes of old bars stay empty, and stand in nobody's way."""
    renewed = reconcile(at(0.5, DAYS[:20]), at(0.25, DAYS[2:21]), DAILY_ADJUSTED, PLACE, full=True).merged.table
    joined = reconcile(renewed, at(0.25, DAYS[10:]), DAILY_ADJUSTED, PLACE, full=False)

    assert not joined.refused
    assert len(joined.merged.added) == 1


@pytest.mark.parametrize("late", [True, False])
def test_an_earlier_basis_never_comes_back(late):
    """An answer from before a split that arrives after it changes nothing, and nothing is stale."""
    joined = reconcile(at(0.25), at(0.5, DAYS[:20]), DAILY_ADJUSTED, PLACE, full=True, late=late)

    assert (joined.refused, joined.stale) == (True, False)
    same(joined.merged.table, at(0.25))
