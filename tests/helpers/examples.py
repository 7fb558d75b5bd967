"""How many examples a property draws."""

import os


def examples(count: int) -> int:
    """A third of them in ``make test``, and all of them in ``make test-laws``."""
    return count if os.environ.get("ALL_EXAMPLES") else max(count // 3, 5)
