"""docs/testing.md shows tests that pass."""

import inspect
import re

import pytest

from tests.helpers.stack import ROOT

EXAMPLES = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "testing.md").read_text(encoding="utf-8"), re.DOTALL)


def functions_of(example):
    """The test functions of an example, by name."""
    names = {"__name__": "example"}
    exec(compile(example, "docs/testing.md", "exec"), names)  # the page is ours
    return {name: value for name, value in names.items() if name.startswith("test_")}


TESTS = {name: test for example in EXAMPLES for name, test in functions_of(example).items()}


@pytest.mark.parametrize("name", TESTS)
def test_an_example_passes(name, tmp_path):
    """As it stands in the page."""
    test = TESTS[name]
    test(*[tmp_path] * len(inspect.signature(test).parameters))


def test_each_example_is_a_test():
    """None is left out."""
    assert len(TESTS) == len(re.findall(r"^def test_", "".join(EXAMPLES), re.MULTILINE)) >= len(EXAMPLES)
