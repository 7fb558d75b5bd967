"""The vendor's CSV of listings, read."""

from datetime import date

import pytest

from stockflow_functions.domain.errors import UnexpectedAnswer
from stockflow_functions.domain.listings.csv_text import listings_of
from tests.helpers.written_listings import AS_OF, HEADING, csv_of, listing


def test_a_row_is_a_listing():
    """Dates are dates, and the text null is none."""
    text = csv_of('AAPL,"AAPL Example",NASDAQ,Stock,2010-01-04,null,Active')
    assert listings_of(text, AS_OF) == [listing("AAPL")]


def test_a_delisted_one_has_its_last_day():
    """The other list has the same columns."""
    text = csv_of("GONE,GONE Example,NASDAQ,Stock,2010-01-04,2024-03-15,Delisted")
    assert listings_of(text, AS_OF) == [listing("GONE", ends="2024-03-15")]


@pytest.mark.parametrize("symbol", ["NA", "NAN", "ON", "TRUE", "NULL", "-P-HIZ", "ACWV:BAT"])
def test_odd_symbols_stay_texts(symbol):
    """Readers of tables take some for missing values, numbers or truth."""
    found = listings_of(csv_of(f"{symbol},null,NYSE,Stock,null,null,Active"), AS_OF)
    assert [(row.symbol, row.name, row.ipo_date) for row in found] == [(symbol, "null", None)]


def test_a_row_that_nobody_could_ask_for_is_left_out():
    """The vendor's listing has rows without a symbol."""
    text = csv_of(",Nameless,NYSE,Stock,2010-01-04,null,Active", "A,Example,NYSE,Stock,1999-11-18,null,Active")
    assert [row.symbol for row in listings_of(text, AS_OF)] == ["A"]


def test_equal_rows_are_one():
    """The same line twice is no second company."""
    line = "A,Example,NYSE,Stock,1999-11-18,null,Active"
    assert len(listings_of(csv_of(line, line), AS_OF)) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "does not begin with symbol,name"),
        ("symbol,name\r\nA,B\r\n", "does not begin with symbol,name"),
        (csv_of(), "is empty"),
        (csv_of(",,,,,,Active"), "is empty"),
        (csv_of("A,Example,NYSE"), "Row 2 of the vendor's listing has 3 fields instead of 7"),
        (csv_of("A,Example,NYSE,Stock,1999-11-18,null,Acti"), "the status 'Acti'"),
        (csv_of("A,Example,NYSE,Stock,18.11.1999,null,Active"), "the date '18.11.1999'"),
        (f'{HEADING}\r\nA,"Example,NYSE,Stock', "a quotation mark too many or too few"),
    ],
)
def test_what_is_no_listing_is_unexpected(text, said):
    """Cut off, empty or of another shape: what is kept must not be replaced by it."""
    with pytest.raises(UnexpectedAnswer, match=said.replace("(", r"\(")):
        listings_of(text, AS_OF)


def test_the_recorded_beginning_is_read(shared):
    """Eight rows of the real one."""
    text = (shared / "alphavantage" / "other" / "listing_status_head.csv").read_text(encoding="utf-8")
    found = listings_of(text, AS_OF)
    assert [row.symbol for row in found] == ["A", "AA", "AAA", "AAAU", "AAC", "AAC-U", "AAC-WS", "AACG"]
    assert (found[2].exchange, found[2].asset_type, found[2].ipo_date) == ("NYSE ARCA", "ETF", date(2020, 9, 9))
