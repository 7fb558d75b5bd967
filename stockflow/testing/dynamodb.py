"""A table in memory, behind the part of boto3's DynamoDB client that this project uses.

It knows the expressions that ``stockflow_functions.aws.state_table`` writes, and refuses others. Its answers are held
to moto's in tests/unit/testing/test_dynamodb.py.
"""

import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

from botocore.exceptions import ClientError

from stockflow.testing.faults import Faults, client_error

Typed = dict[str, Any]
"""A value with its DynamoDB type, such as ``{"N": "7"}``; or an answer in boto3's shape."""
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


class FakeDynamoDb(Faults):
    """One table, whatever it is called, whose key is the text ``pk``; one request at a time.

    >>> table = FakeDynamoDb()
    >>> item = {"pk": {"S": "one"}, "count": {"N": "1"}}
    >>> table.put_item(TableName="t", Item=item, ConditionExpression="attribute_not_exists(pk)")
    >>> table.get_item(TableName="t", Key={"pk": {"S": "one"}}, ConsistentRead=True)["Item"]["count"]
    {'N': '1'}
    >>> table.reads, table.writes
    (1, 1)

    Attributes:
        items: what is there, by ``pk``.
        reads: the requests to read that were answered.
        writes: the requests to write, those whose condition did not hold too.
    """

    def __init__(self) -> None:
        super().__init__()
        self.items: dict[str, Item] = {}
        self.writes = 0
        self.reads = 0

    def get_item(self, TableName: str, Key: Item, ConsistentRead: bool) -> Typed:
        _insist(ConsistentRead, "a request to read that may be answered late: ask with ConsistentRead")
        with self._lock:
            self._called("get_item")
            self.reads += 1
            item = self.items.get(Key["pk"]["S"])
            return {"Item": deepcopy(item)} if item else {}

    def put_item(
        self,
        TableName: str,
        Item: Item,
        ConditionExpression: str | None = None,
        ExpressionAttributeValues: Item | None = None,
    ) -> None:
        with self._lock:
            self._called("put_item")
            self.writes += 1
            old = self.items.get(Item["pk"]["S"], {})
            if ConditionExpression and not _holds(ConditionExpression, old, {}, ExpressionAttributeValues or {}):
                raise client_error("ConditionalCheckFailedException", "PutItem")
            self.items[Item["pk"]["S"]] = deepcopy(Item)

    def update_item(
        self,
        TableName: str,
        Key: Item,
        UpdateExpression: str,
        ConditionExpression: str,
        ExpressionAttributeNames: dict[str, str],
        ExpressionAttributeValues: Item,
        ReturnValues: str = "ALL_NEW",
        ReturnValuesOnConditionCheckFailure: str = "ALL_OLD",
    ) -> Typed:
        returned = (ReturnValues, ReturnValuesOnConditionCheckFailure)
        _insist(returned == ("ALL_NEW", "ALL_OLD"), "an update is answered with ALL_NEW, or with ALL_OLD")
        names, values = ExpressionAttributeNames, ExpressionAttributeValues
        with self._lock:
            self._called("update_item")
            self.writes += 1
            _check_placeholders(f"{UpdateExpression} {ConditionExpression}", names, values)
            old = self.items.get(Key["pk"]["S"], {})
            if not _holds(ConditionExpression, old, names, values):
                error = client_error("ConditionalCheckFailedException", "UpdateItem")
                raise ClientError({**error.response, **({"Item": deepcopy(old)} if old else {})}, "UpdateItem")
            new = _updated(UpdateExpression, {**deepcopy(old), **Key}, names, values)
            self.items[Key["pk"]["S"]] = new
            return {"Attributes": deepcopy(new)}


def _insist(holds: object, sentence: str) -> None:
    """A fault of the test's or of the code's, not one that DynamoDB has."""
    if not holds:
        raise AssertionError(sentence)


def _check_placeholders(text: str, names: Mapping[str, str], values: Item) -> None:
    used = set(re.findall(r"[#:]\w+", text))
    _insist(used == set(names) | set(values), "DynamoDB refuses placeholders that are not used or not given")


def _holds(expression: str, item: Item, names: Mapping[str, str], values: Item) -> bool:
    def attribute(name: str) -> Typed | None:
        return item.get(names.get(name, name))

    rest, results = expression, []
    while rest:
        match = _CONDITION.match(rest)
        if not match:
            raise AssertionError(f"a condition that this fake does not know: {rest}")
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


def _updated(expression: str, item: Item, names: Mapping[str, str], values: Item) -> Item:
    old = deepcopy(item)
    touched: list[str] = []
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
    _insist(len(touched) == len(set(touched)), "DynamoDB refuses an update that touches an attribute twice")
    return item


def _set_value(match: re.Match[str], old: Item, names: Mapping[str, str], values: Item) -> Typed:
    if match["counter"]:
        value = old.get(names[match["counter"]], values[match["start"]])
    else:
        value = values[match["source"]] if match["source"].startswith(":") else old[names[match["source"]]]
    if match["plus"]:
        return {"N": str(int(value["N"]) + int(values[match["plus"]]["N"]))}
    return value
