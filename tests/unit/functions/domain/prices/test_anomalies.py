"""What is odd, stored and said."""

from datetime import date

import numpy as np
import pytest

from stockflow_functions.domain.prices.anomalies import find_anomalies, rejections
from stockflow_functions.domain.prices.checks import AsOf
from stockflow_functions.domain.prices.finding import Finding
from stockflow_functions.domain.prices.parquet import empty_table
from stockflow_functions.domain.prices.series import DAILY, DAILY_ADJUSTED
from stockflow_functions.vendors.alpha_vantage import VENDOR
from tests.helpers.tables import adjusted, daily
from tests.helpers.vendor_bodies import bar, weekdays

NOTHING = empty_table(DAILY)


def found(table, stored=NOTHING, splits=(), seen=(), symbol="IBM"):
    as_of = AsOf(DAILY, VENDOR.exchange_of(symbol), date(2030, 1, 1), date(2030, 1, 1))
    return find_anomalies(table, stored, as_of, dict(splits), np.array(seen, "datetime64[s]"))


def test_ordinary_bars_say_nothing():
    """Silence is the rule."""
    assert found(daily({"2024-09-04": 1.0, "2024-09-05": 1.1})).sentences == []


def test_zero_volume_and_a_hair_outside_are_said():
    """Counted, with the newest day."""
    table = daily({"2024-09-04": bar(volume=0), "2024-09-05": bar(open=100.01)})

    assert found(table).sentences == [
        "1 bar open-or-close-outside: open or close is a hair outside low to high; newest 2024-09-05.",
        "1 bar zero-volume: nothing was traded; newest 2024-09-04.",
    ]


def test_an_unexplained_jump_is_said_and_given_on():
    """The sentence names the newest ones."""
    jumped = found(daily({"2024-09-03": 100.0, "2024-09-04": 50.0, "2024-09-05": 10.0}))

    assert jumped.sentences == [
        "No split explains 2 jumps of the close: 2024-09-05: close 50 to 10, -80 %, 2024-09-04: close 100 to 50, -50 %."
    ]
    assert [jump.day.isoformat() for jump in jumped.unexplained] == ["2024-09-04", "2024-09-05"]


def test_a_known_split_explains_a_jump():
    """Nothing is said, nothing is to be asked."""
    explained = found(daily({"2024-09-04": 100.0, "2024-09-05": 50.0}), splits={date(2024, 9, 5): 2.0}.items())

    assert (explained.sentences, explained.unexplained) == ([], [])


def test_the_series_own_coefficient_explains_a_jump():
    """The adjusted series needs no question."""
    table = adjusted({"2024-09-04": (100.0, 0.5), "2024-09-05": (50.0, 1.0)})
    table.loc[1, "split_coefficient"] = 2.0

    assert found(table, empty_table(DAILY_ADJUSTED)).unexplained == []


def test_an_adjusted_series_that_lacks_a_split_is_told():
    """The vendor's own list has it, its adjusted closes don't: what looks explained is a crash in them."""
    table = adjusted({"2024-09-04": (100.0, 1.0), "2024-09-05": (50.0, 1.0)})
    split = {date(2024, 9, 5): 2.0}.items()
    lacks = found(table, empty_table(DAILY_ADJUSTED), splits=split)

    assert lacks.unexplained == []
    assert lacks.sentences == [
        "The adjusted series lacks a split that SPLITS has (2024-09-05): adjusted closes before it can't be compared."
    ]
    assert found(table, stored=table, splits=split).sentences == []


def test_a_bar_restated_before_a_stored_one_can_make_the_jump():
    """The later bar is the stored one; what jumps is news all the same."""
    stored = daily({"2024-09-04": 50.0, "2024-09-05": 50.0})

    assert len(found(daily({"2024-09-04": 100.0, "2024-09-05": 50.0}), stored=stored).sentences) == 1


def test_what_is_stored_already_is_not_said_again():
    """An odd bar is news once; an unexplained jump is still to be explained."""
    table = daily({"2024-09-04": bar(100, volume=0), "2024-09-05": 50.0})
    again = found(table, stored=table)

    assert again.sentences == []
    assert len(again.unexplained) == 1


