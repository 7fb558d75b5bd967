"""The vendor's body, taken apart."""

import json

import pytest

from stockflow_functions.domain.errors import BadPrices
from stockflow_functions.vendors.alpha_vantage.answer import column_of, read
from tests.helpers.vendor_bodies import bar, body


@pytest.mark.parametrize("text", [b"", b"<html>", b"[1]", b"{}", b'{"Note": "slow down"}', b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_series_is_bad_prices(text):
    """A body without a time series is refused with a sentence, whatever it is."""
    with pytest.raises(BadPrices, match="fetch the symbol again"):
        read(text)


def test_an_empty_series_is_bad_prices():
    """A history with no rows is refused."""
    with pytest.raises(BadPrices, match="no time series"):
        read(body({}))


def test_facts_of_the_answer_are_read():
    """Last refreshed and output size come from the meta data, whatever their numbers."""
    answer = read(body({"2024-09-05": bar()}, "TSCO.LON", "2024-09-05", "Full size"))

    assert (answer.last_refreshed, answer.whole) == ("2024-09-05", True)


def test_any_time_series_key_is_taken():
    """A decorated key, as entitlements give, is still the series."""
    text = body({"2024-09-05": bar()}).replace(
        b"Time Series (Daily)", b"Time Series (Daily) - DATA DELAYED BY 15 MINUTES"
    )

    assert len(read(text).rows) == 1


@pytest.mark.parametrize("second", ['{"1. open": "2"}', '"x"'])
def test_a_date_that_comes_twice_is_there_twice(second):
    """Where plain JSON would keep the last of two bars of a day, both are kept."""
    text = '{"Meta Data": {}, "Time Series (Daily)": {"2024-09-05": {"1. open": "1"}, "2024-09-05": ' + second + "}}"

    assert read(text.encode()).rows == [("2024-09-05", {"1. open": "1"}), ("2024-09-05", json.loads(second))]


def test_colons_inside_texts_do_no_harm():
    """A time in Last Refreshed makes no difference to the rows."""
    answer = read(body({"2024-09-05": bar()}, last_refreshed="2024-09-05 14:43:40"))

    assert answer.rows == [("2024-09-05", bar())]


@pytest.mark.parametrize(
    ("vendor_name", "column"),
    [
        ("1. open", "open"),
        ("5. volume", "volume"),
        ("6. volume", "volume"),
        ("5. adjusted close", "adjusted_close"),
        ("close", "close"),
    ],
)
def test_columns_go_by_name(vendor_name, column):
    """The number before a name differs between the series, so it is not looked at."""
    assert column_of(vendor_name) == column
