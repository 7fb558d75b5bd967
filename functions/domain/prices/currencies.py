"""In what an exchange's listings are quoted: no answer of the vendor says it, so the exchange's usual does."""

from dataclasses import dataclass

from stockflow_functions.domain.prices.exchanges import US_CODE


@dataclass(frozen=True)
class Quoted:
    """What a price of 1 stands for.

    Attributes:
        currency: three letters of ISO 4217, such as ``GBP``.
        unit: what is counted, in the singular: ``penny``, ``euro``.
        scale: how much of the currency the unit is, 0.01 for a penny; a price times this is in the currency.
    """

    currency: str
    unit: str
    scale: float = 1.0


_EURO = Quoted("EUR", "euro")
_CANADIAN = Quoted("CAD", "dollar")
_YUAN = Quoted("CNY", "yuan")

USUAL = {
    "BVMF": Quoted("BRL", "real"),
    "XAMS": _EURO,
    "XASX": Quoted("AUD", "dollar"),
    "XBOM": Quoted("INR", "rupee"),
    "XETR": _EURO,
    "XFRA": _EURO,
    "XLON": Quoted("GBP", "penny", 0.01),
    US_CODE: Quoted("USD", "dollar"),
    "XPAR": _EURO,
    "XSHE": _YUAN,
    "XSHG": _YUAN,
    "XSTO": Quoted("SEK", "krona"),
    "XTSE": _CANADIAN,
    "XTSX": _CANADIAN,
}
"""By the market identifier code of ISO 10383."""


def quoted_in(exchange_code: str) -> Quoted | None:
    """What listings of the exchange are usually quoted in; None for an exchange that is not known.

    Some lines are quoted otherwise, and nothing in a symbol tells which (docs/data.md, "Currency and unit"): in London
    some in pounds, dollars or euros, in Toronto some in US dollars, in Shanghai and Shenzhen the B shares in US and
    Hong Kong dollars. That the vendor's London prices are mostly in pence, GBX: FACTS.md section 5.
    """
    return USUAL.get(exchange_code)
