"""Dataset.prices with as_of: what was known at a moment."""

import os
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from stockflow.dataset import Dataset
from stockflow.testing import FakeClock, FakeS3
from stockflow_functions.aws import keys
from stockflow_functions.domain.clock import from_iso
from stockflow_functions.domain.parquet import from_bytes, to_bytes
from stockflow_functions.domain.prices.changes import CHANGES_KEY, noted
from stockflow_functions.domain.prices.packed import packed
from stockflow_functions.domain.prices.parquet import empty_table, encode
from stockflow_functions.domain.prices.series import DAILY, DAILY_ADJUSTED
from stockflow_functions.domain.prices.undo_log import Changes
from stockflow_functions.runtime.services import Services
from tests.helpers.datasets import bars_of, refused, write, write_actions, write_bars
from tests.helpers.tables import same

FIRST = {"2026-11-18": 100.0, "2026-11-19": 101.0}
SECOND = {"2026-11-18": 100.0, "2026-11-19": 101.5, "2026-11-20": 51.0}
LIFE = (("2026-11-19T22:00:00Z", FIRST), ("2026-11-20T22:00:00Z", SECOND))


def write_life(folder, symbol, *states, began=None):
    """The symbol's object after saves of these tables at these moments; ``began`` is when its log did."""
    log, before = Changes(began and from_iso(began) // 1000), empty_table(DAILY)
    for at, closes in states:
        after = bars_of(symbol, closes)
        log, before = noted(log, before, after, from_iso(at) // 1000), after
    write(folder, keys.prices("daily", symbol), encode(before, DAILY, log))


@pytest.fixture
def dataset(tmp_path):
    """AAPL as of two runs, and MSFT that came with the second one."""
    write_life(tmp_path, "AAPL", *LIFE)
    write_life(tmp_path, "MSFT", ("2026-11-20T22:00:00Z", {"2026-11-20": 10.0}))
    return Dataset(tmp_path)


def closes(table):
    return {f"{day:%Y-%m-%d}": close for day, close in zip(table["date"], table["close"], strict=True)}


@pytest.mark.parametrize(
    ("as_of", "then"),
    [
        ("2026-11-19", FIRST),
        ("2026-11-19T22:00:00Z", FIRST),
        ("2026-11-20T21:59:59", FIRST),
        ("2026-11-20T23:30:00+02:00", FIRST),
        (datetime(2026, 11, 20, 22, tzinfo=UTC), SECOND),
        ("2026-11-20", SECOND),
        ("2027-01-01", SECOND),
    ],
)
def test_a_day_counts_to_its_end_and_a_moment_to_its_second(dataset, as_of, then):
    """UTC, if it has no zone of its own."""
    assert closes(dataset.prices("AAPL", as_of=as_of)) == then


def test_symbols_that_came_later_are_not_there_yet(dataset):
    """Named or not: that nothing was known of them is what was known."""
    assert set(dataset.prices(as_of="2026-11-19")["symbol"]) == {"AAPL"}
    assert set(dataset.prices(["AAPL", "MSFT"], as_of="2026-11-19")["symbol"]) == {"AAPL"}


def test_columns_have_the_types_of_now(dataset):
    """Also where rows were undone."""
    now, then = (dataset.prices(as_of=as_of, arrow=True) for as_of in (None, "2026-11-19"))

    assert then.schema.equals(now.schema, check_metadata=True)
    assert dataset.prices("AAPL", as_of="2026-11-19", columns="volume")["volume"].tolist() == [100, 100]


def test_before_the_first_run_is_said(dataset):
    """With the moment."""
    said = refused(lambda: dataset.prices(as_of="2026-11-18"))

    assert "had no bar of AAPL, MSFT at 2026-11-18T23:59:59Z, which is before the first run that saved one" in said


def test_what_an_older_release_wrote_is_not_known_then(tmp_path, dataset):
    """Its object says nothing of the past; all such symbols are named."""
    write_bars(tmp_path, "IBM", FIRST)
    write_bars(tmp_path, "V", FIRST)

    assert refused(lambda: dataset.prices(as_of="2026-11-20")) == (
        f"What {tmp_path} had of IBM, V at 2026-11-20T23:59:59Z is not known, as an older release wrote it, or "
        "its changes can't be read: write a later as_of, or none for what is known now."
    )


def test_a_file_is_what_it_was_since_it_was_written(tmp_path, dataset):
    """Also an older release's: its time says since when."""
    write_bars(tmp_path, "IBM", FIRST)
    written_s = from_iso("2026-11-20T22:00:00Z") // 1000
    os.utime(tmp_path / keys.prices("daily", "IBM"), (written_s, written_s))

    assert closes(dataset.prices("IBM", as_of="2026-11-20")) == FIRST
    assert "is not known" in refused(lambda: dataset.prices("IBM", as_of="2026-11-19"))


def test_what_began_to_be_noted_later_says_from_when_on(tmp_path, dataset):
    """The moment is the log's own."""
    write_life(tmp_path, "IBM", ("2026-11-20T22:00:00Z", SECOND), began="2026-11-20T22:00:00Z")

    assert "is not known, only what it was from 2026-11-20T22:00:00Z on" in refused(
        lambda: dataset.prices("IBM", as_of="2026-11-19")
    )


def test_a_table_out_of_order_is_as_it_was_too(tmp_path, dataset):
    """Read by the careful way, with its log."""
    log = noted(Changes(None), empty_table(DAILY), bars_of("AAPL", FIRST), from_iso(LIFE[0][0]) // 1000)
    log = noted(log, bars_of("AAPL", FIRST), bars_of("AAPL", SECOND), from_iso(LIFE[1][0]) // 1000)
    write(tmp_path, keys.prices("daily", "AAPL"), encode(bars_of("AAPL", SECOND)[::-1], DAILY, log))

    assert closes(dataset.prices("AAPL", as_of="2026-11-19")) == FIRST


def test_adjusted_by_what_was_known_then(tmp_path, dataset):
    """A split that was heard of later does not count, nor is it asked for."""
    announced = ("2026-11-20", "split", 2.0, "2026-11-20T23:00:00Z")
    write_actions(tmp_path, "AAPL", announced, asked_at="2026-11-19T00:00:00Z")

    before, after = ("2026-11-20T22:30:00Z", "2026-11-20T23:30:00Z")
    assert closes(dataset.prices("AAPL", as_of=before, adjust="splits")) == SECOND
    assert closes(dataset.prices("AAPL", as_of=after, adjust="splits"))["2026-11-19"] == 101.5 / 2


def test_adjusted_at_a_moment_before_actions_were_asked_for_is_said(tmp_path, dataset):
    """Nothing is guessed of then either."""
    write_actions(tmp_path, "AAPL", asked_at="2026-11-21T00:00:00Z")

    assert "did not know the splits of AAPL at 2026-11-20T23:59:59Z" in refused(
        lambda: dataset.prices("AAPL", as_of="2026-11-20", adjust="splits")
    )


def test_s3_has_versions_of_what_an_older_release_wrote(monkeypatch):
    """Where the log does not reach, the object of then is read."""
    clock = FakeClock(from_iso("2026-11-19T22:00:00Z"))
    s3 = FakeS3(clock)
    key = keys.prices("daily", "AAPL")
    s3.place(key, encode(bars_of("AAPL", FIRST), DAILY))
    clock.sleep(86_400)
    s3.place(key, encode(bars_of("AAPL", SECOND), DAILY))
    monkeypatch.setattr(Services, "client", lambda self, name: s3)
    dataset = Dataset("s3://data")

    assert closes(dataset.prices("AAPL", as_of="2026-11-20T21:00:00Z")) == FIRST
    assert closes(dataset.prices("AAPL", as_of="2026-11-20")) == SECOND
    assert "is not known, as an older release wrote it" in refused(lambda: dataset.prices("AAPL", as_of="2026-11-18"))


def test_changes_that_can_not_be_read_leave_the_rows(tmp_path, dataset):
    """What is known now is right without them; what was known then is not guessed."""
    key = keys.prices("daily", "AAPL")
    table = from_bytes((tmp_path / key).read_bytes())
    write(tmp_path, key, to_bytes(table, {**table.schema.metadata, CHANGES_KEY: b"torn"}))

    assert closes(dataset.prices("AAPL")) == SECOND
    assert "or its changes can't be read" in refused(lambda: dataset.prices("AAPL", as_of="2026-11-19"))


def test_a_log_of_a_newer_release_is_said(tmp_path, dataset):
    """Where the past is asked for."""
    key = keys.prices("daily", "AAPL")
    table = from_bytes((tmp_path / key).read_bytes())
    write(tmp_path, key, to_bytes(table, {**table.schema.metadata, CHANGES_KEY: packed([99, None, 0, []], [])}))

    assert "AAPL.parquet in" in (said := refused(lambda: dataset.prices("AAPL", as_of="2026-11-19")))
    assert "is a newer release's" in said


def test_tables_that_are_undone_together_are_each_as_they_were(tmp_path):
    """Rows that came, went and changed, before 1970 too, of symbols with lives of their own: as copies kept then."""
    draw = np.random.default_rng(1)
    moments = [f"2026-11-{day:02}T22:00:00Z" for day in range(1, 13)]
    copies = {symbol: [random_table(draw, symbol) for _ in moments] for symbol in ("A", "B", "C")}
    for number, (symbol, tables) in enumerate(copies.items()):
        log, before = Changes(None), empty_table(DAILY_ADJUSTED)
        for at, after in list(zip(moments, tables, strict=True))[number * 2 :]:
            log, before = noted(log, before, after, from_iso(at) // 1000), after
        write(tmp_path, keys.prices("daily_adjusted", symbol), encode(before, DAILY_ADJUSTED, log))
    dataset = Dataset(tmp_path)

    for place, at in enumerate(moments):
        then = pd.concat([tables[place] for number, tables in enumerate(copies.values()) if place >= number * 2])
        same(dataset.prices(as_of=at, series="daily_adjusted"), then)


def random_table(draw, symbol):
    """Some of twenty days around 1970, with values of a few kinds; every fourth adjusted close is not known."""
    days = np.flatnonzero(draw.random(20) < 0.7) - 10
    values = {name: draw.integers(1, 4, len(days)) / 4 for name in DAILY_ADJUSTED.value_columns}
    values["volume"] = draw.integers(1, 4, len(days))
    values["adjusted_close"] = np.where(draw.random(len(days)) < 0.25, np.nan, values["adjusted_close"])
    dates = days.astype("datetime64[D]").astype("datetime64[s]")
    return pd.DataFrame({"symbol": pd.Series([symbol] * len(days), dtype="str"), "date": dates, **values})
