"""The objects with splits and dividends, one a symbol, replaced on condition.

They need Arrow and pandas, which only those have that call this.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.domain.actions.merging import Answer, merged
from stockflow_functions.domain.actions.table import Actions, decode, encode
from stockflow_functions.domain.errors import StorageDenied, WriteConflict
from stockflow_functions.domain.parquet import NewerTableError, NotATableError

TRIES = 5
"""How often answers are merged into what is known, if others write that at the same time."""


@dataclass(frozen=True)
class StoredActions:
    """The actions of a symbol, and the ETag to replace their object by; None where there is no object."""

    actions: Actions = field(default_factory=Actions)
    etag: str | None = None


def read_actions(bucket: Bucket, symbol: str) -> StoredActions:
    """What is known of a symbol's actions; where there is no object, nothing.

    Raises:
        StorageDenied: the object is no table of the symbol's actions, or a newer release's.
    """
    key = keys.actions(symbol)
    stored = bucket.get(key)
    if stored is None:
        return StoredActions()
    place = f"s3://{bucket.name}/{bucket.full_key(key)}"
    try:
        return StoredActions(decode(stored.body, symbol), stored.etag)
    except NewerTableError as error:
        raise StorageDenied(f"{place} is a newer release's ({error}): install that one.") from None
    except NotATableError as error:
        raise StorageDenied(
            f"{place} is no table of splits and dividends, as {error}: move it away, and have it made anew."
        ) from None


def add_answers(bucket: Bucket, symbol: str, answers: Sequence[Answer]) -> tuple[Actions, Actions]:
    """Merges answers into a symbol's object; what was known before, and what is known now.

    Nothing is written where nothing has changed, not even the time at which it was asked for.

    Raises:
        UnexpectedAnswer: one of them can't be believed; none is kept.
        WriteConflict: others were faster every time.
        StorageDenied: as :func:`read_actions`.
    """
    for _ in range(TRIES):
        stored = read_actions(bucket, symbol)
        actions = stored.actions
        for answer in answers:
            actions = merged(actions, symbol, answer)
        if actions is not stored.actions:
            try:
                _write(bucket, symbol, actions, stored.etag)
            except WriteConflict:
                continue
        return stored.actions, actions
    raise WriteConflict(f"{keys.actions(symbol)} was replaced by others {TRIES} times in a row.")


def _write(bucket: Bucket, symbol: str, actions: Actions, etag: str | None) -> None:
    bucket.put(keys.actions(symbol), encode(actions), if_match=etag, if_none_match=etag is None)
