"""What ends a command with one sentence."""


class Unusable(Exception):  # "unusable" is what the input is
    """Arguments, an input or a folder that can't be used; the command ends with exit status 2."""


class NotFound(Exception):  # as above
    """What was asked for isn't there, or may not be read; the command ends with exit status 1."""
