"""What becomes of each kind of bar."""

from dataclasses import replace
from datetime import date

import pytest

from stockflow_functions.domain.prices.bars import read_bars
from stockflow_functions.domain.prices.checks import CHECKS, AsOf, check_bars
from stockflow_functions.domain.prices.exchanges import US
from stockflow_functions.domain.prices.rules import REJECTING, TABLE_RULES, Severity
from stockflow_functions.domain.prices.series import DAILY, SERIES
from stockflow_functions.vendors.alpha_vantage import VENDOR
from tests.helpers.vendor_bodies import adjusted_bar, bar, sent

THURSDAY = AsOf(DAILY, US, today=date(2024, 9, 5), settled=date(2024, 9, 5))


def checked(rows, day=THURSDAY, series="daily"):
    return check_bars(read_bars(sent(rows), SERIES[series]), day)


def fate(fields, day="2024-09-04", series="daily", **about):
    """The name of the check that set the bar aside, ``left out`` or ``kept``."""
    found = checked([(day, fields)], replace(THURSDAY, **about), series)
    return found.rejected[0][1] if found.rejected else "left out" if found.left_out else "kept"


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        (bar(), "kept"),
        (bar(volume=0), "kept"),
        (bar(open="x"), "unreadable-number"),
        (bar(volume="nan"), "unreadable-number"),
        ({"1. open": "1"}, "unreadable-number"),
        (bar(close=0), "price-not-positive"),
        (bar(low=-1), "price-not-positive"),
        (bar(volume=-1), "negative-value"),
        (bar(high=99.0, low=100.0), "high-below-low"),
        (bar(high=101, low=99, open=102), "outside-range"),
        (bar(high=101, low=99, close=98), "outside-range"),
        (bar(low=100.0, open=99.9999), "kept"),
    ],
)
def test_what_becomes_of_a_daily_bar(fields, name):
    """A bar that can't be is set aside by name; a bar that is only odd is kept."""
    assert fate(fields) == name


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        (adjusted_bar(factor=0.01), "kept"),
        (adjusted_bar(factor=0), "kept"),
        (adjusted_bar(factor=-1), "negative-value"),
        (adjusted_bar(dividend=-0.1), "negative-value"),
        (adjusted_bar(split=0), "price-not-positive"),
        (adjusted_bar(**{"adjusted close": "?"}), "unreadable-number"),
    ],
)
def test_what_becomes_of_an_adjusted_bar(fields, name):
    """The adjusted columns have rules of their own; an adjusted close rounded to zero is no fault."""
    assert fate(fields, series="daily_adjusted") == name


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2024-09-05", "kept"),
        ("2024-09-06", "future-date"),
        ("2024-09-01", "weekend-date"),
        ("2024-02-30", "impossible-date"),
        ("1899-12-29", "impossible-date"),
        ("soon", "impossible-date"),
    ],
)
def test_what_becomes_of_a_date(day, name):
    """Days that can't be are set aside, each under its own name."""
    assert fate(bar(), day) == name


def test_bombay_trades_on_some_weekends():
    """A Saturday bar of an exchange with weekend sessions is kept."""
    assert fate(bar(), "2024-03-02", exchange=VENDOR.exchange_of("TCS.BSE")) == "kept"


def test_a_running_bar_is_left_out_and_counted():
    """The bar of a session that is not over is neither kept nor rejected."""
    found = checked([("2024-09-04", bar()), ("2024-09-05", bar())], AsOf(DAILY, US, date(2024, 9, 5), date(2024, 9, 4)))

    assert (len(found.kept), found.left_out, found.rejected) == (1, 1, [])


def test_a_timed_last_refreshed_leaves_its_day_out():
    """The vendor's snapshot was taken in that session, however late it is now."""
    assert fate(bar(), "2024-09-04", open_session=date(2024, 9, 4)) == "left out"


def test_of_two_bars_of_a_day_the_first_sound_one_stays():
    """A broken bar does not take the day from a sound one, and a second sound one is set aside."""
    found = checked([("2024-09-04", bar(open="x")), ("2024-09-04", bar(5)), ("2024-09-04", bar(6))])

    assert found.kept["close"].tolist() == [5.0]
    assert [(row, name) for row, name, _ in found.rejected] == [(0, "unreadable-number"), (2, "duplicate-date")]


def test_kept_bars_are_sorted():
    """Newest first comes in, oldest first goes on."""
    found = checked([("2024-09-05", bar(3)), ("2024-09-03", bar(1)), ("2024-09-04", bar(2))])

    assert found.kept["close"].tolist() == [1.0, 2.0, 3.0]


def test_every_rule_has_a_name_of_its_own_and_a_sentence():
    """Names are what files, messages and the documentation know rules by."""
    rules = [*CHECKS, *TABLE_RULES]

    assert len({rule.name for rule in rules}) == len(rules)
    assert all(rule.sentence and isinstance(rule.severity, Severity) for rule in rules)


def test_the_rules_that_set_bars_aside_are_named():
    """For Notify, which has no pandas and can't ask the checks."""
    rejecting = {rule.name for rule in (*CHECKS, *TABLE_RULES) if rule.severity is Severity.REJECT}

    assert rejecting == REJECTING
