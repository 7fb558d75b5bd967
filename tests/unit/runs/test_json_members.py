"""One member of a large JSON object is read without what comes after it."""

import json

import pytest

from stockflow.sources.json_members import member_of

SAVED = {"version": 1, "logs": {"r": ["{", "}" * 70_000]}, "summary": {"seconds": {"AAPL": 1.5}}, "count": 12}


def written(tmp_path, text):
    (tmp_path / "run.json").write_text(text, encoding="utf-8")
    return tmp_path / "run.json"


@pytest.mark.parametrize("indent", [None, 0, 3])
@pytest.mark.parametrize("name", SAVED)
def test_a_member_is_found_however_the_file_is_laid_out(tmp_path, indent, name):
    """Also where what comes before is longer than what is read at once."""
    assert member_of(written(tmp_path, json.dumps(SAVED, indent=indent)), name) == SAVED[name]


def test_what_comes_after_is_not_read(tmp_path):
    """Whatever it is."""
    assert member_of(written(tmp_path, json.dumps(SAVED)[:-1] + ', "events": [' + "x" * 200_000), "count") == 12


@pytest.mark.parametrize("text", ["", "[]", "{", "{}", '{"a" 1}', '{"a": 1 "b": 2}', '{"a": 1', "null"])
def test_a_member_that_is_not_there_is_an_error(tmp_path, text):
    """In a whole object, half of one, and something else."""
    with pytest.raises(ValueError, match=r"not? "):
        member_of(written(tmp_path, text), "summary")
