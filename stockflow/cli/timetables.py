"""A line for cron and units for systemd that run a command when it may be due. Pure."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from stockflow_functions.domain.errors import InvalidInput

LONGEST_LINE = 998
"""Of a crontab: Debian's cron cuts a command at so many characters (MAX_COMMAND in its source)."""
RETRY_MINUTES = 15

_SERVICE = """\
[Unit]
Description=stockflow: {title}

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
Description=stockflow: {title}

[Timer]
OnCalendar={calendar}
Persistent={persistent}

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
        unit: the name of its units of systemd, such as ``stockflow``.
        title: what it does, in a few words.
        minute: of each hour, at which cron runs it: not one at which everybody's jobs begin.
        calendar: when systemd runs it, as systemd.time(7) has it ("Calendar events").
        made_up_for: whether systemd runs it later where the machine was off.
    """

    command: Sequence[str]
    environment_file: Path
    state_folder: Path
    unit: str
    title: str
    minute: int
    calendar: str
    made_up_for: bool


def cron_line(job: ScheduledCommand, log: Path) -> str:
    """One line of a crontab: each hour, as cron forgets what was due while the machine was off.

    A percent sign means a line's end to cron, wherever it stands, so it gets a backslash: crontab(5).

    Raises:
        InvalidInput: cron would not take the whole line.
    """
    words = ["exec", "env", f"STOCKFLOW_STATE_DIR={job.state_folder}", *job.command]
    given = f"set -a; . {shlex.quote(str(job.environment_file))}; set +a"
    kept = f"mkdir -p {shlex.quote(str(log.parent))}; {shlex.join(words)} >> {shlex.quote(str(log))} 2>&1"
    line = f"{job.minute} * * * * {given}; {kept}".replace("%", r"\%")
    if len(line) > LONGEST_LINE:
        raise InvalidInput(
            f"The line for cron would have {len(line):,} characters, and cron takes {LONGEST_LINE}: write the symbols "
            "into a file for --universe, or take --systemd."
        )
    return line


def service_unit(job: ScheduledCommand) -> str:
    """The unit of a user that runs it."""
    return _SERVICE.format(
        title=job.title,
        environment_file=_specifiers(str(job.environment_file)),
        state=_quoted(f"STOCKFLOW_STATE_DIR={job.state_folder}"),
        command=" ".join(_quoted(word).replace("$", "$$") for word in job.command),
        retry=RETRY_MINUTES,
    )


def timer_unit(job: ScheduledCommand) -> str:
    """The timer beside it."""
    return _TIMER.format(title=job.title, calendar=job.calendar, persistent=str(job.made_up_for).lower())


def _quoted(word: str) -> str:
    """The word as systemd.service(5) reads it back ("Command lines" and "Specifiers")."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{_specifiers(escaped)}"'


def _specifiers(text: str) -> str:
    return text.replace("%", "%%")
