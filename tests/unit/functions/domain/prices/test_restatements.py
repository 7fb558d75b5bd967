"""What the vendor changed afterwards."""

import pytest

from stockflow_functions.domain.prices.merging import merge
from stockflow_functions.domain.prices.restatements import restatement
from stockflow_functions.domain.prices.series import Step
from tests.helpers.tables import adjusted, daily, days
from tests.helpers.vendor_bodies import bar, weekdays

DAYS = weekdays("2024-08-01", 15)


def restated(before, after):
    merged = merge(before, after, Step.SESSION)
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
    assert found.sentences() == []


def test_an_older_volume_is_an_ordinary_restatement():
    """Only the newest bar's is a habit."""
    found = restated(daily({DAYS[0]: bar(), DAYS[1]: bar()}), daily({DAYS[0]: bar(volume=7), DAYS[1]: bar()}))

    assert (found.kind, found.sentences()) == ("few", [f"1 stored bar was restated: {DAYS[0]} volume 1000 to 7."])


def test_the_newest_bars_prices_are_no_habit():
    """A bar that was stored before it was final has more than another volume."""
    found = restated(daily({DAYS[0]: bar(), DAYS[1]: bar(5.0)}), daily({DAYS[1]: bar(5.5, volume=2000)}))

    assert found.kind == "few"
    assert found.sentences() == [f"1 stored bar was restated: {DAYS[1]} close 5.0 to 5.5, open 5.0 to 5.5 and 3 more."]


@pytest.mark.parametrize("changes", [{"high": 101.0}, {"high": 101.0, "volume": 7}, {"open": 100.01}])
def test_any_other_value_of_the_newest_bar_is_no_habit(changes):
    """The close need not be among them."""
    assert restated(daily({DAYS[0]: bar()}), daily({DAYS[0]: bar(**changes)})).kind == "few"


def test_of_a_few_bars_the_newest_are_named():
    """The files have them all."""
    found = restated(daily(dict.fromkeys(DAYS, bar())), daily(dict.fromkeys(DAYS[:5], bar(volume=7))))

    named = ", ".join(f"{day} volume 1000 to 7" for day in DAYS[4:1:-1])
    assert found.sentences() == [f"5 stored bars were restated: {named} and 2 more."]


def test_ten_older_bars_are_a_restated_history():
    """Nine are corrections, ten are the vendor at work on the past."""
    before = daily(dict.fromkeys(DAYS, 1))
    nine = restated(before, daily(dict.fromkeys(DAYS[:9], 2)))
    ten = restated(before, daily(dict.fromkeys(DAYS[:10], 2)))

    assert (nine.kind, ten.kind) == ("few", "many")
    assert ten.sentences() == [
        f"10 stored bars were restated ({DAYS[0]} to {DAYS[9]}): the vendor restated the history."
    ]


def test_renewed_adjusted_closes_are_told_apart():
    """A split rewrites every adjusted close and nothing else."""
    found = restated(adjusted(dict.fromkeys(DAYS, (8.0, 1.0))), adjusted(dict.fromkeys(DAYS, (8.0, 0.5))))

    assert found.kind == "adjusted"
    assert found.rows[0]["changes"] == {"adjusted_close": {"from": 8.0, "to": 4.0}}
    assert found.sentences() == ["The adjusted closes of 15 stored bars were renewed (split or dividend)."]


def test_a_split_and_the_newest_volume_are_no_restated_history():
    """Every adjusted close is new, and the newest volume as on any other day: as MSFT between two recordings."""
    before, after = (adjusted(dict.fromkeys(DAYS, (8.0, factor))) for factor in (1.0, 0.5))
    after = after.assign(volume=[1000] * 14 + [1001])
    found = restated(before, after)

    assert found.kind == "adjusted"
    assert found.sentences() == ["The adjusted closes of 15 stored bars were renewed (split or dividend)."]


@pytest.mark.parametrize(("rows", "kind"), [(9, "few"), (10, "many")])
def test_restated_prices_are_told_beside_renewed_adjusted_closes(rows, kind):
    """A dividend does not hide that the vendor changed the past too."""
    before, after = (adjusted(dict.fromkeys(DAYS, (8.0, factor))) for factor in (1.0, 0.5))
    after = after.assign(high=[9.0] * rows + [8.0] * (len(DAYS) - rows))
    found = restated(before, after)

    assert found.kind == kind
    assert found.sentences()[0].startswith(f"{rows} stored bars were restated")
    assert found.sentences()[1] == "The adjusted closes of 15 stored bars were renewed (split or dividend)."


def test_an_adjusted_close_that_moved_with_its_close_was_not_renewed():
    """The bar was restated; no split or dividend lies behind it."""
    found = restated(adjusted({DAYS[0]: (8.0, 1.0)}), adjusted({DAYS[0]: (9.0, 1.0)}))

    assert (found.kind, len(found.sentences())) == ("few", 1)


def test_an_unknown_value_is_null_in_the_file():
    """JSON knows no NaN."""
    before = adjusted({DAYS[0]: (8.0, 1.0)}).assign(adjusted_close=float("nan"))

    assert restated(before, adjusted({DAYS[0]: (8.0, 1.0)})).rows[0]["changes"]["adjusted_close"]["from"] is None
