"""Every symbol that Plan accepts has a name that every file system takes and every query engine sees."""

import ntpath
import re
import sys
from pathlib import PureWindowsPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stockflow_functions.aws import keys
from stockflow_functions.daily_prices.plan.symbols import symbols_of
from stockflow_functions.domain.errors import InvalidInput
from stockflow_functions.domain.symbols import _SYMBOL
from tests.helpers.examples import examples

DEVICES = ["CON", "PRN", "AUX", "NUL", *(f"{port}{number}" for port in ("COM", "LPT") for number in range(10))]


def accepted(text: str) -> bool:
    try:
        return symbols_of([text]) == [text.upper()]
    except InvalidInput:
        return False


SYMBOLS = (
    st.from_regex(_SYMBOL, fullmatch=True)
    | st.builds(
        "{}{}{}".format,
        st.sampled_from(["", ".", "-", "^"]),
        st.sampled_from(DEVICES),
        st.sampled_from(["", ".", ":", ".LON", "0", "-B", ".X."]),
    )
).filter(accepted)
ORDINARY = st.from_regex(r"[A-Z0-9-]{1,10}(\.[A-Z]{1,5})?", fullmatch=True).filter(
    lambda text: accepted(text) and text.partition(".")[0] not in DEVICES
)


def folded(symbol: str) -> str:
    return symbols_of([symbol])[0]


def reserved(name: str) -> bool:
    """What Python, not this project, says that Windows keeps for itself."""
    return ntpath.isreserved(name) if sys.version_info >= (3, 13) else PureWindowsPath(name).is_reserved()


def paths(symbol: str) -> list[str]:
    named = [function("run", symbol) for function in (keys.staged, keys.rejected, keys.restated, keys.symbol_record)]
    named += [keys.prices("daily", symbol), keys.raw("daily", symbol, "run"), keys.quarantine("run", "daily", symbol)]
    return [*named, keys.splits(symbol), keys.splits_refused(symbol)]


@settings(max_examples=examples(500))
@given(symbol=SYMBOLS)
def test_a_key_tells_its_symbol(symbol):
    """Read back from the name of its object, a symbol is the one that was asked for."""
    assert keys.symbol_of(keys.prices("daily", folded(symbol))) == folded(symbol)


@settings(max_examples=examples(500))
@given(symbol=SYMBOLS)
def test_every_part_of_every_key_is_a_visible_name_everywhere(symbol):
    """No dot or underscore in front, no dot or space at the end, no device of Windows, no character that it refuses."""
    for path in paths(folded(symbol)):
        for part in path.split("/"):
            assert part[0] not in "._", path
            assert part[-1] not in ". ", path
            assert not reserved(part), path
            assert re.fullmatch(r"[A-Za-z0-9.%-]+", part), path
            assert len(part) <= 100, path


@settings(max_examples=examples(500))
@given(one=SYMBOLS, other=SYMBOLS)
def test_two_symbols_never_share_a_name(one, other):
    """Not even where a file system takes capitals and small letters for the same."""
    same_name = keys.safe_symbol(folded(one)).casefold() == keys.safe_symbol(folded(other)).casefold()
    assert same_name == (folded(one) == folded(other))


@given(symbol=ORDINARY)
def test_an_ordinary_symbol_is_its_own_name(symbol):
    """AAPL, BRK-B and TSCO.LON lie where they always lay."""
    assert keys.safe_symbol(symbol) == symbol
    assert keys.former(keys.prices("daily", symbol)) == keys.prices("daily", symbol)


@settings(max_examples=examples(500))
@given(symbol=SYMBOLS)
def test_a_former_key_is_read_as_the_same_symbol(symbol):
    """And its former key is itself, so that no name leads to a third one."""
    key = keys.prices("daily", folded(symbol))
    former = keys.former(key)
    assert keys.symbol_of(former) == folded(symbol)
    assert keys.former(former) == former


@pytest.mark.parametrize(
    ("symbol", "name"),
    [
        (".DJI", "%2EDJI"),
        ("A.", "A%2E"),
        ("CON", "%43ON"),
        ("NUL.LON", "%4EUL.LON"),
        ("^GSPC", "%5EGSPC"),
        ("M&M.BSE", "M%26M.BSE"),
        ("ACWV:BAT", "ACWV%3ABAT"),
        ("CONE", "CONE"),
        ("COM10", "COM10"),
    ],
)
def test_the_names_are_these(symbol, name):
    """Once released, a name stays."""
    assert keys.safe_symbol(symbol) == name
