"""The lines of the docs: short enough that a change of one word is a change of one line."""

import re

import pytest
from markdown_it import MarkdownIt

from tests.helpers.stack import ROOT

COLUMNS = 120
PAGES = sorted(page for place in ("*", ".github/**/*", "docs/**/*", "events/*") for page in ROOT.glob(f"{place}.md"))
MARKDOWN = MarkdownIt().enable("table")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_lines_of_prose_are_short(page):
    """A line of prose is under 120 characters, not counting where its links go; tables and code may be longer."""
    text = page.read_text(encoding="utf-8")
    lines = re.sub(r"\]\([^)\n]*\)", "]", text).split("\n")
    paragraphs = [token.map for token in MARKDOWN.parse(text) if token.type == "paragraph_open"]
    assert not [
        number + 1 for first, end in paragraphs for number in range(first, end) if len(lines[number]) >= COLUMNS
    ]
