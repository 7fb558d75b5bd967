"""A workflow input from a file."""

import json

import pytest

from stockflow.cli.commands.inputs import workflow_input_of
from stockflow.errors import Unusable


def read(path):
    return workflow_input_of((), path, series=None, outputsize=None, force=False)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_file_of_any_editor_is_read(tmp_path, encoding):
    """Editors on Windows put a mark before the text."""
    path = tmp_path / "input.json"
    path.write_text('{"symbols": ["AAPL"]}', encoding=encoding)

    assert read(path) == {"symbols": ["AAPL"]}


def test_arguments_win_over_the_file(tmp_path):
    """Symbols on the command line take the place of the file's."""
    path = tmp_path / "input.json"
    path.write_text(json.dumps({"symbols": ["AAPL"], "force": True}))

    assert workflow_input_of(("MSFT",), path, series=None, outputsize=None, force=False) == {
        "symbols": ["MSFT"],
        "force": True,
    }


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"[" * 100_000, "is nested too deeply"),
        (b'{"symbols": ["A"], "symbols": ["B"]}', "has 'symbols' twice: write it once"),
        (b'{"list": {"key": "a", "key": "b"}}', "has 'key' twice"),
        (b"{", "is not JSON"),
        (b"\xff", "is not JSON"),
        (b"[1]", "is not a JSON object"),
        (b"", "is not JSON"),
    ],
    ids=lambda value: ascii(value[:20]),
)
def test_a_file_that_can_not_be_used_is_named(tmp_path, body, sentence):
    """The sentence names the file and what is wrong with it."""
    path = tmp_path / "input.json"
    path.write_bytes(body)

    with pytest.raises(Unusable, match=rf"The input .*input.json {sentence}"):
        read(path)


def test_a_file_that_is_not_there_is_named(tmp_path):
    """A mistyped name ends in a sentence."""
    with pytest.raises(Unusable, match="can't be read"):
        read(tmp_path / "none.json")
