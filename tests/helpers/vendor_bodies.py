"""Bodies as the vendor sends them, made by hand or from a recorded CSV."""

import csv
import io
import json
from datetime import date, timedelta

from stockflow_functions.domain.prices.sent import SentSeries
from stockflow_functions.domain.prices.transforming import transform_answer
from stockflow_functions.vendors.alpha_vantage import VENDOR
from stockflow_functions.vendors.alpha_vantage.answer import column_of

COLUMNS = {
    "daily": ("open", "high", "low", "close", "volume"),
    "daily_adjusted": (
        "open",
        "high",
        "low",
        "close",
        "adjusted close",
        "volume",
        "dividend amount",
        "split coefficient",
    ),
}


def bar(close=100.0, volume=1000, **changes):
    """One raw bar's fields around a close, as strings."""
    values = {"open": close, "high": close, "low": close, "close": close, "volume": volume, **changes}
    return {f"{number}. {name}": str(values[name]) for number, name in enumerate(COLUMNS["daily"], 1)}


def adjusted_bar(close=100.0, factor=1.0, dividend=0.0, split=1.0, **changes):
    """One bar of the adjusted series; ``factor`` is adjusted close / close."""
    values = {
        **dict.fromkeys(("open", "high", "low", "close"), close),
        "adjusted close": close * factor,
        "volume": 1000,
        "dividend amount": dividend,
        "split coefficient": split,
        **changes,
    }
    return {f"{number}. {name}": str(values[name]) for number, name in enumerate(COLUMNS["daily_adjusted"], 1)}


def body(rows, symbol="IBM", last_refreshed=None, size="Compact"):
    """A JSON body; ``rows`` is a dict of dates to fields, in the order to send."""
    about = {
        "1. Information": "Daily Prices (open, high, low, close) and Volumes",
        "2. Symbol": symbol,
        "3. Last Refreshed": last_refreshed if last_refreshed is not None else max(rows, default="2024-09-05"),
        "4. Output Size": size,
        "5. Time Zone": "US/Eastern",
    }
    return json.dumps({"Meta Data": about, "Time Series (Daily)": rows}, indent=4).encode()


def weekly_body(rows, symbol="IBM", last_refreshed=None):
    """A JSON body of weeks, which states no size."""
    about = {
        "1. Information": "Weekly Prices (open, high, low, close) and Volumes",
        "2. Symbol": symbol,
        "3. Last Refreshed": last_refreshed if last_refreshed is not None else max(rows),
        "4. Time Zone": "US/Eastern",
    }
    return json.dumps({"Meta Data": about, "Weekly Time Series": rows}, indent=4).encode()


def sent(rows):
    """Rows of (date, fields) as an answer has them, with nothing said beside them."""
    return SentSeries("", whole=False, rows=list(rows), others=[], column_of=column_of)


def transformed_body(text, symbol, series, *, fetched_ms):
    """What the checks make of a body."""
    return transform_answer(VENDOR.read(text), symbol, series, VENDOR.exchange_of(symbol), fetched_ms=fetched_ms)


def weekdays(first, count):
    """So many weekdays from an ISO date on, as ISO dates."""
    day, found = date.fromisoformat(first), []
    while len(found) < count:
        if day.weekday() < 5:
            found.append(day.isoformat())
        day += timedelta(days=1)
    return found


def as_json(name, text):
    """A body in the JSON shape, whether it was recorded as JSON or as CSV: by its name, like daily/IBM.full.csv."""
    if name.endswith(".json"):
        return text.encode()
    folder, _, file = name.partition("/")
    names = COLUMNS.get(folder, COLUMNS["daily"])
    rows = {}
    for row in csv.DictReader(io.StringIO(text, newline="")):
        day = row.get("timestamp") or row["date"]
        rows[day] = {f"{number}. {name}": row[name.replace(" ", "_")] for number, name in enumerate(names, 1)}
    return body(rows, symbol_of(name), size="Full size" if ".full" in file else "Compact")


def symbol_of(name):
    """Whose series it is, by the name of its recording."""
    return name.partition("/")[2].split(".compact")[0].split(".full")[0].split(".excerpt")[0]
