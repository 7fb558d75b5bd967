"""Writes the tables of the pages on contracts from the contracts: ``python -m tests.tools.contract_tables``.

A page's prose stays as it is; between ``<!-- contract NAME -->`` and ``<!-- end -->`` stands what the class of that
name says of itself, and a row for each of its keys.
"""

import inspect
import re
import types
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

from stockflow_functions.daily_prices import contracts as of_daily_prices
from stockflow_functions.domain import outcome
from stockflow_functions.domain.budget import day_quota
from stockflow_functions.earnings_calls import contracts as of_earnings_calls
from stockflow_functions.pacing import contracts as of_pacing
from stockflow_functions.reporting import contracts as of_reporting

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = (DOCS / "contracts.md", DOCS / "contracts_of_calls.md")
MODULES = (of_daily_prices, of_earnings_calls, of_pacing, of_reporting, outcome, day_quota)
CONTRACTS = {name: value for module in MODULES for name, value in vars(module).items() if is_typeddict(value)}
_MARKED = re.compile(r"<!-- contract (\w+) -->\n.*?<!-- end -->", re.DOTALL)
_FIELD = re.compile(r"^(\w+): (.+(?:\n    .+)*)", re.MULTILINE)
_WORDS = {str: "text", int: "whole number", float: "number", bool: "true or false", object: "anything", Any: "anything"}


def written(page: str) -> str:
    """The page with its tables as the contracts are now."""
    return _MARKED.sub(lambda found: f"<!-- contract {found[1]} -->\n{section(CONTRACTS[found[1]])}<!-- end -->", page)


def named(page: str) -> list[str]:
    """The contracts that the page has tables of."""
    return [found[1] for found in _MARKED.finditer(page)]


def section(contract: type) -> str:
    """What the contract says of itself, and its table."""
    hints, fields = get_type_hints(contract, include_extras=True), fields_of(contract)
    rows = "".join(f"| `{name}` | {kind_of(hint)} | {fields[name]} |\n" for name, hint in hints.items())
    return f"{summary_of(contract)}\n\n| key | what it is | what it says |\n|---|---|---|\n{rows}"


def summary_of(contract: type) -> str:
    """The docstring without the lines on its keys."""
    return _FIELD.sub("", _doc(contract)).strip()


def fields_of(contract: type) -> dict[str, str]:
    """What each key is; those of a base are said there, of which a TypedDict remembers nothing but the keys."""
    keys = contract.__annotations__.keys()
    bases = [base for base in CONTRACTS.values() if base.__annotations__.keys() <= keys]
    return {
        name: " ".join(text.split())
        for base in [*sorted(bases, key=lambda base: len(base.__annotations__)), contract]
        for name, text in _FIELD.findall(_doc(base))
    }


def kind_of(hint: Any) -> str:
    """A type in words; another contract by its name."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is NotRequired:
        return f"{kind_of(arguments[0])}; may be absent"
    if origin in {types.UnionType, Union}:
        return " or ".join("null" if argument is type(None) else kind_of(argument) for argument in arguments)
    if origin is Literal:
        return " or ".join(f"`{argument}`" for argument in arguments)
    if origin is dict:
        return f"object of {kind_of(arguments[1])}"
    if origin in {list, Sequence}:
        return f"list of {kind_of(arguments[0])}"
    return _WORDS.get(hint) or f"`{getattr(hint, '__name__', hint)}`"


def _doc(contract: type) -> str:
    return (inspect.getdoc(contract) or "").replace("``", "`")


if __name__ == "__main__":
    for path in PAGES:
        path.write_text(written(path.read_text(encoding="utf-8")), encoding="utf-8")
