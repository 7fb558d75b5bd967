"""Invented prices and real ones never share a folder."""

import pytest

from stockflow.embedded.origin import REAL, SIMULATED, UNKNOWN, hold_to_origin, origin_of
from stockflow.errors import Unusable

VENDOR = "https://www.alphavantage.co/query"


@pytest.fixture
def folder(tmp_path):
    """A folder with one price object in it."""
    (tmp_path / "prices/daily").mkdir(parents=True)
    (tmp_path / "prices/daily/A.parquet").write_bytes(b"")
    return tmp_path


@pytest.mark.parametrize(
    ("base_url", "simulated", "origin"),
    [(VENDOR, True, SIMULATED), (VENDOR, False, REAL), ("http://127.0.0.1:80/query", False, UNKNOWN)],
)
def test_the_origin_is_told_by_who_answers(base_url, simulated, origin):
    """The stand-in is simulated, another host is real, and a server on this machine may be anything."""
    assert origin_of(base_url, simulated=simulated) == origin


@pytest.mark.parametrize(("first", "second"), [(SIMULATED, REAL), (REAL, SIMULATED)])
def test_the_other_kind_is_refused(folder, first, second):
    """A folder that holds one kind of prices refuses the other, and says which it holds."""
    hold_to_origin(folder, first)

    with pytest.raises(Unusable, match=f"holds {first} prices"):
        hold_to_origin(folder, second)


def test_a_listing_holds_a_folder_too(tmp_path):
    """Real prices are not checked by an invented listing."""
    (tmp_path / "listings.parquet").write_bytes(b"")
    hold_to_origin(tmp_path, SIMULATED)

    with pytest.raises(Unusable, match="holds simulated listings"):
        hold_to_origin(tmp_path, REAL)


def test_the_same_kind_is_taken_again(folder):
    """A second run of the same kind adds to the first."""
    hold_to_origin(folder, SIMULATED)
    hold_to_origin(folder, SIMULATED)


def test_a_folder_without_prices_takes_either(tmp_path):
    """A first run that saved nothing leaves the folder free."""
    hold_to_origin(tmp_path, SIMULATED)
    hold_to_origin(tmp_path, REAL)


def test_splits_and_dividends_are_of_one_origin_too(tmp_path):
    """Prices adjusted by invented dividends would be neither."""
    (tmp_path / "actions").mkdir()
    (tmp_path / "actions" / "IBM.parquet").write_bytes(b"")
    hold_to_origin(tmp_path, SIMULATED)

    with pytest.raises(Unusable, match="holds simulated splits and dividends"):
        hold_to_origin(tmp_path, REAL)


def test_an_unknown_origin_is_not_held_to_anything(folder):
    """A server of the user's own may add to any folder."""
    hold_to_origin(folder, REAL)
    hold_to_origin(folder, UNKNOWN)
