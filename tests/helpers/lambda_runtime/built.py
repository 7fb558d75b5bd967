"""What Lambda runs, built for x86_64, and a Python 3.13 to run it under; made once however many processes test."""

import os
import platform
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock

from layers import build
from tests.helpers.stack import ROOT, function_properties

ARCHITECTURE = "x86_64"
LAYER_FOLDERS = {"CommonLayer": "common", "PandasLayer": "pandas"}


def make_once(folder: Path, make: Callable[[Path], object]) -> Path:
    """The folder as ``make`` fills it, where no other process has done so already."""
    with FileLock(folder.with_suffix(".lock")):
        done = folder / "done"
        if not done.exists():
            folder.mkdir(parents=True, exist_ok=True)
            make(folder)
            done.touch()
    return folder


def build_package(folder: Path) -> None:
    """Both layers and the functions' code."""
    build.build(ARCHITECTURE, folder)


def install_runtime_client(folder: Path) -> None:
    """AWS's runtime client, which Lambda's Python brings of its own."""
    build.install(ROOT / "requirements" / "lambda.lock", folder, ARCHITECTURE)


def folders_of(state: str, package: Path) -> list[Path]:
    """What the state's function gets for /var/task and /opt/python, in Lambda's order."""
    layers = [LAYER_FOLDERS[layer["Ref"]] for layer in function_properties(state)["Layers"]]
    return [package / "functions", *(package / "layers" / name / "python" for name in layers)]


def find_python313() -> str | None:
    """The executable of a Python 3.13 on this machine itself, no command of pyenv before it; or None."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    on_path = shutil.which("python3.13")
    places = [str(place) for place in pyenv.glob("versions/3.13.*/bin/python3.13")]
    for place in [on_path, *places] if on_path else places:
        ask = [place, "-c", "import sys; print(sys.executable)"]
        asked = subprocess.run(ask, capture_output=True, text=True, check=False)
        if asked.returncode == 0:
            return asked.stdout.strip()
    return None


def why_not_here() -> str:
    """Why the built package can't be run on this machine, or "" where it can."""
    if (platform.system(), platform.machine()) != ("Linux", ARCHITECTURE):
        return "the built wheels are for x86_64 Linux, and this is not"
    return "" if find_python313() else "there is no python3.13 on this machine"
