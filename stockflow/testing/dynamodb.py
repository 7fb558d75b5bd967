"""A table in memory, behind the part of boto3's DynamoDB client that this project uses.

It knows the expressions that ``stockflow_functions.aws.state_table`` writes (:mod:`stockflow.expressions`). Its answers
are held to moto's in tests/unit/testing/test_dynamodb.py.
"""

from copy import deepcopy
from typing import Any

from botocore.exceptions import ClientError

from stockflow.expressions import Item, check_placeholders, holds, updated
from stockflow.testing.faults import Faults, client_error

Answer = dict[str, Any]
"""In boto3's shape."""


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

    def get_item(self, TableName: str, Key: Item, ConsistentRead: bool) -> Answer:
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
            if ConditionExpression and not holds(ConditionExpression, old, {}, ExpressionAttributeValues or {}):
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
    ) -> Answer:
        returned = (ReturnValues, ReturnValuesOnConditionCheckFailure)
        _insist(returned == ("ALL_NEW", "ALL_OLD"), "an update is answered with ALL_NEW, or with ALL_OLD")
        names, values = ExpressionAttributeNames, ExpressionAttributeValues
        with self._lock:
            self._called("update_item")
            self.writes += 1
            check_placeholders(f"{UpdateExpression} {ConditionExpression}", names, values)
            old = self.items.get(Key["pk"]["S"], {})
            if not holds(ConditionExpression, old, names, values):
                error = client_error("ConditionalCheckFailedException", "UpdateItem")
                raise ClientError({**error.response, **({"Item": deepcopy(old)} if old else {})}, "UpdateItem")
            new = updated(UpdateExpression, {**deepcopy(old), **Key}, names, values)
            self.items[Key["pk"]["S"]] = new
            return {"Attributes": deepcopy(new)}


def _insist(holds: object, sentence: str) -> None:
    """A fault of the test's or of the code's, not one that DynamoDB has."""
    if not holds:
        raise AssertionError(sentence)
