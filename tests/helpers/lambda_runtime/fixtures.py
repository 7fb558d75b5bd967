"""What the tests of the built package share; a ``conftest.py`` imports them by name."""

from pathlib import Path

import pytest

from tests.helpers.lambda_runtime.built import (
    build_package,
    find_python313,
    install_runtime_client,
    make_once,
    why_not_here,
)


@pytest.fixture(scope="session")
def once(tmp_path_factory) -> Path:
    """A folder that all processes of one test session share."""
    folder = tmp_path_factory.getbasetemp()
    return folder.parent if folder.name.startswith("popen-gw") else folder


@pytest.fixture(scope="session")
def built(once) -> Path:
    """The layers and the functions' code as Lambda gets them, for x86_64."""
    return make_once(once / "lambda-package", build_package)


@pytest.fixture(scope="session")
def python313() -> str:
    """A real Python 3.13 for the built package."""
    reason = why_not_here()
    if reason:
        pytest.skip(reason)
    return find_python313()


@pytest.fixture(scope="session")
def runtime_client(once) -> Path:
    """AWS's runtime client for Lambda, installed into a folder of its own."""
    return make_once(once / "runtime-client", install_runtime_client)
