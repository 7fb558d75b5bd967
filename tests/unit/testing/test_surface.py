"""What stockflow.testing offers to whoever tests a workflow."""

import doctest
import importlib
import pkgutil

import pytest

from stockflow import testing

MODULES = [f"{testing.__name__}.{module.name}" for module in pkgutil.iter_modules(testing.__path__)]


def test_the_names_are_these():
    """What is taken away or called otherwise breaks the tests of others: it gets a line in the changelog."""
    assert set(testing.__all__) == {
        "NOON_MS",
        "FakeAws",
        "FakeClock",
        "FakeComprehend",
        "FakeDynamoDb",
        "FakeS3",
        "FakeSecrets",
        "FakeSns",
        "FakeExecutions",
        "FakeTranscribe",
        "Faults",
        "VirtualTime",
        "client_error",
    }


@pytest.mark.parametrize("name", sorted(testing.__all__))
def test_each_name_has_a_sentence(name):
    """A class or a function by its docstring."""
    assert name == "NOON_MS" or getattr(testing, name).__doc__.strip()


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_are_so(module):
    """Each example in a docstring gives what it says."""
    told = doctest.testmod(importlib.import_module(module))

    assert (told.failed, told.attempted > 0) == (0, True)
