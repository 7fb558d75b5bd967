"""The adjusted closes of the vendor, in every recorded series, against those that are computed from its own bars."""

import json
from functools import cache

import numpy as np
import pandas as pd
import pytest

from bench.kit.recorded_adjusted import FOLDER, booked_actions, recorded, recordings
from stockflow.dataset.adjusting import adjusted

CENT = 0.01
CUT = 0.00005
"""A recorded amount, factor or older adjusted close has four decimals: so much may be missing of it."""
without_recordings = pytest.mark.skip("the recorded answers are not beside this checkout (../shared)")
RECORDED = [f"daily_adjusted/{file.name}" for file in recordings()] or [pytest.param("", marks=without_recordings)]

PAIRS = [
    (f"daily_adjusted/{file.name}", f"daily/{other.name}")
    for file in recordings(kind="full")
    for other in recordings("daily", file.name.split(".")[0], "full")
]
each_pair = pytest.mark.parametrize(("name", "as_traded"), PAIRS or [pytest.param("", "", marks=without_recordings)])


@cache
def series(name):
    """A recorded series."""
    return recorded(FOLDER / name)


def off(table, known, how="all"):
    """By how much the computed closes differ from the vendor's, row by row."""
    return (adjusted(table, known, how)["close"] - table["adjusted_close"]).abs().to_numpy()


def cut_off(table):
    """By how much decimals that the vendor cuts off may move each close: its own, and those of later actions."""
    dividends, splits = table["dividend_amount"], table["split_coefficient"]
    moved = np.where(dividends > 0, CUT / (table["close"] + dividends), 0) + np.where(splits != 1, CUT / splits, 0)
    later = moved[::-1].cumsum()[::-1] - moved
    return (CUT + table["adjusted_close"] * later).to_numpy()


@pytest.mark.parametrize("name", RECORDED)
def test_every_row_is_the_vendors_to_the_cent(name):
    """Of all recorded adjusted closes there is none that differs by a cent."""
    assert off(series(name), booked_actions(series(name))).max() < CENT


@pytest.mark.parametrize("name", RECORDED)
def test_what_differs_is_in_decimals_that_were_cut_off(name):
    """Where a dividend is sent as 0.3534 and counted as 0.353358, or a split of 7 as 7.00000700001."""
    table = series(name)

    assert (off(table, booked_actions(table)) <= cut_off(table) + 1e-9).all()


@pytest.mark.parametrize("name", RECORDED)
def test_after_the_last_dividend_the_vendors_closes_are_adjusted_for_splits_alone(name):
    """Of all recorded splits, those that no dividend follows show by themselves."""
    table = series(name)
    last = table["date"].where(table["dividend_amount"] > 0).max()
    since = table if pd.isna(last) else table[table["date"] >= last]

    assert off(since.reset_index(drop=True), booked_actions(table), "splits").max() < CENT


@each_pair
def test_bars_as_traded_become_the_adjusted_series(name, as_traded):
    """TIME_SERIES_DAILY with the actions is the vendor's own adjusted series, but for bars that it restated between.

    A restated close is another in the adjusted series also, and where it is an ex-date's, so is all before.
    """
    table, raw = series(name), series(as_traded)
    newest = min(table["date"].max(), raw["date"].max())
    own = raw.assign(traded=raw["close"])[raw["date"] <= newest]
    both = adjusted(own, booked_actions(table), "all").merge(table, on="date", suffixes=("", "_told"))
    basis = both["close_told"].iloc[-1] / both["adjusted_close"].iloc[-1]
    differs = (both["close"] - both["adjusted_close"] * basis).abs() > CENT
    restated = (both["traded"] - both["close_told"]).abs() > CUT
    before_one = both["date"] < both["date"][restated & (both["dividend_amount"] > 0)].max()

    assert not (differs & ~restated & ~before_one).any()


@each_pair
def test_the_move_over_a_split_is_the_vendors(name, as_traded):
    """Over every recorded split, in every recording of bars as traded, the close moves as the adjusted one does."""
    known, told = booked_actions(series(name)), series(name).set_index("date")["adjusted_close"].pct_change()
    moves = adjusted(series(as_traded), known, "splits").set_index("date")["close"].pct_change()
    splits = known[known["kind"] == "split"]["date"]
    seen = moves.reindex(splits).dropna()

    assert seen.to_numpy() == pytest.approx(told[seen.index].to_numpy(), abs=2e-4)


@pytest.mark.parametrize("name", [name for name in RECORDED if name == "daily_adjusted/IBM.full.json"])
def test_a_spin_off_in_the_answer_of_splits_is_booked_as_one(name):
    """Kyndryl's: SPLITS has it with the factor that the adjusted series has, on the same day."""
    answer = json.loads((FOLDER / "other" / "splits_IBM.json").read_text())
    told = {each["effective_date"]: float(each["split_factor"]) for each in answer["data"]}
    booked = booked_actions(series(name)).query("kind == 'split'")

    assert {str(day.date()): value for day, value in zip(booked["date"], booked["value"], strict=True)} == {
        day: factor for day, factor in told.items() if day >= "1999-11-01"
    }
