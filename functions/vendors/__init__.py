"""The vendors of prices: a folder each, found by its name. ``port`` says what one must be able to do."""

import re
from collections.abc import Mapping
from importlib import import_module

from stockflow_functions.domain.errors import InvalidInput
from stockflow_functions.vendors.port import Vendor

DEFAULT = "alpha-vantage"
_NAME = re.compile(r"[a-z][a-z0-9-]*")


def name_in(environment: Mapping[str, str]) -> str:
    """The name under PRICE_VENDOR, or the default one; whether there is such a vendor is not looked up."""
    return environment.get("PRICE_VENDOR", "").strip() or DEFAULT


def vendor_named(name: str) -> Vendor:
    """The vendor of that name.

    Raises:
        InvalidInput: there is none.
    """
    module = f"{__name__}.{name.replace('-', '_')}"
    try:
        found = getattr(import_module(module), "VENDOR", None) if _NAME.fullmatch(name) else None
    except ModuleNotFoundError as error:
        if error.name != module:
            raise
        found = None
    if not isinstance(found, Vendor):
        raise InvalidInput(f"PRICE_VENDOR is {name[:40]!r}; write the name of a vendor, such as {DEFAULT}.")
    return found
