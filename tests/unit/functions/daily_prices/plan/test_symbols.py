"""From words to symbols."""

import re

import pytest

from stockflow_functions.aws.keys import safe_symbol
from stockflow_functions.daily_prices.plan.symbols import symbols_of
from stockflow_functions.domain.errors import InvalidInput

REAL = ["BRK-B", "TSCO.LON", "ACWV:BAT", "-P-HIZ", "M&M.BSE", "^GSPC", "NA", "NAN", "TRUE", "600104.SHH", "A"]


@pytest.mark.parametrize("symbol", REAL)
def test_real_symbols_are_taken(symbol):
    """Symbols that the vendor lists, or that once worked, are symbols."""
    assert symbols_of([symbol]) == [symbol]


@pytest.mark.parametrize(
    "value",
    [
        ["AAPL", "MSFT"],
        [" aapl", "Msft "],
        ["AAPL", "MSFT", "aapl"],
        "AAPL, MSFT",
        "aapl,msft,",
        "AAPL MSFT\nAAPL",
        " AAPL ; MSFT ",
        "AAPL、MSFT",
        '"AAPL", "MSFT"',
    ],
)
def test_case_white_space_and_doubles_are_folded(value):
    """However people write two symbols, they are two symbols, in their order."""
    assert symbols_of(value) == ["AAPL", "MSFT"]


@pytest.mark.parametrize("value", [None, [], "", "  ", " , "])
def test_default_symbols_are_taken_where_none_are_named(value):
    """STOCK_SYMBOLS stands in for nothing in all its forms."""
    assert symbols_of(value, "ibm, nvda") == ["IBM", "NVDA"]


def test_no_symbols_at_all_is_refused():
    """The sentence says where symbols can be written."""
    with pytest.raises(InvalidInput, match="STOCK_SYMBOLS"):
        symbols_of(None, "")


@pytest.mark.parametrize(
    "entry",
    [
        "../x",
        "..",
        ".",
        "-",
        "",
        "A/B",
        "A\\B",
        "📈",
        "\uff21\uff30",
        "straße",
        "AAPL$",
        "A B",
        "A\x00",
        "%2e%2e",
        "A" * 41,
        "A" * 100_000,
        "AAPL..LON",
        "${jndi:x}",
        "<script>",
    ],
)
def test_what_can_not_be_a_symbol_is_quoted(entry):
    """The sentence quotes it, cut to a readable length, says where it stands, and what to write instead."""
    with pytest.raises(InvalidInput, match="BRK-B") as caught:
        symbols_of(["AAPL", entry])

    sentence = str(caught.value)
    assert repr(entry)[:50] in sentence
    assert "symbols[1]" in sentence
    assert len(sentence) < 250


@pytest.mark.parametrize("entry", [None, 7203, 1.5, True, ["AAPL"], {"symbol": "AAPL"}])
def test_entries_that_are_no_text_are_refused(entry):
    """A number or a null in the list is quoted as it stands there."""
    with pytest.raises(InvalidInput, match=re.escape(f"symbols[0] is {entry!r}")):
        symbols_of([entry])


@pytest.mark.parametrize("value", [7203, True, {"AAPL": 1}])
def test_symbols_that_are_no_list_are_refused(value):
    """Neither a list nor a text is no list of symbols."""
    with pytest.raises(InvalidInput, match="write a list"):
        symbols_of(value)


def test_bad_default_is_named_by_its_setting():
    """A mistake in STOCK_SYMBOLS is not blamed on the input."""
    with pytest.raises(InvalidInput, match=r"'\.\./x' \(STOCK_SYMBOLS\)"):
        symbols_of(None, "AAPL, ../x")


def test_a_run_takes_a_hundred_thousand_symbols():
    """More than any vendor lists; doubles do not count."""
    symbols = [f"S{number}" for number in range(100_000)]

    assert symbols_of([*symbols, "s0"]) == symbols


def test_more_symbols_are_refused_with_what_to_do():
    """The sentence has both numbers."""
    with pytest.raises(InvalidInput, match=r"100,001 symbols.*100,000.*several runs"):
        symbols_of([f"S{number}" for number in range(100_001)])


@pytest.mark.parametrize("symbol", REAL)
def test_symbols_become_keys_that_stay_in_their_folder(symbol):
    """Whatever is taken as a symbol is safe as part of a key."""
    assert re.fullmatch(r"[A-Za-z0-9.%-]+", safe_symbol(symbol))
