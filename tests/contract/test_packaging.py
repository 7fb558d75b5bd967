"""The wheel: what people install who have no checkout."""

import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from stockflow_functions.version import __version__
from tests.helpers.stack import ROOT, WORKFLOWS


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, as a fresh build makes it."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The folder of the commands of an environment that holds the wheel, what it depends on, and nothing else."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    uv = shutil.which("uv", path=Path(sys.executable).parent)
    install = [uv, "pip", "install", "--quiet", "--python", str(python), "--link-mode", "hardlink"]
    subprocess.run([*install, "-r", str(ROOT / "requirements" / "run.lock")], check=True, capture_output=True)
    subprocess.run([*install, "--no-deps", str(wheel)], check=True, capture_output=True)
    return python.parent


def test_the_wheel_runs_away_from_the_checkout(installed, tmp_path):
    """A symbol is fetched, checked, saved and reported, in an empty folder and from the wheel alone."""
    ran = subprocess.run(
        [installed / "stockflow", "run", "AAPL"],
        cwd=tmp_path,
        env={"HOME": str(tmp_path), "PATH": os.defpath},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert {path.name for path in tmp_path.glob("out/runs/*/*")} >= {"manifest.json", "run.json", "report.html"}


def test_the_installed_command_tells_the_release(installed):
    """One number: the package's and the command's."""
    told = subprocess.run([installed / "stockflow", "--version"], capture_output=True, text=True, check=True).stdout
    assert told.split()[-1] == __version__


def test_the_wheel_brings_what_tests_are_made_of(installed):
    """Whoever installs it can test a handler of their own."""
    code = "from stockflow.testing import FakeAws; print(FakeAws().services.bucket.get_json('absent'))"
    told = subprocess.run([installed / "python", "-I", "-c", code], capture_output=True, text=True, check=True).stdout
    assert told == "None\n"


def test_the_wheel_puts_only_names_of_its_own_into_site_packages(wheel):
    """No package is called ``functions``, or anything else that another project would use."""
    names = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {name for name in names if not name.endswith(".dist-info")} == {"stockflow", "stockflow_functions"}


def test_the_wheel_tells_type_checkers_that_it_is_typed(wheel):
    """Each package has the marker of PEP 561."""
    assert {f"{name}/py.typed" for name in ("stockflow", "stockflow_functions")} <= set(
        zipfile.ZipFile(wheel).namelist()
    )


def test_the_wheel_has_what_smoke_runs_need(wheel):
    """Each example that stockflow promote puts in place before a smoke run is in the package."""
    examples = {file for workflow in WORKFLOWS for file in workflow.smoke.items.values() if file}
    assert {f"stockflow/examples/{file}" for file in examples} <= set(zipfile.ZipFile(wheel).namelist())
