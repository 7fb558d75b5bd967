"""The cost formula against the stack that it prices."""

import pytest

from functions import cost
from tests.contract.stack import STATES, function_properties


@pytest.mark.parametrize("state", STATES)
def test_a_function_is_priced_with_the_memory_it_has(state):
    """A gigabyte-second is memory times time: more memory in the template is more dollars in the estimate."""
    assert function_properties(state)["MemorySize"] == cost.MEMORY_MB[state]
