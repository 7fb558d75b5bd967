"""What make build makes is what Lambda can run: small enough, complete, reproducible, and our own."""

# ruff: noqa: T201 # sizes and times are printed, to be read

import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from layers import build
from layers.prune import PRUNE
from tests.contract.stack import ROOT, STATES, function_properties

LAYER_FOLDERS = {"CommonLayer": "common", "PandasLayer": "pandas"}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Both layers and the package, for x86_64."""
    output = tmp_path_factory.mktemp("build")
    build.build("x86_64", output)
    return output


@pytest.fixture(scope="module")
def runtime(tmp_path_factory):
    """What Lambda's Python brings of its own: boto3 and what it needs."""
    target = tmp_path_factory.mktemp("runtime")
    command = [Path(sys.executable).with_name("uv"), "pip", "install", "--quiet", "--target", target]
    command += ["--python-version", "3.13", "--python-platform", build.PLATFORMS["x86_64"], "--only-binary", ":all:"]
    subprocess.run([*command, "--constraint", ROOT / "requirements" / "run.lock", "boto3"], check=True)
    return target


@pytest.fixture(scope="module")
def python313():
    """A real Python 3.13 for this x86_64 Linux."""
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        pytest.skip("the built wheels are for x86_64 Linux, and this is not")
    places = [shutil.which("python3.13"), *Path.home().glob(".pyenv/versions/3.13.*/bin/python3.13")]
    for place in filter(None, places):
        asked = subprocess.run([place, "--version"], capture_output=True, text=True, check=False)
        if asked.stdout.startswith("Python 3.13."):
            return str(place)
    pytest.skip("there is no python3.13 on this machine")


def folders_of(state, built, runtime):
    layers = [LAYER_FOLDERS[layer["Ref"]] for layer in function_properties(state)["Layers"]]
    return [built / "functions", *(built / "layers" / name / "python" for name in layers), runtime]


def in_lambda_python(python, job, folders, cwd):
    script = Path(__file__).with_name("in_lambda_python.py")
    command = [python, "-I", "-S", "-B", script, job, *folders]
    clean = {"PATH": os.environ["PATH"], "AWS_REGION": "us-east-1", "AWS_XRAY_SDK_ENABLED": "false"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd, env=clean, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("state", STATES)
def test_a_function_fits_into_lambda_with_its_layers(state, built, capsys):
    """A function, unzipped and with its layers, stays under Lambda's 250 MB."""
    sizes = [build.size_bytes(folder) for folder in folders_of(state, built, runtime)[:-1]]
    with capsys.disabled():
        print(f"\n{state}: {sum(sizes) / 1e6:.1f} MB unzipped:", *(f"{size / 1e6:.1f}" for size in sizes))
    assert 0 < sum(sizes) < build.LIMIT_BYTES


@pytest.mark.parametrize("state", STATES)
def test_a_handler_is_imported_from_the_build_alone(state, built, runtime, python313, tmp_path, capsys):
    """Under Python 3.13 a handler needs its package, its layers and the runtime's boto3, and nothing else."""
    folders = folders_of(state, built, runtime)
    told = in_lambda_python(python313, f"import functions.{state.lower()}.app", folders, tmp_path)
    with capsys.disabled():
        print(f"\n{state}: cold import {told['seconds']:.2f} s")
    assert told["callable"]
    allowed = (*map(str, folders), str(Path(python313).resolve().parents[1]))
    assert [file for file in told["files"] if not file.startswith(allowed)] == []


@pytest.mark.parametrize("state", ["Plan", "Fetch", "Notify"])
def test_only_transform_and_save_import_pandas(state, built, runtime, python313, tmp_path):
    """Plan, Fetch and Notify start without pandas, pyarrow and numpy."""
    told = in_lambda_python(
        python313, f"import functions.{state.lower()}.app", folders_of(state, built, runtime), tmp_path
    )
    assert told["heavy"] == []


def test_the_pruned_layer_transforms_and_saves(built, runtime, python313, tmp_path):
    """What pruning leaves is enough to make a table of an answer, write Parquet, read it back and merge it."""
    told = in_lambda_python(python313, "save", folders_of("Save", built, runtime), tmp_path)
    assert [(one["status"], one["rows_added"]) for one in told["told"]] == [("saved", 2), ("unchanged", 0)]


def test_no_pruning_rule_is_dead(tmp_path):
    """Every pattern of the pruning table still finds something: a new release has not moved it."""
    dead = []
    for name, patterns in PRUNE.items():
        build.install(ROOT / "layers" / f"{name}.lock", tmp_path / name, "x86_64")
        dead += [f"{name}: {pattern}" for pattern in patterns if not any((tmp_path / name).glob(pattern))]
    assert dead == []


def test_both_processors_get_the_same_files(built, tmp_path):
    """The arm64 layers hold the very modules that the x86_64 ones, which are run here, hold."""
    for name in build.LAYERS:
        build.build_layer(name, "arm64", tmp_path)

    def modules(output):
        found = {path.relative_to(output) for path in (output / "layers").rglob("*") if path.suffix in {".py", ".so"}}
        return {str(path).replace("aarch64", "ARCH").replace("x86_64", "ARCH") for path in found}

    different = modules(built) ^ modules(tmp_path)
    assert {path for path in different if ".libs/" not in path} == set()


def test_the_package_is_our_own_code_alone(built):
    """The function package holds functions/ and nothing else: no tests, no caches, no dependencies."""
    assert [path.name for path in (built / "functions").iterdir()] == ["functions"]
    assert not list((built / "functions").rglob("__pycache__"))


def test_the_same_code_gives_the_same_zip(tmp_path):
    """Two builds of one state of the code are equal byte by byte, so that a deployment uploads only what changed."""
    first, second = (build.make_zip(build.build_functions(tmp_path / name)) for name in "ab")
    assert first.read_bytes() == second.read_bytes()


def test_the_layers_are_what_the_tests_ran_with():
    """A layer's lock file pins the very versions of the laptop's lock file."""

    def pins(path):
        return {line.split(" ")[0] for line in path.read_text().splitlines() if line[:1].isalpha()}

    laptop = pins(ROOT / "requirements" / "run.lock")
    for name in build.LAYERS:
        assert pins(ROOT / "layers" / f"{name}.lock") - laptop == set()
