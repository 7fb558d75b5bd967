"""Dataset.prices with adjust: bars and actions of a dataset together."""

from datetime import date

import pytest

from stockflow.dataset import Dataset
from stockflow_functions.aws import keys
from stockflow_functions.domain.prices.series import DAILY_ADJUSTED
from tests.helpers.datasets import refused, write, write_actions, write_bars

BARS = {"2026-11-18": 100.0, "2026-11-19": 104.0, "2026-11-20": 52.0, "2026-11-23": 50.0}
SPLIT = ("2026-11-20", "split", 2.0)
DIVIDEND = ("2026-11-23", "dividend", 2.0)


@pytest.fixture
def dataset(tmp_path):
    """AAPL with a split and a dividend, MSFT with neither."""
    write_bars(tmp_path, "AAPL", BARS)
    write_bars(tmp_path, "MSFT", dict.fromkeys(BARS, 10.0))
    write_actions(tmp_path, "AAPL", SPLIT, DIVIDEND)
    write_actions(tmp_path, "MSFT")
    return Dataset(tmp_path)


def test_prices_and_volumes_are_of_a_share_of_the_newest_bar(dataset):
    """Before the split half of what was traded, and twice the volume."""
    table = dataset.prices("AAPL", adjust="splits")

    assert table["open"].tolist() == table["close"].tolist() == [50.0, 52.0, 52.0, 50.0]
    assert table["volume"].tolist() == [200, 200, 100, 100]


def test_dividends_count_on_request(dataset):
    """Before the ex-date the close as if the dividend had been put in: 50 / 52 of it."""
    closes = dataset.prices("AAPL", adjust="all")["close"].tolist()

    assert closes == pytest.approx([50 * 50 / 52, 50.0, 50.0, 50.0])


def test_symbols_do_not_touch_each_other(dataset):
    """MSFT is known to have no actions, and is as traded."""
    assert dataset.prices(adjust="all").query("symbol == 'MSFT'")["close"].tolist() == [10.0] * 4


@pytest.mark.parametrize("adjust", ["splits", "all"])
def test_what_is_cut_off_counts(dataset, adjust):
    """A part of the days and columns is a part of the whole table: what came after ``end`` is in the prices before."""
    whole = dataset.prices("AAPL", adjust=adjust)
    part = dataset.prices("AAPL", "2026-11-19", "2026-11-20", adjust, columns=["open"])

    assert part["open"].tolist() == whole["open"].tolist()[1:3]
    assert list(part) == ["symbol", "date", "open"]


def test_a_start_behind_all_bars_is_an_empty_table(dataset):
    """Of which no actions need be known."""
    assert len(dataset.prices("AAPL", start="2027-01-01", adjust="all")) == 0


def test_actions_behind_the_newest_bar_wait_for_it(tmp_path, dataset):
    """A split that is announced for a later day changes nothing yet."""
    write_actions(tmp_path, "MSFT", ("2026-12-01", "split", 10.0))

    assert dataset.prices("MSFT", adjust="splits")["close"].tolist() == [10.0] * 4


def test_arrow_has_the_same_types(dataset):
    """As the prices that are not adjusted."""
    adjusted, raw = (dataset.prices(arrow=True, adjust=adjust) for adjust in ("all", None))

    assert adjusted.schema.equals(raw.schema)


@pytest.mark.parametrize(("adjust", "reasons"), [("splits", "splits"), ("all", "splits and dividends")])
def test_what_is_adjusted_says_so(dataset, adjust, reasons):
    """In the schema, in place of "as traded"; units and what is not adjusted stay."""
    adjusted, raw = (dataset.prices("AAPL", arrow=True, adjust=how).schema for how in (adjust, None))
    told = {field.name: field.metadata for field in adjusted}

    assert told["close"] == {
        b"description": f"last price, adjusted for {reasons}".encode(),
        b"unit": b"listing's currency",
    }
    assert told["volume"] == {b"description": b"traded, adjusted for splits", b"unit": b"shares"}
    assert told["date"] == raw.field("date").metadata


