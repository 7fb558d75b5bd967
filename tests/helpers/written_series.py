"""Series of invented companies as the vendor sends them: what is odd in the recorded ones, with prices of our own."""

import csv
import io
from datetime import date
from functools import cache
from math import prod
from random import Random

from stockflow_functions.domain.prices.sessions import sessions_between
from stockflow_functions.vendors.alpha_vantage import VENDOR
from tests.helpers.vendor_bodies import COLUMNS, body

ACME_SPLITS = {date(2018, 12, 3): 2.0, date(2019, 3, 11): 7.0, date(2019, 8, 12): 4.0}
ACME_CRASH = date(2019, 1, 31)
SPIN_OFF = date(2021, 11, 4)
WRONG_VOLUME = date(2018, 9, 14)
EX_DIVIDEND = date(2020, 12, 10)
NAMES = [
    "daily/ACME.full.csv",
    "daily/ACME.compact.csv",
    "daily/QUAY.compact.json",
    "daily/QUAY.full.json",
    "daily/QUAY.full.csv",
    "daily/QUAY.full.asof-2019-04-11.csv",
    "daily/QUAY.full.asof-2019-04-12.csv",
    "daily/QUAY.full.asof-2019-10-31.csv",
    "daily_adjusted/ACME.full.csv",
    "daily_adjusted/VALE.compact.json",
    "daily_adjusted/VALE.full.csv",
    "daily_adjusted/VALE.full.asof-2020-12-04.csv",
    "daily_adjusted/VALE.full.asof-2020-12-07.csv",
    "daily_adjusted/VALE.full.asof-2020-12-18.json",
    "daily_adjusted/VALE.compact.asof-2020-12-18.json",
    "daily_adjusted/WYE.full.json",
    "daily_adjusted/PEAK.full.json",
    "daily_adjusted/MINE.TRV.excerpt.json",
    "daily_reshaped/DALE.LON.compact.csv",
]


@cache
def written():
    """The texts by the names that recordings would have."""
    return dict(zip(NAMES, [*_acme(), *_quay(), *_adjusted_acme(), *_vale(), *_others()], strict=True))


def _acme():
    """Splits, a crash, and three closes a hair above the high."""
    walk = _bars("ACME", date(2018, 8, 1), date(2019, 10, 31), splits=ACME_SPLITS, crash=ACME_CRASH)
    hair = list(walk)[20:80:20]
    outside = {day: {"open": row["close"], "high": 0.9999 * row["close"]} for day, row in walk.items() if day in hair}
    yield _as_csv({day: {**row, **outside.get(day, {})} for day, row in walk.items()}, "daily")
    yield _as_csv(_newest(walk), "daily")


def _quay():
    """A newest volume that was not final, two corrected bars, a volume a hundred times too small, half the volumes."""
    walk = _bars("QUAY", date(2018, 6, 1), date(2019, 10, 31))
    until_march, until_april = _until(walk, date(2019, 3, 29)), _until(walk, date(2019, 4, 11))
    days = list(walk)
    corrected = {days[30]: {"close": 1.001}, days[60]: {"volume": 2}}
    halved = {day: {"volume": 0.5} for day in days[80:130]}
    yield _as_json(_newest(_times(until_march, {date(2019, 3, 29): {"volume": 0.5}})), "daily", "QUAY")
    yield _as_json(until_march, "daily", "QUAY", "Full size")
    yield _as_csv(_times(_until(walk, date(2019, 4, 8)), corrected), "daily")
    yield _as_csv(_times(until_april, corrected), "daily")
    yield _as_csv(_times(until_april, {**corrected, WRONG_VOLUME: {"volume": 100}}), "daily")
    yield _as_csv(_times(walk, {**corrected, **halved}), "daily")


def _adjusted_acme():
    """The series carries its splits itself."""
    walk = _bars("ACME", date(2018, 8, 1), date(2019, 10, 31), splits=ACME_SPLITS, crash=ACME_CRASH)
    yield _as_csv(walk, "daily_adjusted")


