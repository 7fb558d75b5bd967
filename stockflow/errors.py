"""What ends a command with one sentence."""


class CommandError(Exception):
    """Ends the command: its sentence goes to standard error, ``exit_status`` to whoever called."""

    exit_status = 1


class Unusable(CommandError):  # "unusable" is what the input is
    """Arguments, an input or a folder that can't be used."""

    exit_status = 2


class CommandFailed(CommandError):  # as above
    """What was asked for isn't there, or may not be read."""
