"""DynamoDB's errors under the workflow's names."""

from botocore.exceptions import BotoCoreError, ClientError

from stockflow_functions.domain.errors import StockflowError, StorageDenied, StorageUnavailable

LOST_RACE = "ConditionalCheckFailedException"

_DENIED = frozenset({"AccessDeniedException", "UnrecognizedClientException", "InvalidSignatureException"})


def code_of(error: ClientError | BotoCoreError) -> str:
    """DynamoDB's code, or the class of a fault on the way there."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", "unknown"))
    return type(error).__name__


def named(error: ClientError | BotoCoreError, table: str) -> StockflowError:
    """What the error means for the workflow, with the setting to change."""
    code = code_of(error)
    if code == "ResourceNotFoundException":
        return StorageDenied(f"There is no DynamoDB table {table}: create it, or correct STATE_TABLE.")
    if code in _DENIED:
        return StorageDenied(
            f"DynamoDB does not let this role use the table {table} ({code}): grant it, or correct STATE_TABLE."
        )
    if code == "ValidationException":
        return StorageDenied(
            f"The DynamoDB table {table} is no budget's (its key must be pk, a string): correct STATE_TABLE."
        )
    return StorageUnavailable(f"DynamoDB took no request to the table {table} ({code}), which STATE_TABLE names.")
