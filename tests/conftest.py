"""What all tiers share."""

import os
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Before pyarrow is loaded: its own pool keeps megabytes for each thread that it has served, and tests have thousands.
os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")

# No property leans on the machine's speed.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

_NUMBERS = count()

REPOSITORY = Path(__file__).resolve().parent.parent
SHARED = REPOSITORY.parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of recorded answers and histories beside the checkout; tests that need it are skipped without it."""
    if not SHARED.is_dir():
        pytest.skip("the recorded answers are not beside this checkout (../shared)")
    return SHARED


@pytest.fixture(scope="session")
def state_folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the tests of this process have the user's state."""
    return tmp_path_factory.mktemp("state")


@pytest.fixture(autouse=True)
def state_folder(state_folders: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's state folder: each test has its own, which is not there yet, and none has that of who runs them."""
    folder = state_folders / str(next(_NUMBERS))
    monkeypatch.setenv("STOCKFLOW_STATE_DIR", str(folder))
    return folder
