"""Back-offs that take no time."""

from unittest.mock import patch

from stockflow.embedded.interpreter import _StoppableTime


def no_back_off():
    """The embedded engine tries again at once, from ``start()`` on or in a ``with`` block.

    A Retry's seconds are the definition's, and moto's interpreter has no clock that could be handed in.
    """
    return patch.object(_StoppableTime, "sleep", lambda self, seconds: None)
