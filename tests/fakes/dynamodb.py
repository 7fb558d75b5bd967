"""DynamoDB as far as the budget uses it, in memory: one table, one request at a time, only the expressions we write.

Its answers are held against moto's in tests/unit/functions/aws/state_table/test_fake_dynamodb.py.
"""

import re
import threading
from copy import deepcopy

from botocore.exceptions import ClientError

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


class FakeDynamoDb:
    """A client of one table whose key is ``pk``. ``refuse`` is the code with which every request fails."""

    def __init__(self):
        self.items = {}
        self.refuse = None
        self.writes = 0
        self.reads = 0
        self._lock = threading.Lock()

    def get_item(self, TableName, Key, ConsistentRead):  # noqa: N803
        assert ConsistentRead, "the budget must never be read late"
        with self._lock:
            self._check("GetItem")
            self.reads += 1
            item = self.items.get(Key["pk"]["S"])
            return {"Item": deepcopy(item)} if item else {}

    def put_item(self, TableName, Item, ConditionExpression=None, ExpressionAttributeValues=None):  # noqa: N803
        with self._lock:
            self._check("PutItem")
            self.writes += 1
            old = self.items.get(Item["pk"]["S"], {})
            if ConditionExpression and not _holds(ConditionExpression, old, {}, ExpressionAttributeValues or {}):
                raise _error("ConditionalCheckFailedException", "PutItem")
            self.items[Item["pk"]["S"]] = deepcopy(Item)

    def update_item(
        self,
        TableName,  # noqa: N803
        Key,  # noqa: N803
        UpdateExpression,  # noqa: N803
        ConditionExpression,  # noqa: N803
        ExpressionAttributeNames,  # noqa: N803
        ExpressionAttributeValues,  # noqa: N803
        ReturnValues,  # noqa: N803
        ReturnValuesOnConditionCheckFailure,  # noqa: N803
    ):
        assert (ReturnValues, ReturnValuesOnConditionCheckFailure) == ("ALL_NEW", "ALL_OLD")
        names, values = ExpressionAttributeNames, ExpressionAttributeValues
        with self._lock:
            self._check("UpdateItem")
            self.writes += 1
            _check_placeholders(f"{UpdateExpression} {ConditionExpression}", names, values)
            old = self.items.get(Key["pk"]["S"], {})
            if not _holds(ConditionExpression, old, names, values):
                raise _error("ConditionalCheckFailedException", "UpdateItem", Item=deepcopy(old))
            new = _updated(UpdateExpression, {**deepcopy(old), **Key}, names, values)
            self.items[Key["pk"]["S"]] = new
            return {"Attributes": deepcopy(new)}

    def _check(self, operation):
        if self.refuse:
            raise _error(self.refuse, operation)


def _error(code, operation, **more):
    return ClientError({"Error": {"Code": code, "Message": code}, **({} if not more.get("Item") else more)}, operation)


def _check_placeholders(text, names, values):
    used = set(re.findall(r"[#:]\w+", text))
    assert used == set(names) | set(values), "DynamoDB refuses placeholders that are not used or not given"


def _holds(expression, item, names, values):
    def attribute(name):
        return item.get(names.get(name, name))

    rest, results = expression, []
    while rest:
        match = _CONDITION.match(rest)
        assert match, f"a condition that this fake does not know: {rest}"
        results.append(_clause_holds(match.groupdict(), attribute, values))
        rest = rest[match.end() :].removeprefix(" AND ")
    return all(results)


def _clause_holds(clause, attribute, values):
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


def _compare(left, operator, right):
    if left is None or right is None or set(left) != set(right):
        return False
    if operator == "=":
        return left == right
    return int(left["N"]) <= int(right["N"])


def _updated(expression, item, names, values):
    old, touched = deepcopy(item), []
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
    assert len(touched) == len(set(touched)), "DynamoDB refuses an update that touches an attribute twice"
    return item


def _set_value(match, old, names, values):
    if match["counter"]:
        value = old.get(names[match["counter"]], values[match["start"]])
    else:
        value = values[match["source"]] if match["source"].startswith(":") else old[names[match["source"]]]
    if match["plus"]:
        return {"N": str(int(value["N"]) + int(values[match["plus"]]["N"]))}
    return value
