"""The release, stated once for the package, the command and the requests."""

__version__ = "0.4.0"
