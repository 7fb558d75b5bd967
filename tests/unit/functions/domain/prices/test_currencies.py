"""What an exchange's listings are quoted in."""

import pytest

from stockflow_functions.domain.prices.currencies import USUAL, quoted_in
from stockflow_functions.domain.prices.exchanges import BY_CODE
from stockflow_functions.vendors.alpha_vantage.suffixes import exchange_code


def test_every_known_exchange_has_a_currency():
    """An exchange that is added without one would leave the catalog's currency empty."""
    assert set(USUAL) == set(BY_CODE)


def test_london_is_quoted_in_pence():
    """A hundredth of a pound: a price of 386 is 3.86 pounds."""
    quoted = quoted_in(exchange_code("TSCO.LON"))
    assert (quoted.currency, quoted.unit, 386.0 * quoted.scale) == ("GBP", "penny", 3.86)


@pytest.mark.parametrize(
    ("symbol", "currency"),
    [("IBM", "USD"), ("MBG.DEX", "EUR"), ("RELIANCE.BSE", "INR"), ("SHOP.TRT", "CAD"), ("PETR4.SAO", "BRL")],
)
def test_elsewhere_a_price_of_one_is_one_of_the_currency(symbol, currency):
    """The suffix tells the exchange, and the exchange its usual currency."""
    quoted = quoted_in(exchange_code(symbol))
    assert (quoted.currency, quoted.scale) == (currency, 1)


def test_of_an_unknown_exchange_nothing_is_guessed():
    """A suffix that is not known has no currency."""
    assert quoted_in(exchange_code("X.NOWHERE")) is None
