"""Which bars are settled, by exchange."""

from datetime import date

import pytest

from stockflow_functions.domain.clock import from_iso
from stockflow_functions.domain.prices.exchanges import ANYWHERE, BY_CODE, US, last_settled, today
from stockflow_functions.vendors.alpha_vantage import VENDOR


@pytest.mark.parametrize(
    ("symbol", "zone"),
    [
        ("IBM", "America/New_York"),
        ("BRK-B", "America/New_York"),
        ("TSCO.LON", "Europe/London"),
        ("tsco.lon", "Europe/London"),
        ("RELIANCE.BSE", "Asia/Kolkata"),
        ("600104.SHH", "Asia/Shanghai"),
        ("SHOP.TRT", "America/Toronto"),
        ("X.NOWHERE", ANYWHERE.zone),
    ],
)
def test_the_suffix_says_where_it_trades(symbol, zone):
    """The vendor's label is always US/Eastern; the suffix is what differs."""
    assert VENDOR.exchange_of(symbol).zone == zone


@pytest.mark.parametrize(
    ("symbol", "now", "settled"),
    [
        ("IBM", "2024-09-05T20:59:59Z", "2024-09-04"),
        ("IBM", "2024-09-05T21:00:00Z", "2024-09-05"),
        ("IBM", "2024-12-05T21:59:59Z", "2024-12-04"),
        ("IBM", "2024-12-05T22:00:00Z", "2024-12-05"),
        ("IBM", "2024-09-06T03:59:00Z", "2024-09-05"),
        ("TSCO.LON", "2024-09-05T16:30:00Z", "2024-09-05"),
        ("TSCO.LON", "2024-09-05T16:29:00Z", "2024-09-04"),
        ("RELIANCE.BSE", "2024-09-05T11:00:00Z", "2024-09-05"),
        ("600104.SHH", "2024-09-05T07:59:00Z", "2024-09-04"),
        ("600104.SHH", "2024-09-05T08:00:00Z", "2024-09-05"),
        ("X.NOWHERE", "2024-09-05T23:59:00Z", "2024-09-04"),
        ("X.NOWHERE", "2024-09-06T12:00:00Z", "2024-09-05"),
    ],
)
def test_a_day_is_settled_an_hour_after_its_close(symbol, now, settled):
    """In the exchange's own zone, through summer time; an unknown exchange's day is over when it is over everywhere."""
    assert last_settled(VENDOR.exchange_of(symbol), from_iso(now)) == date.fromisoformat(settled)


def test_today_is_the_exchanges_own():
    """While it is still Thursday in New York it is Friday in Shanghai."""
    now = from_iso("2024-09-05T20:00:00Z")

    assert today(US, now) == date(2024, 9, 5)
    assert today(BY_CODE["XSHG"], now) == date(2024, 9, 6)


def test_an_unknown_exchange_may_be_ahead_of_all():
    """No date that has begun anywhere on Earth is in its future."""
    assert today(ANYWHERE, from_iso("2024-09-05T10:00:00Z")) == date(2024, 9, 6)
