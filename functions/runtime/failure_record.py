"""The record of a failure below ``runs/<execution>/``: Step Functions itself only passes names on."""

from collections.abc import Mapping

from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.domain.outcome import FAILED, Failure, ItemOutcome
from stockflow_functions.runtime.call import Call


def keep_failure(bucket: Bucket, call: Call, failure: Failure, outcome: Mapping[str, object] | None) -> None:
    """Writes the item's outcome, or the failure of a state that has no item; nothing for an event without a run.

    Args:
        outcome: of an item, if its workflow says more about it than that it failed.

    Raises:
        StorageUnavailable, StorageDenied: as the bucket does.
    """
    if call.execution is None:
        return
    if call.symbol is None:
        bucket.put_json(keys.failure_record(call.execution), failure.as_dict())
        return
    record = outcome or ItemOutcome(call.symbol, FAILED, failure).as_dict()
    bucket.put_json(keys.symbol_record(call.execution, call.symbol), record)
