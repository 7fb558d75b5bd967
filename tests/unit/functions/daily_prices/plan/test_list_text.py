"""From a dropped list to symbols."""

import pytest

from stockflow_functions.daily_prices.plan.list_text import symbols_of_text
from stockflow_functions.domain.errors import InvalidInput


@pytest.mark.parametrize(
    "text",
    [
        "AAPL\nMSFT\n",
        "AAPL\r\nMSFT\r\n\r\n",
        "AAPL,MSFT",
        "AAPL;MSFT",
        "AAPL\tMSFT",
        "# my list\nAAPL  # a remark\n#TSLA\nMSFT",
        "symbol\nAAPL, MSFT",
        'symbol,name\nAAPL,"Apple # 1"\nMSFT,Microsoft',
        "symbol\nAAPL\nMSFT",
        'name,symbol,exchange\n"Apple, Inc",AAPL,NASDAQ\nMicrosoft,MSFT,NASDAQ',
        "Ticker;Name\nAAPL;Apple Inc\nMSFT;\n",
        '"AAPL"\n"msft"\nAAPL\n',
    ],
)
def test_dropped_list_is_text_or_csv(text):
    """One a line, several a line, or the symbol column of a table."""
    assert symbols_of_text(text) == (["AAPL", "MSFT"], [])


def test_bad_entries_of_a_dropped_list_are_told_and_passed_over():
    """The good ones run; the sentence has the line."""
    symbols, complaints = symbols_of_text("AAPL\nnot a symbol\n\nMSFT, ../x\n")

    assert symbols == ["AAPL", "MSFT"]
    assert [("line 2" in complaints[0]), ("line 4" in complaints[1])] == [True, True]


@pytest.mark.parametrize(
    "text", ["", "\n\n", "# nothing\n", "symbol\n", "not a symbol\n", "\x00\x01", '"' + "x" * 200_000]
)
def test_dropped_list_without_a_symbol_is_refused(text):
    """An empty list, a heading alone, or something that is no list ends in a sentence."""
    with pytest.raises(InvalidInput, match="one"):
        symbols_of_text(text)


def test_dropped_list_may_not_be_longer_than_a_run():
    """A list of more symbols than a run takes is refused as a whole."""
    with pytest.raises(InvalidInput, match="100,001 symbols"):
        symbols_of_text("\n".join(f"S{number}" for number in range(100_001)))


@pytest.mark.parametrize(
    ("text", "symbols", "lines"),
    [
        ('"AAPL\nIBM\nMSFT', ["IBM", "MSFT"], ["line 1"]),
        ('AAPL\n"A\nA', ["AAPL", "A"], ["line 2"]),
        ('AAPL\n"A"A\nIBM', ["AAPL", "IBM"], ["line 2"]),
        ('AAPL\nI"BM"', ["AAPL"], ["line 2"]),
    ],
)
def test_an_open_quotation_mark_spoils_its_own_line_only(text, symbols, lines):
    """Two lines never become one symbol, which might be another company's."""
    found, complaints = symbols_of_text(text)

    assert found == symbols
    assert [line for line, complaint in zip(lines, complaints, strict=True) if line in complaint] == lines


@pytest.mark.parametrize("text", ["name,price\nApple,200\n", "Name;ISIN\nApple;US0378331005"])
def test_a_table_without_a_column_of_symbols_is_refused(text):
    """A heading of other columns is no pair of symbols."""
    with pytest.raises(InvalidInput, match="name the one with the symbols 'symbol'"):
        symbols_of_text(text)
