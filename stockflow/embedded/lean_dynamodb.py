"""The short way to items: see :mod:`stockflow.embedded.lean`."""

from collections.abc import Callable
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from stockflow.embedded.lean import LeanClient, refused
from stockflow.expressions import NotKnown, check_placeholders, holds, updated

Answer = dict[str, Any]
"""What DynamoDB answers, in boto3's shape."""

_GET = frozenset({"TableName", "Key", "ConsistentRead"})
_GIVEN = ("UpdateExpression", "ConditionExpression", "ExpressionAttributeNames", "ExpressionAttributeValues")
_RETURNED = {"ReturnValues": "ALL_NEW", "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
_UPDATE = frozenset({"TableName", "Key", *_GIVEN, *_RETURNED})
_LOST_RACE = "ConditionalCheckFailedException"


class LeanDynamoDb(LeanClient):
    """boto3's DynamoDB client; one item is got or updated on the short way."""

    service = "dynamodb"

    def __init__(self, client: Any) -> None:
        super().__init__(client)
        self._region = client.meta.region_name

    def get_item(self, **request: Any) -> Answer:
        """As boto3's."""

        def get() -> Answer:
            return self._got(request)

        found = self._short("GetItem", get) if self._may_be_short() and request.keys() <= _GET else None
        return dict(self._client.get_item(**request)) if found is None else found

    def update_item(self, **request: Any) -> Answer:
        """As boto3's."""

        def update() -> Answer:
            return self._updated(request)

        is_plain = request.keys() == _UPDATE and _RETURNED.items() <= request.items()
        done = self._short("UpdateItem", update) if self._may_be_short() and is_plain else None
        return dict(self._client.update_item(**request)) if done is None else done

    @property
    def _backend(self) -> Any:
        return dynamodb_backends[DEFAULT_ACCOUNT_ID][self._region]

    def _short(self, operation: str, effect: Callable[[], Answer]) -> Answer | None:
        """The effect; or None for what is refused or not known here, which goes to boto3."""
        try:
            return self._at_once(operation, (operation, "", ""), effect)
        except (JsonRESTError, NotKnown, LookupError):
            return None

    def _got(self, request: Answer) -> Answer:
        item = self._backend.get_item(request["TableName"], request["Key"])
        return {"Item": item.to_json()["Attributes"]} if item else {}

    def _updated(self, request: Answer) -> Answer:
        names, values = request["ExpressionAttributeNames"], request["ExpressionAttributeValues"]
        check_placeholders(f"{request['UpdateExpression']} {request['ConditionExpression']}", names, values)
        there = self._got(request)
        old = there.get("Item", {})
        if not holds(request["ConditionExpression"], old, names, values):
            raise refused("UpdateItem", _LOST_RACE, "The conditional request failed", 400, **there)
        new = updated(request["UpdateExpression"], {**old, **request["Key"]}, names, values)
        self._backend.get_table(request["TableName"]).put_item(new)
        return {"Attributes": new}