def test_an_old_jump_is_not_asked_about_for_ever():
    """Ten bars later it stays unexplained."""
    days = weekdays("2024-08-01", 13)
    table = daily({days[0]: 100.0, **dict.fromkeys(days[1:], 50.0)})

    assert found(table, stored=table).unexplained == []
    assert len(found(table.iloc[:11], stored=table.iloc[:11]).unexplained) == 1


def test_a_changed_bar_is_news():
    """A restated close that now jumps is said."""
    stored = daily({"2024-09-04": 100.0, "2024-09-05": 99.0})

    assert len(found(daily({"2024-09-04": 100.0, "2024-09-05": 9.9}), stored=stored).sentences) == 1


def test_a_missing_session_is_said():
    """Wednesday is missing between Tuesday and Thursday, and New York traded."""
    assert found(daily({"2024-09-03": 1.0, "2024-09-05": 1.0})).sentences == ["1 session without a bar: 2024-09-04."]


def test_a_bar_that_was_set_aside_is_not_missing():
    """It is counted where it went."""
    assert found(daily({"2024-09-03": 1.0, "2024-09-05": 1.0}), seen=["2024-09-04"]).sentences == []


def test_a_holiday_is_not_missing():
    """Labor Day."""
    assert found(daily({"2024-08-30": 1.0, "2024-09-03": 1.0})).sentences == []


def test_a_hole_that_was_stored_before_is_not_said_again():
    """Only sessions after the newest stored bar are news."""
    table = daily({"2024-09-03": 1.0, "2024-09-05": 1.0})

    assert found(table, stored=table).sentences == []


@pytest.mark.parametrize("symbol", ["VOLV-B.STO", "TCS.BSE", "X.NOWHERE"])
def test_without_a_whole_calendar_nothing_is_missing(symbol):
    """No false alarm for holidays that are not known here."""
    assert found(daily({"2024-09-03": 1.0, "2024-09-05": 1.0}, symbol), symbol=symbol).sentences == []


def test_a_bar_of_a_holiday_is_said():
    """It is stored all the same: a calendar can be wrong."""
    assert found(daily({"2024-08-30": 1.0, "2024-09-02": 1.0, "2024-09-03": 1.0})).sentences == [
        "1 bar of days without a session: 2024-09-02."
    ]


def test_rejections_are_counted_by_check():
    """The most frequent first, all of them in one sentence; a date that is none is not the newest."""
    aside = [
        {"date": text, "check": check, "reason": "", "sent": {}}
        for text, check in (("2024-09-05", "b"), ("soon", "a"), ("2024-09-04", "b"))
    ]
    sentence = "3 bars set aside (2 b, 1 a), see rejected/x.json."

    assert rejections(aside, "rejected/x.json") == [
        Finding("b", sentence, 2, date(2024, 9, 5)),
        Finding("a", sentence, 1, None),
    ]
    assert rejections([], "rejected/x.json") == []


@pytest.mark.parametrize(("before", "after"), [(386.0, 3.9), (3.86, 381.0)])
def test_a_hundredfold_close_is_another_unit_not_a_jump(before, after):
    """Pence that become pounds, or pounds that become pence, say nothing of what a share is worth."""
    switched = found(daily({"2024-09-04": before, "2024-09-05": after}, "TSCO.LON"), symbol="TSCO.LON")

    assert [(one.check, one.bars, one.newest) for one in switched.findings] == [("unit-switch", 1, date(2024, 9, 5))]
    assert "a hundredfold close" in switched.sentences[0]


def test_a_split_of_a_hundred_is_no_unit_switch():
    """SPLITS tells the two apart: what it explains is neither."""
    table = daily({"2024-09-04": 386.0, "2024-09-05": 3.9})

    assert found(table, splits={date(2024, 9, 5): 100.0}.items()).findings == []


def test_a_crash_to_a_fiftieth_is_a_jump():
    """What is left of it after a hundred is a jump still."""
    assert [one.check for one in found(daily({"2024-09-04": 100.0, "2024-09-05": 2.0})).findings] == ["jump"]
