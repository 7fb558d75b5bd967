"""Packages of which one module is needed, and whose own import would load all the others.

moto's interpreter reads the states of a job from ``moto.batch.utils``; the package around that imports all of EC2 and
its catalogue of instances: half of the CPU seconds of the whole start, and fifty megabytes. The calendar of one
exchange comes with those of all countries: a tenth of a second before the first request, and twelve megabytes.
"""

import sys
from collections.abc import Callable
from importlib import import_module
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType
from typing import Any

_HOLIDAYS = {"holidays.countries": "COUNTRIES", "holidays.financial": "FINANCIAL"}


class _Package(ModuleType):
    """A package that imports a module of its own for each name it is asked for."""

    def __init__(self, name: str, places: list[str], module_of: Callable[[str], str | None]) -> None:
        super().__init__(name)
        self.__spec__ = ModuleSpec(name, None, is_package=True)
        self.__spec__.submodule_search_locations = self.__path__ = places
        self._module_of = module_of

    def __getattr__(self, name: str) -> Any:
        module = None if name.startswith("__") else self._module_of(name)
        if module is None:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"{self.__name__}.{module}"), name)


def make_packages_lazy() -> None:
    """Has an effect on what was not imported before."""
    _make_lazy("moto.batch", lambda _: "models")
    for package, registry in _HOLIDAYS.items():
        _make_lazy(package, _module_in(registry))


def _make_lazy(package: str, module_of: Callable[[str], str | None]) -> None:
    parent, _, name = package.partition(".")
    found = find_spec(parent)
    if package not in sys.modules and found is not None:
        places = [f"{place}/{name}" for place in found.submodule_search_locations or ()]
        sys.modules[package] = _Package(package, places, module_of)


def _module_in(registry: str) -> Callable[[str], str | None]:
    def module_of(entity: str) -> str | None:
        modules = getattr(import_module("holidays.registry"), registry)
        return next((module for module, names in modules.items() if entity in names), None)

    return module_of
