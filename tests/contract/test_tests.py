"""Tests stand on helpers, not on each other, and hand in what they want otherwise."""

import ast
from functools import cache

import pytest

from tests.helpers.stack import ROOT

FILES = sorted(file for file in (ROOT / "tests").rglob("*.py") if "node_modules" not in file.parts)
NAMES = [str(file.relative_to(ROOT)) for file in FILES]


@cache
def tree_of(name):
    """Not parsed before it is needed: each process of a test session collects all tests, and runs some."""
    return ast.parse((ROOT / name).read_text(encoding="utf-8"))


def imported(tree):
    """Every name that is imported, as it is written: the module, and what is taken of it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module or ''}.{alias.name}" for alias in node.names)


def is_of_a_test(name):
    return any(part.startswith("test_") for part in name.split("."))


@pytest.mark.parametrize("file", NAMES)
def test_no_test_is_imported(file):
    """What two modules of tests need is in tests/helpers, or beside them where it is their folder's alone."""
    assert [name for name in imported(tree_of(file)) if is_of_a_test(name)] == []


@pytest.mark.parametrize("file", NAMES)
def test_nothing_frozen_is_changed(file):
    """No test goes round an object by its ``__dict__`` or by ``object.__setattr__``."""
    attributes = [node for node in ast.walk(tree_of(file)) if isinstance(node, ast.Attribute)]
    assert [node.lineno for node in attributes if node.attr in {"__dict__", "__setattr__"}] == []


def test_helpers_have_one_place():
    """At the top of tests/ there is what pytest needs, and no helper."""
    assert [file.name for file in FILES if file.parent == ROOT / "tests"] == ["conftest.py"]


def test_each_name_means_one_double():
    """No two classes of tests have the name of a fake, and none that of one of stockflow.testing's."""
    classes = [node.name for name in NAMES for node in ast.walk(tree_of(name)) if isinstance(node, ast.ClassDef)]
    classes += [
        node.name
        for file in (ROOT / "stockflow" / "testing").glob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
    ]
    doubles = [name for name in classes if name.startswith(("Fake", "Memory", "Scripted")) or name.endswith("Clock")]
    assert sorted(doubles) == sorted(set(doubles))
