"""The installed command, as a user has it."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.engines.runs import RUN_SECONDS


@dataclass(frozen=True)
class CommandLine:
    """Runs ``stockflow`` in a folder of its own, with these variables beside the path and a home."""

    folder: Path
    environment: dict[str, str]

    def __call__(self, *arguments):
        """The ended process, with what it wrote."""
        return subprocess.run(
            [Path(sys.executable).with_name("stockflow"), *arguments],
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "HOME": str(self.folder), **self.environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=RUN_SECONDS,
        )