def test_of_the_vendors_own_adjusted_series_the_raw_columns_are_adjusted(tmp_path):
    """Its adjusted closes stay as they are."""
    write_bars(tmp_path, "AAPL", BARS, DAILY_ADJUSTED)
    write_actions(tmp_path, "AAPL", SPLIT)
    table = Dataset(tmp_path).prices("AAPL", adjust="splits", series="daily_adjusted", arrow=True)

    assert table["close"].to_pylist() == [50.0, 52.0, 52.0, 50.0]
    assert table["adjusted_close"].to_pylist() == list(BARS.values())
    assert b"by the vendor" in table.schema.field("adjusted_close").metadata[b"description"]


def test_no_symbol_is_adjusted_by_guess(tmp_path, dataset):
    """One whose actions are unknown is named, with the command that asks for them."""
    write_bars(tmp_path, "IBM", BARS)

    assert refused(lambda: dataset.prices(adjust="splits")) == (
        f"{tmp_path} does not know the splits of IBM, and nothing is guessed: `stockflow actions IBM --update "
        f"--output-dir {tmp_path}` asks the vendor."
    )


def test_splits_alone_are_enough_for_splits(tmp_path, dataset):
    """A symbol that was asked about its splits, and not about dividends, is adjusted for those, and no further."""
    write_actions(tmp_path, "MSFT", asked=["split"])

    assert len(dataset.prices(adjust="splits")) == 8
    assert "does not know the dividends of MSFT" in refused(lambda: dataset.prices(adjust="all"))


def test_actions_as_they_were_known_then(tmp_path, dataset):
    """A restated one by its value of that day; one that was not known yet, not at all."""
    stale = ("2026-11-20", "split", 4.0, "2026-11-01T00:00:00Z", "2026-11-21T00:00:00Z")
    right = ("2026-11-20", "split", 2.0, "2026-11-21T00:00:00Z")
    write_actions(tmp_path, "AAPL", stale, right)

    assert dataset.actions("AAPL")["value"].tolist() == [2.0]
    assert dataset.actions("AAPL", as_of="2026-11-20")["value"].tolist() == [4.0]


def test_actions_of_all_and_of_some(dataset):
    """In the columns of docs/actions.md; MSFT has none, and is known to have none."""
    assert dataset.actions()["kind"].tolist() == ["split", "dividend"]
    assert dataset.actions()["date"].dt.date.tolist() == [date(2026, 11, 20), date(2026, 11, 23)]
    assert len(dataset.actions("MSFT")) == 0


def test_a_symbol_that_was_never_asked_about_is_said(dataset):
    """An empty answer would say that it has none."""
    said = refused(lambda: dataset.actions(["AAPL", "IBM"]))

    assert "does not know the splits and dividends of IBM" in said


def test_actions_that_were_not_known_then_are_said(dataset):
    """With the moment."""
    said = refused(lambda: dataset.actions("AAPL", as_of="2026-10-01"))

    assert said.endswith(
        "did not know the splits and dividends of AAPL at 2026-10-01T23:59:59Z: write a later as_of, or none for what "
        "is known now."
    )


def test_a_dataset_without_actions_says_how_to_get_them(tmp_path):
    """Rather than that there were none."""
    write_bars(tmp_path, "AAPL", BARS)

    assert f"`stockflow actions --update --output-dir {tmp_path}` asks the vendor" in refused(Dataset(tmp_path).actions)


def test_actions_of_another_symbol_are_no_table(tmp_path, dataset):
    """Nor are bytes that are none."""
    body = (tmp_path / keys.actions("AAPL")).read_bytes()
    write(tmp_path, keys.actions("MSFT"), body)

    assert "actions/MSFT.parquet in" in refused(lambda: dataset.prices(adjust="all"))


def test_actions_that_changed_between_two_calls_count(tmp_path, dataset):
    """What a run or a person has written since is read; the rest is what it was."""
    assert dataset.prices("MSFT", adjust="splits")["close"].tolist() == [10.0] * 4
    write_actions(tmp_path, "MSFT", ("2026-11-20", "split", 2.0))

    assert dataset.prices("MSFT", adjust="splits")["close"].tolist() == [5.0, 5.0, 10.0, 10.0]
    (tmp_path / keys.actions("MSFT")).unlink()
    assert "does not know the splits of MSFT" in refused(lambda: dataset.prices(adjust="splits"))
