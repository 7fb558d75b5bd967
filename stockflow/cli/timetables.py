"""A line for cron and units for systemd that run a command when it is due. Pure."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from pathlib import Path

from stockflow_functions.domain.errors import InvalidInput

MINUTE = 17
"""Of each hour, by cron: not one at which everybody's jobs begin."""
LONGEST_LINE = 998
"""Of a crontab: Debian's cron cuts a command at so many characters (MAX_COMMAND in its source)."""
RETRY_MINUTES = 15

_SERVICE = """\
[Unit]
Description=stockflow: daily prices

[Service]
Type=oneshot
EnvironmentFile={environment_file}
Environment={state}
ExecStart={command}
Restart=on-failure
RestartSec={retry}min
RestartPreventExitStatus=2
"""

_TIMER = """\
[Unit]
Description=stockflow: daily prices after the close

[Timer]
OnCalendar=Mon..Fri {at} {zone}
Persistent=true

[Install]
WantedBy=timers.target
"""


@dataclass(frozen=True)
class ScheduledCommand:
    """What is run.

    Attributes:
        command: the program's absolute path, and its arguments.
        environment_file: has the key and the settings, ``NAME='value'`` in each line.
        state_folder: the user's state folder, which a job would look for elsewhere with another environment.
    """

    command: Sequence[str]
    environment_file: Path
    state_folder: Path


def cron_line(job: ScheduledCommand, log: Path) -> str:
    """One line of a crontab: each hour, as cron forgets what was due while the machine was off.

    A percent sign means a line's end to cron, wherever it stands, so it gets a backslash: crontab(5).

    Raises:
        InvalidInput: cron would not take the whole line.
    """
    words = ["exec", "env", f"STOCKFLOW_STATE_DIR={job.state_folder}", *job.command]
    given = f"set -a; . {shlex.quote(str(job.environment_file))}; set +a"
    kept = f"mkdir -p {shlex.quote(str(log.parent))}; {shlex.join(words)} >> {shlex.quote(str(log))} 2>&1"
    line = f"{MINUTE} * * * * {given}; {kept}".replace("%", r"\%")
    if len(line) > LONGEST_LINE:
        raise InvalidInput(
            f"The line for cron would have {len(line):,} characters, and cron takes {LONGEST_LINE}: write the symbols "
            "into a file for --universe, or take --systemd."
        )
    return line


def service_unit(job: ScheduledCommand) -> str:
    """The ``stockflow.service`` of a user."""
    return _SERVICE.format(
        environment_file=_specifiers(str(job.environment_file)),
        state=_quoted(f"STOCKFLOW_STATE_DIR={job.state_folder}"),
        command=" ".join(_quoted(word).replace("$", "$$") for word in job.command),
        retry=RETRY_MINUTES,
    )


def timer_unit(at: time, zone: str) -> str:
    """The ``stockflow.timer`` beside it: on weekdays at a zone's time; what was missed is made up for."""
    return _TIMER.format(at=at.strftime("%H:%M"), zone=zone)


def _quoted(word: str) -> str:
    """The word as systemd.service(5) reads it back ("Command lines" and "Specifiers")."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{_specifiers(escaped)}"'


def _specifiers(text: str) -> str:
    return text.replace("%", "%%")
