"""``stockflow`` in a process of its own, which is forked from one that has imported everything: a new interpreter takes
seconds for that.
"""

import multiprocessing
import os
from dataclasses import dataclass
from pathlib import Path

from stockflow.cli.main import main

SOON_SECONDS = 300
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.helpers.entered_once"])


@dataclass(frozen=True)
class Said:
    """What a command said, and its exit status."""

    output: str
    status: int | None


def state_of(folder):
    """The user's state folder for commands typed in that folder, unless their environment names another."""
    return Path(f"{Path(folder).absolute()}.state")


def begin(folder, environment, output="output"):
    """Makes this process that of a command typed in the folder: nothing of the settings of whoever runs the tests."""
    os.chdir(folder)
    for name in set(os.environ) - {"PATH"}:
        del os.environ[name]
    os.environ.update({"STOCKFLOW_STATE_DIR": str(state_of(folder))} | environment)
    descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for stream in (1, 2):
        os.dup2(descriptor, stream)
    os.close(descriptor)


def start(target, *arguments):
    """Starts a process in which the function is called."""
    process = PROCESSES.Process(target=target, args=arguments)
    process.start()
    return process


def start_stockflow(folder, *arguments, **environment):
    """Starts the command in that folder; gives its process, and the file of what it says, beside the folder."""
    output = Path(folder).with_name(f"{Path(folder).name}.said")
    return start(_command, folder, arguments, environment, output), output


def stockflow(folder, *arguments, **environment):
    """Runs the command in that folder to its end."""
    process, output = start_stockflow(folder, *arguments, **environment)
    process.join(SOON_SECONDS)
    status = process.exitcode
    process.kill()
    process.join()
    return Said(output.read_text(encoding="utf-8"), status)


def _command(folder, arguments, environment, output):
    begin(folder, environment, output)
    main(arguments)
