"""Which exchange a symbol is listed on.

The vendor marks exchanges other than the US ones by a suffix (FACTS on the vendor, section 5) and labels every answer
US/Eastern, yet dates are the exchange's own: so the suffix decides, not the label.
"""

from stockflow_functions.domain.prices.exchanges import US_CODE

CODES = {
    "AMS": "XAMS",
    "AX": "XASX",
    "BSE": "XBOM",
    "DEX": "XETR",
    "FRK": "XFRA",
    "LON": "XLON",
    "PAR": "XPAR",
    "SA": "BVMF",
    "SAO": "BVMF",
    "SHH": "XSHG",
    "SHZ": "XSHE",
    "STO": "XSTO",
    "TRT": "XTSE",
    "TRV": "XTSX",
}


def exchange_code(symbol: str) -> str:
    """``"TSCO.LON"`` is listed in London, ``"IBM"`` in the US; "" if the suffix is unknown."""
    _, dot, suffix = symbol.rpartition(".")
    return CODES.get(suffix.upper(), "") if dot else US_CODE
