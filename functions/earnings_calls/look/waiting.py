"""When a transcription job is looked at, and when it is given up. Pure."""

LONGEST_MS = 3 * 3600 * 1000
"""The longest recording, of four hours, is written down in less."""
_GROWTH = 1.5
_LONGEST_WAITS = 15
"""The longest wait, in first waits."""


def wait_seconds(looks: int, first_seconds: int) -> int:
    """How long to wait after so many looks: 20, 30, 45, ... 300 seconds if the first wait is 20."""
    return round(first_seconds * min(_GROWTH ** min(looks, _LONGEST_WAITS), _LONGEST_WAITS))
