"""DynamoDB's expressions, as far as ``stockflow_functions.aws.state_table`` writes them; others are refused. Pure.

The answers are held to moto's in tests/unit/testing/test_dynamodb.py.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

Typed = dict[str, Any]
"""A value with its DynamoDB type, such as ``{"N": "7"}``."""
Item = dict[str, Typed]
"""As DynamoDB's wire has it: ``{"pk": {"S": "budget"}}``."""

_CONDITION = re.compile(
    r"\(attribute_not_exists\((?P<absent_or>\S+)\) OR (?P<left>\S+) (?P<operator><=|=) (?P<right>[^\s)]+)\)"
    r"|attribute_not_exists\((?P<absent_or_2>\S+)\) OR (?P<left_2>\S+) = (?P<right_2>\S+)"
    r"|attribute_not_exists\((?P<absent>\S+)\)"
    r"|(?P<between>\S+) BETWEEN (?P<low>\S+) AND (?P<high>\S+)"
    r"|(?P<equal>\S+) = (?P<value>\S+)"
)
_SET = re.compile(
    r"(?P<target>\S+) = (?:if_not_exists\((?P<counter>\S+), (?P<start>\S+)\)|(?P<source>[#:]\w+))"
    r"(?: \+ (?P<plus>:\w+))?"
)
_CLAUSES = re.compile(r"\b(SET|ADD|REMOVE) (.*?)(?= (?:SET|ADD|REMOVE) |$)")


class NotKnown(AssertionError):
    """An expression of a kind that is not known here, or that DynamoDB would refuse."""


def check_placeholders(text: str, names: Mapping[str, str], values: Item) -> None:
    """Makes sure that the expressions in the text use what is given, and no other.

    Raises:
        NotKnown: they do not.
    """
    used = set(re.findall(r"[#:]\w+", text))
    if used != set(names) | set(values):
        raise NotKnown("DynamoDB refuses placeholders that are not used or not given")


def holds(expression: str, item: Item, names: Mapping[str, str], values: Item) -> bool:
    """Whether the condition holds for the item, which is empty if there is none.

    Raises:
        NotKnown: the condition is of another kind.
    """

    def attribute(name: str) -> Typed | None:
        return item.get(names.get(name, name))

    rest, results = expression, []
    while rest:
        match = _CONDITION.match(rest)
        if not match:
            raise NotKnown(f"a condition of a kind that is not known here: {rest}")
        results.append(_clause_holds(match.groupdict(), attribute, values))
        rest = rest[match.end() :].removeprefix(" AND ")
    return all(results)


def _clause_holds(clause: dict[str, str | Any], attribute: Callable[[str], Typed | None], values: Item) -> bool:
    absent_or = clause["absent_or"] or clause["absent_or_2"]
    if absent_or:
        left, right = clause["left"] or clause["left_2"], clause["right"] or clause["right_2"]
        operator = clause["operator"] or "="
        return attribute(absent_or) is None or _compare(attribute(left), operator, values[right])
    if clause["absent"]:
        return attribute(clause["absent"]) is None
    if clause["between"]:
        value = attribute(clause["between"])
        return _compare(values[clause["low"]], "<=", value) and _compare(value, "<=", values[clause["high"]])
    return _compare(attribute(clause["equal"]), "=", values[clause["value"]])


def _compare(left: Typed | None, operator: str, right: Typed | None) -> bool:
    if left is None or right is None or set(left) != set(right):
        return False
    if operator == "=":
        return left == right
    return int(left["N"]) <= int(right["N"])


def updated(expression: str, old: Item, names: Mapping[str, str], values: Item) -> Item:
    """The item after the update; ``old`` stays as it is.

    Raises:
        NotKnown: the update is of another kind, or touches an attribute twice.
    """
    item, touched = dict(old), list[str]()
    for verb, body in _CLAUSES.findall(expression):
        if verb == "SET":
            for match in _SET.finditer(body):
                touched.append(names[match["target"]])
                item[names[match["target"]]] = _set_value(match, old, names, values)
        elif verb == "ADD":
            name, value = body.split(" ")
            touched.append(names[name])
            members = {*old.get(names[name], {"SS": []})["SS"], *values[value]["SS"]}
            item[names[name]] = {"SS": sorted(members)}
        else:
            for name in body.split(", "):
                touched.append(names[name])
                item.pop(names[name], None)
    if len(touched) != len(set(touched)):
        raise NotKnown("DynamoDB refuses an update that touches an attribute twice")
    return item


def _set_value(match: re.Match[str], old: Item, names: Mapping[str, str], values: Item) -> Typed:
    if match["counter"]:
        value = old.get(names[match["counter"]], values[match["start"]])
    else:
        value = values[match["source"]] if match["source"].startswith(":") else old[names[match["source"]]]
    if match["plus"]:
        return {"N": str(int(value["N"]) + int(values[match["plus"]]["N"]))}
    return value
