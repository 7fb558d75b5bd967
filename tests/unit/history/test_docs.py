"""docs/debugging.md says what there is."""

import re
from pathlib import Path

import pytest

from stockflow import page
from stockflow.cli.commands.show import show
from stockflow.history import visits
from stockflow.history.as_json import model_as_json
from stockflow.sources import model_of
from tests.helpers.made_runs import made_run

DOCS = (Path(__file__).parents[3] / "docs" / "debugging.md").read_text(encoding="utf-8")
STATUSES = [value for name, value in vars(visits).items() if name.isupper() and isinstance(value, str)]


@pytest.mark.parametrize("key", model_as_json(model_of(made_run({"A": "ok"}))))
def test_every_key_of_the_json_is_documented(key):
    """And none is printed that nobody was told of."""
    assert f"`{key}`" in DOCS


@pytest.mark.parametrize("part", ["root_causes", "symbols", "events", "states"])
def test_the_keys_of_its_parts_are_documented(part):
    """In the line of the part."""
    line = next(line for line in DOCS.splitlines() if line.startswith(f"| `{part}`"))
    printed = model_as_json(model_of(made_run({"A": "ok", "B": "bad"})))
    assert set(printed[part][0]) <= set(re.findall(r"\w+", line))


@pytest.mark.parametrize("status", STATUSES)
def test_every_status_is_explained(status):
    """The page uses these words."""
    assert f"| {status} |" in DOCS


@pytest.mark.parametrize("parameter", [p for p in show.params if p.param_type_name == "option"], ids=lambda p: p.name)
def test_every_option_is_mentioned(parameter):
    """With its long name."""
    assert parameter.opts[0] in DOCS


def test_every_key_of_the_keyboard_is_explained():
    """The script's own list of keys."""
    script = (Path(page.__file__).parent / "js" / "dom" / "keys.mjs").read_text(encoding="utf-8")
    keys = re.findall(r"^\s+\"?([jkf/]|Enter)\"?: \(\) =>", script, re.MULTILINE)
    assert len(keys) == 5
    assert all(f"`{key}`" in DOCS for key in keys)
