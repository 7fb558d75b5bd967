"""Adjusted closes of two answers."""

import pytest

from stockflow_functions.domain.prices.adjusted import same_basis
from tests.helpers.tables import adjusted


@pytest.mark.parametrize(
    ("stored", "new", "same"),
    [
        ((100.0, 0.5), (100.0, 0.5), True),
        ((100.0, 0.5), (101.0, 0.5), True),
        ((100.0, 0.5), (100.0, 0.25), False),
        ((100.0, 0.5), (100.0, 0.4985), False),
        ((100.0, 0.5), (100.0, 0.4999), False),
        ((100.0, 0.5), (100.0, 0.500000001), True),
        ((500_000.0, 1.0), (500_000.0, 1.000000001), True),
        ((0.3905, 1.0), (0.39054, 1.0), True),
    ],
)
def test_the_factor_tells_the_basis(stored, new, same):
    """A restated close is the same basis; a split or a dividend of 0.3 % is not; rounding and noise are nothing."""
    assert same_basis(adjusted({"2024-09-05": stored}), adjusted({"2024-09-05": new})) is same


def test_four_decimals_and_a_float_are_the_same_basis():
    """The vendor's older rounding against its later float text."""
    stored = adjusted({"2024-09-05": (123.45, 1.0)}).assign(adjusted_close=122.8367)
    new = adjusted({"2024-09-05": (123.45, 1.0)}).assign(adjusted_close=122.836743878)

    assert same_basis(stored, new) is True


def test_tables_without_a_common_day_tell_nothing():
    """Neither do common days whose adjusted close is unknown."""
    table = adjusted({"2024-09-05": (100.0, 0.5)})

    assert same_basis(adjusted({"2024-09-04": (100.0, 0.5)}), table) is None
    assert same_basis(table.assign(adjusted_close=float("nan")), table) is None
