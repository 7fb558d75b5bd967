"""What the vendor changed afterwards."""

from functions.prices.merging import merge
from functions.prices.restatements import restatement
from tests.unit.prices.tables import adjusted, daily, days
from tests.vendor_bodies import bar, weekdays

DAYS = weekdays("2024-08-01", 15)


def restated(before, after):
    merged = merge(before, after)
    return restatement(merged.before, merged.changed, days(before)[-1])


def test_nothing_changed_is_no_restatement():
    """The same bars, and new ones, are none."""
    assert restated(daily({DAYS[0]: 1}), daily({DAYS[0]: 1, DAYS[1]: 2})) is None


def test_the_newest_volume_alone_is_told_apart():
    """The vendor's daily habit: the volume of the last bar is final only a day later."""
    found = restated(
        daily({DAYS[0]: bar(), DAYS[1]: bar(volume=20687122)}),
        daily({DAYS[0]: bar(), DAYS[1]: bar(volume=21384289), DAYS[2]: bar()}),
    )

    assert found.kind == "newest-volume"
    assert found.rows == [{"date": DAYS[1], "changes": {"volume": {"from": 20687122, "to": 21384289}}}]
    assert found.sentence() == f"The volume of {DAYS[1]} was restated from 20687122 to 21384289."


def test_an_older_volume_is_an_ordinary_restatement():
    """Only the newest bar's is a habit."""
    found = restated(daily({DAYS[0]: bar(), DAYS[1]: bar()}), daily({DAYS[0]: bar(volume=7), DAYS[1]: bar()}))

    assert (found.kind, found.sentence()) == ("few", f"1 stored bar was restated ({DAYS[0]}).")


def test_ten_older_bars_are_a_restated_history():
    """Nine are corrections, ten are the vendor at work on the past."""
    before = daily(dict.fromkeys(DAYS, 1))
    nine = restated(before, daily(dict.fromkeys(DAYS[:9], 2)))
    ten = restated(before, daily(dict.fromkeys(DAYS[:10], 2)))

    assert (nine.kind, ten.kind) == ("few", "many")
    assert ten.sentence() == f"10 stored bars were restated ({DAYS[0]} to {DAYS[9]}): the vendor restated the history."


def test_renewed_adjusted_closes_are_told_apart():
    """A split rewrites every adjusted close and nothing else."""
    found = restated(adjusted(dict.fromkeys(DAYS, (8.0, 1.0))), adjusted(dict.fromkeys(DAYS, (8.0, 0.5))))

    assert found.kind == "adjusted"
    assert found.rows[0]["changes"] == {"adjusted_close": {"from": 8.0, "to": 4.0}}
    assert found.sentence() == "The adjusted closes of 15 stored bars were renewed (split or dividend)."


def test_an_unknown_value_is_null_in_the_file():
    """JSON knows no NaN."""
    before = adjusted({DAYS[0]: (8.0, 1.0)}).assign(adjusted_close=float("nan"))

    assert restated(before, adjusted({DAYS[0]: (8.0, 1.0)})).rows[0]["changes"]["adjusted_close"]["from"] is None
