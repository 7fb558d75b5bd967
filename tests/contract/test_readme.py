"""What the README and the docs say, held against the project's own files."""

import re
from dataclasses import fields

import pytest

from stockflow.cli.main import main
from stockflow.graph.picture import PICTURE, picture
from stockflow_functions.runtime.services import secret_names
from stockflow_functions.runtime.settings import Settings
from stockflow_functions.vendors import DEFAULT
from tests.conftest import REPOSITORY

READMES = ("README.md", "README.ja.md")
PAGES = sorted(
    page.relative_to(REPOSITORY).as_posix() for page in [*REPOSITORY.glob("*.md"), *REPOSITORY.glob("docs/**/*.md")]
)


def settings_table(name):
    """The README's rows: variable, default, meaning."""
    text = (REPOSITORY / name).read_text(encoding="utf-8")
    part = text.partition("<!-- settings")[2].partition("<!-- end of settings -->")[0]
    rows = (line.strip("|").split("|") for line in part.splitlines() if line.startswith("| `"))
    return [[cell.strip() for cell in row] for row in rows]


def shown(default):
    if default == "":
        return "none"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f"`{default:g}`" if isinstance(default, float) else f"`{default}`"


@pytest.mark.parametrize("name", READMES)
def test_every_setting_is_in_the_table_with_its_default(name):
    """The table has each variable of the settings with the default that the code has."""
    defaults = {row[0].strip("`"): row[1] for row in settings_table(name)}

    for setting in fields(Settings):
        expected = shown(setting.default).replace("none", "なし" if name.endswith("ja.md") else "none")
        assert defaults[setting.metadata["variable"]] == expected


def test_every_setting_is_described_as_in_the_code():
    """The English table's sentences are those of the settings themselves."""
    meanings = {row[0].strip("`"): row[2] for row in settings_table("README.md")}

    assert {s.metadata["variable"]: s.metadata["description"] for s in fields(Settings)}.items() <= meanings.items()


@pytest.mark.parametrize("name", READMES)
def test_the_secrets_are_in_the_table(name):
    """The key and the webhooks are named."""
    variables = {variable for row in settings_table(name) for variable in re.findall(r"`(\w+)`", row[0])}

    assert set(secret_names(DEFAULT)) <= variables


@pytest.mark.parametrize("name", READMES)
def test_the_table_of_commands_is_complete(name):
    """Each command of the program is in the README, and no other."""
    text = (REPOSITORY / name).read_text(encoding="utf-8")

    assert set(re.findall(r"^\| `stockflow ([a-z-]+)", text, re.MULTILINE)) == set(main.list_commands(None))


@pytest.mark.parametrize("page", PAGES)
def test_no_page_links_to_what_is_not_there(page):
    """Each relative link leads to a file of the project."""
    text = (REPOSITORY / page).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)", text) if "://" not in link]

    missing = [link for link in links if not (REPOSITORY / page).parent.joinpath(link).exists()]

    assert missing == []


@pytest.mark.parametrize("page", PAGES)
def test_every_make_target_a_page_names_is_there(page):
    """`make something` in a page is a target of the Makefile."""
    targets = set(re.findall(r"^([a-z0-9-]+):", (REPOSITORY / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"`make ([a-z0-9-]+)", (REPOSITORY / page).read_text(encoding="utf-8")))

    assert named <= targets


def test_the_picture_is_that_of_the_definition():
    """docs/workflow.svg is what `make picture` draws from the definition as it is now."""
    assert PICTURE.read_text(encoding="utf-8") == picture()
