"""Ends an emulator when whoever started it is gone, whichever way that one ended."""

import os
import signal
import sys
from threading import Thread


def end_with_parent():
    """Asks this process to end (SIGTERM) once its standard input, a pipe from its parent, is closed."""
    Thread(target=_wait_for_the_end, name="end-with-parent", daemon=True).start()


def _wait_for_the_end():
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)
