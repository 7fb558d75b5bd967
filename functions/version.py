"""The release, stated once: the package, the command and the requests say it."""

__version__ = "0.2.0"
