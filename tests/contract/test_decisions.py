"""The index of the decisions in docs/adr, held against the pages."""

import re

from tests.helpers.stack import ROOT

FOLDER = ROOT / "docs" / "adr"


def test_every_decision_is_in_the_index():
    """The index has each page in order, under its own title, with a line on what was decided; and no other page."""
    index = (FOLDER / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \[(\d+)\]\((\S+)\) \| (.+) \| .+ \|$", index, re.MULTILINE)
    titles = [(page.name, page.read_text(encoding="utf-8").partition("\n")[0]) for page in FOLDER.glob("[0-9]*.md")]
    assert [(file, f"# {number}. {title}") for number, file, title in rows] == sorted(titles)
    assert all(int(number) == int(file[:4]) for number, file, _ in rows)
