"""The simulated vendor's dividends, and the adjusted series that goes with them."""

import json
from datetime import date, timedelta

import pandas as pd
import pytest

from stockflow.dataset.adjusting import adjusted
from stockflow.simulated_alpha_vantage.answering import Answering, Catalogue, Conduct
from stockflow.simulated_alpha_vantage.bodies import dividends_body
from stockflow.simulated_alpha_vantage.dividends import FULL_SINCE, invented_dividends
from stockflow.simulated_alpha_vantage.faults import Script
from stockflow.simulated_alpha_vantage.sessions import is_session
from stockflow.simulated_alpha_vantage.terms import DAILY, DAILY_ADJUSTED, DIVIDENDS, SPLITS, Query
from stockflow.testing import FakeClock
from stockflow_functions.domain.actions.answers import Dividend
from stockflow_functions.domain.clock import from_iso
from stockflow_functions.domain.listings.listing import ACTIVE, Listing

LAST = date(2026, 3, 20)
NOON = from_iso("2026-03-21T12:00:00Z")
SYMBOLS = [f"SIM{letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
WRITTEN_DOWN = {date(2000, 1, 13): 0.28, date(2011, 1, 13): 0.54, date(2026, 4, 13): 1.11}


def asked(function, symbol, catalogue=None, now_ms=NOON):
    vendor = Answering(catalogue or Catalogue(), Conduct(), Script(), FakeClock(now_ms))
    return json.loads(vendor.reply(Query(function, symbol, "full", "k")).body)


def series(symbol, catalogue=None, function=DAILY_ADJUSTED):
    """Oldest first."""
    return dict(sorted(asked(function, symbol, catalogue)["Time Series (Daily)"].items()))


def told(symbol, catalogue=None, now_ms=NOON):
    """The amounts of DIVIDENDS by ex-date."""
    data = asked(DIVIDENDS, symbol, catalogue, now_ms)["data"]
    return {item["ex_dividend_date"]: float(item["amount"]) for item in data}


def adjusted_by_hand(rows, splits, dividends):
    """What the vendor's adjusted closes are: close over close and dividend for each ex-date, over each split."""
    left, found = 1.0, {}
    for day in sorted(rows, reverse=True):
        close = float(rows[day]["4. close"])
        found[day] = close * left
        left *= close / (close + dividends.get(day, 0.0)) / splits.get(day, 1.0)
    return found


def test_some_pay_and_some_do_not():
    """Of many symbols both kinds are there, so that what reads actions meets both."""
    payers = [symbol for symbol in SYMBOLS if invented_dividends(symbol, {}, LAST)]
    assert 10 <= len(payers) <= 22


def test_a_payer_pays_each_quarter_at_a_session():
    """Four ex-dates a year, all days of trade, and each year's amounts are one, a small part of the price."""
    found = [each for each in invented_dividends("IBM", {}, LAST) if each.ex_date.year == 2025]
    closes = {date.fromisoformat(day): float(row["4. close"]) for day, row in series("IBM", function=DAILY).items()}
    assert [each.ex_date.month % 3 for each in found] == [found[0].ex_date.month % 3] * 4
    assert all(is_session(each.ex_date) for each in found)
    assert len({each.amount for each in found}) == 1
    assert all(0 < each.amount < closes[each.ex_date] / 20 for each in found)


def test_the_days_of_a_dividend_are_in_order():
    """Declared, then recorded, then paid; older ones lack all three, as with the vendor."""
    for each in invented_dividends("IBM", {}, LAST):
        if each.ex_date < FULL_SINCE:
            assert each[2:] == (None, None, None)
        else:
            assert each.declared < each.recorded == each.ex_date < each.paid


def test_dividends_are_the_same_in_every_process_and_version():
    """Python's randomised hashes, its version and the machine have no say in one: these were written down once."""
    found = {each.ex_date: each.amount for each in invented_dividends("IBM", {}, LAST)}
    assert {day: found.get(day) for day in WRITTEN_DOWN} == WRITTEN_DOWN


def test_a_declared_dividend_is_told_before_its_day():
    """The vendor lists those to come; before its declaration nobody knows of one."""
    coming = next(each for each in invented_dividends("IBM", {}, LAST) if each.ex_date > date(2025, 12, 1))
    before, after = (
        told("IBM", now_ms=from_iso(f"{coming.declared + timedelta(days=days)}T12:00:00Z")) for days in (-1, 1)
    )
    assert set(after) - set(before) == {coming.ex_date.isoformat()}


@pytest.mark.parametrize("symbol", ["IBM", "NVDA", "AAPL"])
def test_the_adjusted_series_agrees_with_both_kinds_of_action(symbol):
    """With dividends alone, with both, and with splits alone: its closes follow from SPLITS and DIVIDENDS."""
    splits = {each["effective_date"]: float(each["split_factor"]) for each in asked(SPLITS, symbol)["data"]}
    rows, dividends = series(symbol), told(symbol)
    expected = adjusted_by_hand(rows, splits, dividends)
    assert {day: float(row["5. adjusted close"]) for day, row in rows.items()} == pytest.approx(expected, rel=1e-12)
    amounts = {
        day: float(row["7. dividend amount"]) for day, row in rows.items() if row["7. dividend amount"] > "0.0000"
    }
    assert amounts == {day: amount for day, amount in dividends.items() if day in rows}


def test_the_datasets_own_adjusting_gives_the_same_closes():
    """What a person computes of raw prices and actions is the vendor's adjusted series, to its last digit or two."""
    rows = sorted(asked(DAILY, "NVDA")["Time Series (Daily)"].items())
    table = pd.DataFrame({"symbol": "NVDA", "date": [day for day, _ in rows]})
    table["close"] = [float(row["4. close"]) for _, row in rows]
    splits = [(each["effective_date"], "split", each["split_factor"]) for each in asked(SPLITS, "NVDA")["data"]]
    paid = [(day, "dividend", amount) for day, amount in told("NVDA").items()]
    actions = pd.DataFrame(splits + paid, columns=["date", "kind", "value"]).assign(symbol="NVDA")
    typed = [frame.assign(date=frame["date"].astype("datetime64[s]")) for frame in (table, actions)]

    closes = adjusted(typed[0], typed[1].astype({"value": float}), "all")["close"]

    expected = [float(row["5. adjusted close"]) for row in series("NVDA").values()]
    assert closes.tolist() == pytest.approx(expected, rel=1e-12)


def test_amounts_are_those_of_their_time():
    """Before a split a share was worth more, and was paid more."""
    split = {date(2020, 1, 2): 4.0}
    plain, before = ({each.ex_date: each.amount for each in invented_dividends("IBM", s, LAST)} for s in ({}, split))
    assert all(
        before[day] == pytest.approx(amount * (4 if day < date(2020, 1, 2) else 1)) for day, amount in plain.items()
    )


def test_given_dividends_are_all_there_are():
    """By symbol; two on one day count together."""
    paid = [Dividend(date(2026, 3, 18), amount, None, None, None) for amount in (0.5, 1.0)]
    catalogue = Catalogue(dividends={"GOOG": paid})
    assert asked(DIVIDENDS, "IBM", catalogue)["data"] == []
    assert len(asked(DIVIDENDS, "GOOG", catalogue)["data"]) == 2
    assert series("GOOG", catalogue)["2026-03-18"]["7. dividend amount"] == "1.5000"


def test_a_company_pays_while_it_is_listed():
    """None before its first session, nor after its delisting, though it was declared before that."""
    listed = Listing("IBM", "", "NYSE", "Stock", date(2024, 5, 1), date(2025, 11, 20), ACTIVE, LAST, LAST)
    days = sorted(told("IBM", Catalogue(listings=[listed])))
    assert (days[0] > "2024-05-01", days[-1] <= "2025-11-20", len(days)) == (True, True, 6)


def test_dividends_have_the_vendors_layout():
    """Newest first, four blanks a step, and the text None where a day is not known."""
    dividends = [
        Dividend(date(1999, 5, 6), 0.24, None, None, None),
        Dividend(date(2024, 8, 9), 1.67, date(2024, 7, 29), date(2024, 8, 9), date(2024, 9, 10)),
    ]
    assert (
        dividends_body("ACME", dividends, LAST).decode()
        == """{
    "symbol": "ACME",
    "data": [
        {
            "ex_dividend_date": "2024-08-09",
            "declaration_date": "2024-07-29",
            "record_date": "2024-08-09",
            "payment_date": "2024-09-10",
            "amount": "1.67"
        },
        {
            "ex_dividend_date": "1999-05-06",
            "declaration_date": "None",
            "record_date": "None",
            "payment_date": "None",
            "amount": "0.24"
        }
    ]
}"""
    )
