"""Keeps what nothing here uses out of the process: moto's EC2, which its interpreter would load for a list of words.

The interpreter reads the states of a job from ``moto.batch.utils``; the package around that imports all of EC2 and its
catalogue of instances, for half of the CPU seconds of the whole start and some fifty megabytes.
"""

import sys
from importlib import import_module
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType
from typing import Any

_PACKAGE = "moto.batch"


class _Later(ModuleType):
    """The package, whose modules are imported by who asks for them."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(import_module(f"{_PACKAGE}.models"), name)


def keep_ec2_out() -> None:
    """Has an effect only before moto's own package was imported."""
    moto = find_spec("moto")
    if _PACKAGE in sys.modules or moto is None:
        return
    spec = ModuleSpec(_PACKAGE, None, is_package=True)
    spec.submodule_search_locations = [f"{place}/batch" for place in moto.submodule_search_locations or ()]
    package = _Later(_PACKAGE)
    package.__spec__, package.__path__ = spec, spec.submodule_search_locations
    sys.modules[_PACKAGE] = package
