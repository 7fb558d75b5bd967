"""The map of rooms and the glossary, held against the folders and the code."""

import ast
import re

from tests.helpers.stack import ROOT

TOP = ("functions", "stockflow")


def rows(page):
    """The cells of all table rows of a page in docs/, without the headings."""
    lines = (ROOT / "docs" / page).read_text(encoding="utf-8").splitlines()
    tables = [line for line in lines if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|")] for line in tables]
    return [row for row in cells if row[0] not in {"room", "word"}]


def rooms():
    """The folders with something to read in them, as the map writes them."""
    files = [file for top in TOP for kind in ("py", "mjs") for file in (ROOT / top).rglob(f"*.{kind}")]
    return {f"{file.parent.relative_to(ROOT).as_posix()}/" for file in files}


def defined():
    """The names that the code defines: classes, functions, attributes and constants; and the classes among them."""
    names, classes = set(), set()
    for file in (file for top in TOP for file in (ROOT / top).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef | ast.FunctionDef):
                names.add(node.name)
            if isinstance(node, ast.ClassDef):
                classes.add(node.name)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                names.add(node.id)
    return names, classes


def test_every_folder_is_on_the_map():
    """Each folder with code in it, and none that is not there."""
    named = [re.findall(r"`([^`]+)`", room)[0] for room, *_ in rows("rooms.md")]

    assert sorted(named) == sorted(rooms())


def test_every_word_is_in_the_code():
    """The third column names something that the code defines."""
    names, _ = defined()

    assert [row for row in rows("glossary.md") if row[2].strip("`") not in names] == []


def test_no_class_has_a_name_that_the_glossary_avoids():
    """The last column has words that no class is called by, in the singular or the plural."""
    _, classes = defined()
    avoided = {word.strip().title().replace(" ", "") for *_, words in rows("glossary.md") for word in words.split(",")}

    assert {word for word in avoided - {""} if {word, f"{word}s"} & classes} == set()
