"""What make build makes is what Lambda can run: small enough, complete, reproducible, and our own."""

# ruff: noqa: T201 # sizes and times are printed, to be read

import json
import os
import re
import subprocess
from importlib import import_module
from pathlib import Path

import pytest

from layers import build
from layers.prune import KEPT, PRUNE, SERVICES
from stockflow_functions.runtime.services import VENDOR
from tests.helpers.lambda_runtime.built import folders_of
from tests.helpers.stack import FUNCTIONS, MODULES, ROOT, function_properties


def in_lambda_python(python, job, folders, cwd):
    script = Path(__file__).with_name("in_lambda_python.py")
    command = [python, "-I", "-S", "-B", script, job, *folders]
    clean = {"PATH": os.environ["PATH"], "AWS_REGION": "us-east-1", "AWS_XRAY_SDK_ENABLED": "false"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd, env=clean, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def imported(built, python313, tmp_path_factory):
    """What importing a function's handler from the build told; each function is imported once."""
    told = {}

    def import_once(function):
        if function not in told:
            folder, job = tmp_path_factory.mktemp("empty"), f"import {MODULES[function]}"
            told[function] = in_lambda_python(python313, job, folders_of(function, built), folder)
        return told[function]

    return import_once


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_fits_into_lambda_with_its_layers(function, built, capsys):
    """A function, unzipped and with its layers, stays under Lambda's 250 MB."""
    sizes = [build.size_bytes(folder) for folder in folders_of(function, built)]
    with capsys.disabled():
        print(f"\n{function}: {sum(sizes) / 1e6:.1f} MB unzipped:", *(f"{size / 1e6:.1f}" for size in sizes))
    assert 0 < sum(sizes) < build.LIMIT_BYTES


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_handler_is_imported_from_the_build_alone(function, imported, built, python313, capsys):
    """Under Python 3.13 a handler needs its package and its layers, and nothing else."""
    told = imported(function)
    with capsys.disabled():
        print(f"\n{function}: cold import {told['seconds']:.2f} s")
    assert told["callable"]
    allowed = (*map(str, folders_of(function, built)), str(Path(python313).resolve().parents[1]))
    assert [file for file in told["files"] if not file.startswith(allowed)] == []


@pytest.mark.parametrize("function", FUNCTIONS)
def test_only_what_makes_tables_imports_them(function, imported):
    """Pandas or pyarrow are loaded by the functions that have their layer, and by no other, which start without.

    Two read or write one table in the middle of their work, and begin without.
    """
    has_layer = {"Ref": "PandasLayer"} in function_properties(function)["Layers"]
    later = {"Plan", "RefreshListings"}
    assert bool(imported(function)["heavy"]) is (has_layer and function not in later)
    assert has_layer is (function in {"Transform", "Save", "RefreshActions", "SaveTone", "UpdateTables", *later})


def test_the_pruned_layer_transforms_and_saves(built, python313, tmp_path):
    """What pruning leaves is enough to make a table of an answer, write Parquet, read it back and merge it."""
    told = in_lambda_python(python313, "save", folders_of("Save", built), tmp_path)
    assert [(one["status"], one["rows_added"]) for one in told["told"]] == [("saved", 2), ("unchanged", 0)]


def test_no_pruning_rule_is_dead(tmp_path):
    """Every pattern of the pruning table still finds something, and what is kept is there: no release moved it."""
    dead = []
    for name, patterns in PRUNE.items():
        build.install(ROOT / "layers" / f"{name}.lock", tmp_path / name, "x86_64")
        dead += [f"{name}: {pattern}" for pattern in patterns if not any((tmp_path / name).glob(pattern))]
    assert dead == []
    assert [kept for kept in KEPT if not (tmp_path / "common" / kept).is_dir()] == []


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
    assert [path.name for path in (built / "functions").iterdir()] == ["stockflow_functions"]
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


def test_the_layer_has_every_service_that_a_function_makes_a_client_of():
    """botocore makes none of a service whose description was pruned."""
    text = "\n".join(path.read_text() for path in (ROOT / "functions").rglob("*.py"))
    made = set(re.findall(r"client\(\"(\w+)\"\)", text))
    ready = {name for function in FUNCTIONS for name in import_module(MODULES[function]).handler.clients} - {VENDOR}
    assert made | ready == set(SERVICES)