def _vale():
    """Corrected bars, a restated history, and a dividend that renews every adjusted close before it."""
    first, last = date(2019, 6, 3), date(2020, 12, 18)
    walk, paid = (_bars("VALE", first, last, dividends=dividends) for dividends in ({}, {EX_DIVIDEND: 0.5}))
    days = list(walk)
    until_january, until_december = _until(walk, date(2020, 1, 16)), _until(walk, date(2020, 12, 4))
    yield _as_json(_newest(until_january), "daily_adjusted", "VALE")
    yield _as_csv(until_january, "daily_adjusted")
    yield _as_csv(_times(until_december, {day: {"volume": 2} for day in days[30:32]}), "daily_adjusted")
    yield _as_csv(_times(until_december, {day: {"volume": 2} for day in days[30:80]}), "daily_adjusted")
    yield _as_json(paid, "daily_adjusted", "VALE", "Full size")
    yield _as_json(_newest(paid), "daily_adjusted", "VALE")


def _others():
    """A split with a float's tail and a spin-off booked as a split; two bars of Toronto; London."""
    first, last = date(2020, 12, 1), date(2021, 12, 31)
    split = _bars("WYE", first, last, splits={date(2021, 6, 1): 7.00000700001})
    yield _as_json(split, "daily_adjusted", "WYE", "Full size")
    spun_off = _bars("PEAK", first, last)
    spun_off[SPIN_OFF]["split coefficient"] = 1.046
    yield _as_json(spun_off, "daily_adjusted", "PEAK", "Full size")
    yield _as_json(_bars("MINE.TRV", date(2023, 6, 19), date(2023, 6, 20)), "daily_adjusted", "MINE.TRV", "Full size")
    yield _as_csv(_newest(_bars("DALE.LON", date(2024, 9, 2), date(2025, 2, 28))), "daily", first_column="date")


def _bars(symbol, first, last, *, splits=None, dividends=None, crash=None):
    """A quiet walk, as traded, oldest first: {day: {column: number}}; a crash takes 52 % overnight."""
    draw, price, walk = Random(symbol), 40.0, {}
    for day in (session.item() for session in sessions_between(VENDOR.exchange_of(symbol), first, last)):
        opened = price * (0.48 if day == crash else 1)
        price = opened * (0.985 + 0.03 * draw.random())
        later = prod(factor for effective, factor in (splits or {}).items() if effective > day)
        paid = prod(1 - amount / 40 for ex_day, amount in (dividends or {}).items() if ex_day > day)
        walk[day] = {
            "open": opened * later,
            "high": 1.01 * max(opened, price) * later,
            "low": 0.99 * min(opened, price) * later,
            "close": price * later,
            "adjusted close": price * paid,
            "volume": 2 * int(500_000 + 500_000 * draw.random()),
            "dividend amount": (dividends or {}).get(day, 0.0),
            "split coefficient": (splits or {}).get(day, 1.0),
        }
    return walk


def _times(walk, factors):
    """The walk, where a day's columns are multiplied by what ``factors`` has for them."""
    return {
        day: {name: type(value)(value * factors.get(day, {}).get(name, 1)) for name, value in row.items()}
        for day, row in walk.items()
    }


def _newest(walk):
    return dict(list(walk.items())[-100:])


def _until(walk, last):
    return {day: row for day, row in walk.items() if day <= last}


def _as_csv(walk, series, first_column="timestamp"):
    """Newest first, with four decimals."""
    file = io.StringIO()
    lines = csv.writer(file)
    lines.writerow([first_column, *(name.replace(" ", "_") for name in COLUMNS[series])])
    for day, row in reversed(walk.items()):
        lines.writerow([day, *(_text(row[name]) for name in COLUMNS[series])])
    return file.getvalue()


def _as_json(walk, series, symbol, size="Compact"):
    """Newest first; since 2020-11 the vendor writes adjusted prices as free floating-point texts."""
    text = str if series == "daily_adjusted" else _text
    rows = {
        str(day): {f"{number}. {name}": text(row[name]) for number, name in enumerate(COLUMNS[series], 1)}
        for day, row in reversed(walk.items())
    }
    return body(rows, symbol, size=size).decode()


def _text(value):
    return str(value) if isinstance(value, int) else f"{value:.4f}"
