"""The state table of a laptop run as a file, ``.stockflow/table.json``: ``{"items": [...]}``, as DynamoDB has them."""

import json
from decimal import DecimalException
from pathlib import Path
from typing import Any

from stockflow.errors import Unusable
from stockflow_functions.aws.state_table.item import VERSION, OtherVersion, account_of, key_of
from stockflow_functions.aws.state_table.wire import from_wire

TABLE_FILE = "table.json"

Item = dict[str, dict[str, Any]]

_DAMAGE = (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError, DecimalException, OtherVersion)


def read_items(path: Path) -> list[Item]:
    """The items of the file; none if it is missing.

    Raises:
        Unusable: the file is damaged, or holds something that no run has written.
    """
    try:
        items = json.loads(path.read_text(encoding="utf-8"))["items"]
        for item in items:
            _check(item)
    except (FileNotFoundError, NotADirectoryError):
        return []
    except _DAMAGE:
        raise Unusable(f"The budget {path} can't be read: delete it to start over.") from None
    return list(items)


def _check(item: Item) -> None:
    """Raises an error if DynamoDB would refuse the item, or a budget's item can't be read."""
    values = from_wire(item)
    if not isinstance(values["pk"], str):
        raise TypeError("a key is a text")
    if values["pk"].startswith(key_of("")) and values.get("version") == VERSION:
        account_of(item)
