"""What docs/troubleshooting.md tells people to run after a rolled-back deployment, against a pretended AWS."""

import os
import re
import subprocess

import pytest

from tests.helpers.stack import FUNCTIONS, ROOT

PAGE = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
(SCRIPT,) = re.findall(r"```sh\n(prices=.*?)```", PAGE, re.DOTALL)
AWS = """#!/bin/sh
case "$2" in
  get-alias) echo 9 ;;
  list-versions-by-function) printf '%s\\t' '$LATEST' 8 9 10 11 ;;
  delete-function) echo "$4 $6" >> "$DELETED" ;;
esac
"""


@pytest.fixture
def deleted(tmp_path):
    """Runs the page's script; gives the function versions that it deletes."""
    command = tmp_path / "aws"
    command.write_text(AWS)
    command.chmod(0o755)
    environment = {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}", "DELETED": str(tmp_path / "deleted")}
    subprocess.run(["/bin/sh", "-eu", "-c", SCRIPT], check=True, env=environment)
    return [tuple(line.split(" ")) for line in (tmp_path / "deleted").read_text().splitlines()]


def test_the_versions_in_the_way_are_deleted(deleted):
    """Of each function those go that are newer than the deployed one, by number and not by letter; none else does."""
    assert deleted == [(f"stockflow-dev-{function}", version) for function in FUNCTIONS for version in ("10", "11")]


@pytest.mark.parametrize("status", ["UPDATE_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_FAILED", "ROLLBACK_COMPLETE"])
def test_a_stack_that_was_rolled_back_has_its_line(status):
    """Each state in which a failed deployment can leave the stack is a sign in the table, with what to do."""
    (line,) = [line for line in PAGE.splitlines() if line.startswith(f"| `{status}` |")]
    assert "deploy again" in line
