"""The universe that a command is given."""

import re

import pytest

from stockflow.cli.given_universe import complaints_of, given_universe, universe_input
from stockflow.errors import Unusable
from tests.helpers.written_listings import listing, listings

NOW_MS = 1_795_780_800_000
"""2026-11-27."""


def written(folder, text, name="mine.txt"):
    file = folder / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(file)


def test_a_file_has_a_place_in_the_dataset(tmp_path):
    """By its name, and by what is in it: another content is another object."""
    first, second = (given_universe(written(tmp_path, text)).name for text in ("AAPL\n", "AAPL\nMSFT\n"))
    assert re.fullmatch(r"universes/mine-[0-9a-f]{8}\.txt", first)
    assert first != second


def test_the_same_file_is_the_same_place(tmp_path):
    """A second run adds nothing."""
    assert given_universe(written(tmp_path, "AAPL\n")) == given_universe(written(tmp_path, "AAPL\n"))


def test_an_odd_name_is_safe_in_a_key(tmp_path):
    """Nothing of it leads elsewhere."""
    name = given_universe(written(tmp_path, "AAPL\n", "my list & more.csv")).name
    assert name.startswith("universes/my%20list%20%26%20more-")


def test_a_listed_universe_needs_no_file():
    """It is looked up later."""
    assert given_universe("Listed:NYSE:2015-06-30").name == "Listed:NYSE:2015-06-30"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "There is no symbol in the list"),
        ("# none\n", "There is no symbol in the list"),
        (b"\xff\xfe", "is not UTF-8 text"),
        ("A\n" * 2_100_000, "is larger than"),
    ],
)
def test_a_file_that_is_none_is_told_in_a_sentence(tmp_path, text, said):
    """Empty, no text, or too long; before anything is started."""
    with pytest.raises(Unusable, match=said):
        given_universe(written(tmp_path, text))


@pytest.mark.parametrize(
    ("text", "said"),
    [("absent.txt", "can't be read"), (".", "can't be read"), ("listed:NYSE:1998-01-02", "lies before 1999-11-01")],
)
def test_what_can_not_be_one_is_told(text, said):
    """No such file, a folder, a day before all histories."""
    with pytest.raises(Unusable, match=said):
        given_universe(text)


def test_ten_bad_lines_are_named(tmp_path):
    """And how many more there are."""
    given = given_universe(written(tmp_path, "AAPL\n" + "".join(f"no symbol {n}\n" for n in range(12))))
    lines = complaints_of(given).splitlines()
    assert (len(lines), lines[-1]) == (11, "2 more of its entries can't be symbols.")
    assert lines[0].startswith("'no symbol 0' (line 2) can't be a symbol")


def test_doubles_are_one_symbol(tmp_path):
    """Whatever their case."""
    assert given_universe(written(tmp_path, "AAPL\naapl\nMSFT\n")).symbols == ("AAPL", "MSFT")


@pytest.mark.parametrize("given", [{"symbols": ["A"]}, {"list": {}, "universe": "listed:NYSE"}])
def test_only_one_of_symbols_and_universe_is_taken(given):
    """It would be unclear which counts."""
    with pytest.raises(Unusable, match="and --universe: give one of them"):
        universe_input(given_universe("listed:NYSE"), given)


@pytest.mark.parametrize("name", ["listed:NYSE", "LISTED:NYSE"])
def test_a_universe_among_symbols_is_refused(name):
    """By its letters it might be one, and would cost a request."""
    with pytest.raises(Unusable, match=f"write --universe {name}"):
        universe_input(None, {"symbols": ["A", name]})


def test_without_a_universe_the_input_stays():
    """As it was."""
    assert universe_input(None, {"symbols": ["A"]}) == {"symbols": ["A"]}


def test_symbols_of_a_listed_universe_are_by_the_listings():
    """For a command that says what a run would take."""
    known = listings(listing("AAPL"), listing("GONE", ends="2024-03-15"))
    assert given_universe("listed:NASDAQ").symbols_by(lambda: known, NOW_MS) == ["AAPL"]


def test_without_listings_a_listed_universe_says_how_to_have_them():
    """By which command."""
    with pytest.raises(Unusable, match="stockflow listings --update"):
        given_universe("listed:NASDAQ").symbols_by(lambda: None, NOW_MS)
