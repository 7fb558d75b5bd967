"""Builds one conditional UpdateItem, clause by clause."""

from typing import TypeAlias

from stockflow_functions.aws.state_table.wire import Item, to_wire

Value: TypeAlias = int | str | frozenset[str]
"""Of an attribute."""


class Update:
    """An UpdateItem's expressions. A missing attribute passes every condition that does not require it."""

    def __init__(self) -> None:
        self._sets: list[str] = []
        self._adds: list[str] = []
        self._removes: list[str] = []
        self._conditions: list[str] = []
        self._names: dict[str, str] = {}
        self._values: Item = {}

    def set(self, name: str, value: Value) -> None:
        self._sets.append(f"{self._name(name)} = {self._value(value)}")

    def set_from(self, source: str, name: str, plus: int) -> None:
        """Sets ``name`` to the value of ``source`` before the update, plus ``plus``."""
        self._sets.append(f"{self._name(name)} = {self._name(source)} + {self._value(plus)}")

    def count(self, name: str, by: int, limit: int) -> None:
        """Counts up (or down), and never over the limit; 0 for no limit."""
        if limit:
            self.at_most(name, limit - by)
        counter = self._name(name)
        self._sets.append(f"{counter} = if_not_exists({counter}, {self._value(0)}) + {self._value(by)}")

    def add_name(self, name: str, member: str) -> None:
        self._adds.append(f"{self._name(name)} {self._value(frozenset({member}))}")

    def remove(self, *names: str) -> None:
        self._removes.extend(self._name(name) for name in names)

    def at_most(self, name: str, most: int) -> None:
        attribute = self._name(name)
        self._conditions.append(f"(attribute_not_exists({attribute}) OR {attribute} <= {self._value(most)})")

    def of_version(self, version: int) -> None:
        """The item is of this version, or does not exist yet."""
        attribute = self._name("version")
        self._conditions.append(f"(attribute_not_exists(pk) OR {attribute} = {self._value(version)})")
        self.set("version", version)

    def within(self, name: str, lowest: int | None, highest: int) -> None:
        """The attribute exists and is within the bounds; without a lowest bound it may be missing."""
        if lowest is None:
            self.at_most(name, highest)
            return
        low, high = self._value(lowest), self._value(highest)
        self._conditions.append(f"{self._name(name)} BETWEEN {low} AND {high}")

    def as_arguments(self) -> dict[str, str | dict[str, str] | Item]:
        """The keyword arguments of ``update_item``."""
        clauses = (("SET", self._sets), ("ADD", self._adds), ("REMOVE", self._removes))
        return {
            "UpdateExpression": " ".join(f"{verb} {', '.join(parts)}" for verb, parts in clauses if parts),
            "ConditionExpression": " AND ".join(self._conditions),
            "ExpressionAttributeNames": {alias: name for name, alias in self._names.items()},
            "ExpressionAttributeValues": self._values,
        }

    def _name(self, name: str) -> str:
        return self._names.setdefault(name, f"#n{len(self._names)}")

    def _value(self, value: Value) -> str:
        placeholder = f":v{len(self._values)}"
        self._values = {**self._values, **to_wire({placeholder: value})}
        return placeholder
