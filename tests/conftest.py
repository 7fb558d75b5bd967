"""What all tiers share."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Before pyarrow is loaded: its own pool keeps megabytes for each thread that it has served, and tests have thousands.
os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")

# No property leans on the machine's speed.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

REPOSITORY = Path(__file__).resolve().parent.parent
SHARED = REPOSITORY.parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of recorded answers and histories beside the checkout; tests that need it are skipped without it."""
    if not SHARED.is_dir():
        pytest.skip("the recorded answers are not beside this checkout (../shared)")
    return SHARED
