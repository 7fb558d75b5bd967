"""What processes of tests.helpers.forked have behind them: an embedded AWS was entered, so that all of it is loaded."""

import os
from importlib import import_module
from tempfile import TemporaryDirectory

from stockflow.embedded.aws import EmbeddedAws

os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
for command in ("plan", "replay", "rerun", "resume", "run", "runs", "show", "verify"):
    import_module(f"stockflow.cli.commands.{command}")
with TemporaryDirectory() as folder, EmbeddedAws(folder):
    pass
