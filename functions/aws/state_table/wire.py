"""Converts between Python's values and DynamoDB's, which state their types."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

Item = Mapping[str, Mapping[str, object]]
"""An item, or part of one, in DynamoDB's form: ``{"count": {"N": "3"}}``."""

_SERIALIZER, _DESERIALIZER = TypeSerializer(), TypeDeserializer()


def to_wire(values: Mapping[str, object]) -> Item:
    """The values in DynamoDB's form."""
    return {name: _SERIALIZER.serialize(value) for name, value in values.items()}


def from_wire(item: Item) -> dict[str, Any]:
    """The item's values; numbers become int, as all of ours are whole.

    Raises:
        ValueError, TypeError, AttributeError, ArithmeticError: it is not in DynamoDB's form.
    """
    values = {name: _DESERIALIZER.deserialize(value) for name, value in item.items()}
    return {name: int(value) if isinstance(value, Decimal) else value for name, value in values.items()}
