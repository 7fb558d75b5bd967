"""Files of a dataset whose names no key can have."""

import os

import pytest
from click.testing import CliRunner

from stockflow.cli.main import main
from stockflow.embedded.aws import EmbeddedAws
from stockflow.errors import Unusable


@pytest.fixture
def folder(tmp_path):
    """A dataset with such a file among its tables."""
    tables = tmp_path / "out" / "prices" / "daily"
    tables.mkdir(parents=True)
    name = os.fsencode(tables) + b"/\xff\xfe.parquet"
    with open(name, "wb") as file:  # noqa: PTH123 # a Path has no bytes
        file.write(b"x")
    return tmp_path / "out"


def test_a_run_names_the_file(folder):
    """A run in the folder ends before it begins, with the file's name as it can be written."""
    with pytest.raises(Unusable, match=r"udcff.*has a name that is not UTF-8: rename it"), EmbeddedAws(folder):
        pass


def test_verify_names_the_file(folder):
    """So does verify, with status 2."""
    done = CliRunner().invoke(main, ["verify", str(folder)])
    assert (done.exit_code, "has a name that is not UTF-8" in done.stderr) == (2, True)
