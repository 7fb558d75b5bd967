"""Each series is one that the vendor gives, and that the simulated vendor does."""

import pytest

from stockflow.simulated_alpha_vantage.bodies import SHAPES
from stockflow_functions.domain.prices.series import SERIES
from stockflow_functions.vendors.alpha_vantage.functions import FUNCTIONS


def test_the_vendor_has_a_function_for_each_series():
    """And for no other."""
    assert list(FUNCTIONS) == list(SERIES)


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_the_simulated_vendor_answers_as_the_reader_expects(function):
    """Under the key that the classifier looks for, with a size where the client sends one."""
    shape = SHAPES[function.name]

    assert shape.key.startswith(function.key)
    assert shape.sized is function.sized
