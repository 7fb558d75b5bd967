"""A vendor that exists nowhere: lists in place of objects, a refusal of its own, exchanges in front of the symbol."""

import json
from datetime import date

from stockflow_functions.domain.actions.answers import Dividend, Listed
from stockflow_functions.domain.errors import BadPrices, InvalidApiKey, PremiumRequired, UnknownSymbol
from stockflow_functions.domain.prices.known_splits import Split
from stockflow_functions.domain.prices.sent import SentSeries
from stockflow_functions.vendors.port import RawAnswer, Vendor

RECORDING = {
    "XLON:TSCO": b'{"of": "XLON:TSCO", "days": [["2026-11-19", 3.5, 3.6, 3.4, 3.55, 900], '
    b'["2026-11-20", 3.55, 3.7, 3.5, 3.65, 800], ["2026-11-23", 3.65, 3.6, 3.7, 3.6, 700]]}',
    "XLON:NONE": b'{"problem": "no such listing"}',
}
COLUMNS = ("open", "high", "low", "close", "volume")


class ToyClient:
    """Answers from the recording."""

    def __init__(self, base_url, api_key, redactor):
        redactor.learn(api_key)
        if not api_key:
            raise InvalidApiKey("There is no API key: set TOY_API_KEY.")

    def keep_apart(self, gap_ms):
        """There is nobody to be kept apart from."""

    def bars(self, symbol, series, outputsize):
        body = RECORDING[symbol]
        if problem := json.loads(body).get("problem"):
            raise UnknownSymbol(f"Toy says {problem!r}.")
        return RawAnswer(body, "")

    def splits(self, symbol):
        return Listed([Split(date(2026, 11, 20), 2.0)])

    def dividends(self, symbol):
        return Listed([Dividend(date(2026, 11, 19), 0.05, None, None, None)])

    def transcript(self, symbol, quarter):
        raise PremiumRequired("Toy has no transcripts.")

    def listings(self, state, day=None):
        raise PremiumRequired("Toy has no listings.")


def read(body):
    days = json.loads(body).get("days")
    if not days:
        raise BadPrices("Toy's answer holds no days.")
    rows = [(day, dict(zip(COLUMNS, map(str, values), strict=True))) for day, *values in days]
    return SentSeries("", whole=True, rows=rows, others=[], column_of=str)


def exchange_code(symbol):
    return symbol.partition(":")[0]


VENDOR = Vendor("toy", "Toy", "https://toy.invalid/v1", ToyClient, read, exchange_code)
