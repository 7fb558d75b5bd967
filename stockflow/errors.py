"""Errors that end a command with one sentence."""

INTERRUPTED = 130
"""The exit status of a command that a person ended by Ctrl-C, as shells have it."""


class CommandError(Exception):
    """Ends the command: its sentence goes to standard error, and ``exit_status`` is the command's."""

    exit_status = 1


class Unusable(CommandError):  # "unusable" is what the input is
    """Arguments, an input or a folder that can't be used."""

    exit_status = 2


class CommandFailed(CommandError):  # as above
    """The command failed: something is missing or may not be read, or AWS refuses or does not answer."""
