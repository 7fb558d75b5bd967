"""The DynamoDB table itself: reads and conditional writes, with DynamoDB's errors under the workflow's names."""

from typing import Any

from stockflow_functions.aws.errors import AWS_ERRORS, DENIED, AwsError, code_of
from stockflow_functions.aws.state_table.update import Update
from stockflow_functions.aws.state_table.wire import Item, to_wire
from stockflow_functions.domain.errors import StockflowError, StorageDenied, StorageUnavailable

_LOST_RACE = "ConditionalCheckFailedException"


class StateTable:
    """A table whose key is ``pk``, a text.

    Every method raises ``StorageUnavailable`` or ``StorageDenied`` if DynamoDB refuses the request; the latter names
    the setting to change.
    """

    def __init__(self, dynamodb: Any, name: str) -> None:
        self._dynamodb = dynamodb
        self.name = name

    def get(self, pk: str) -> Item:
        """The item as it is now; empty if it is missing."""
        try:
            item: Item = self._dynamodb.get_item(TableName=self.name, Key=to_wire({"pk": pk}), ConsistentRead=True).get(
                "Item", {}
            )
        except AWS_ERRORS as error:
            raise self._named(error) from error
        return item

    def put(self, item: Item, condition: str, **expected: object) -> bool:
        """Writes the item if the condition holds; ``:name`` in it is an expected value. Returns whether it did."""
        values = {f":{name}": value for name, value in to_wire(expected).items()}
        arguments = {"ExpressionAttributeValues": values} if values else {}
        try:
            self._dynamodb.put_item(TableName=self.name, Item=item, ConditionExpression=condition, **arguments)
        except AWS_ERRORS as error:
            if code_of(error) != _LOST_RACE:
                raise self._named(error) from error
            return False
        return True

    def update(self, pk: str, update: Update) -> tuple[bool, Item]:
        """Whether the update was made, and the item after it; or the item that prevented it."""
        try:
            answer = self._dynamodb.update_item(
                TableName=self.name,
                Key=to_wire({"pk": pk}),
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
                **update.as_arguments(),
            )
        except AWS_ERRORS as error:
            if code_of(error) != _LOST_RACE:
                raise self._named(error) from error
            return False, error.response.get("Item", {})
        return True, answer["Attributes"]

    def _named(self, error: AwsError) -> StockflowError:
        """What the error means for the workflow."""
        code = code_of(error)
        if code == "ResourceNotFoundException":
            return StorageDenied(f"There is no DynamoDB table {self.name}: create it, or correct STATE_TABLE.")
        if code in DENIED:
            return StorageDenied(
                f"This role may not use the DynamoDB table {self.name} ({code}): grant it, or correct STATE_TABLE."
            )
        if code == "ValidationException":
            return StorageDenied(
                f"The DynamoDB table {self.name} can't hold a budget (its key must be pk, a text): correct STATE_TABLE."
            )
        return StorageUnavailable(
            f"DynamoDB refused a request to the table {self.name} ({code}), which STATE_TABLE names."
        )
