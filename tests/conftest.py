"""What all tiers share."""

from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
SHARED = REPOSITORY.parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of recorded answers and histories beside the checkout; tests that need it are skipped without it."""
    if not SHARED.is_dir():
        pytest.skip("the recorded answers are not beside this checkout (../shared)")
    return SHARED
