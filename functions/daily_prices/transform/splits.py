"""The splits of a symbol whose close jumped: what is known of them, and what becomes of an answer about them."""

from dataclasses import replace
from datetime import date

import pandas as pd

from stockflow_functions.aws import keys
from stockflow_functions.aws.actions import add_answers, read_actions
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.aws.former import lookup
from stockflow_functions.domain.actions.action import of_split
from stockflow_functions.domain.actions.checks import judge
from stockflow_functions.domain.actions.merging import Answer
from stockflow_functions.domain.actions.splits import splits_known
from stockflow_functions.domain.actions.table import SPLIT, Actions
from stockflow_functions.domain.errors import StorageDenied, UnexpectedAnswer, WriteConflict
from stockflow_functions.domain.prices.known_splits import KnownSplits, known_splits, splits_answer
from stockflow_functions.domain.words import counted


def splits_of(bucket: Bucket, symbol: str) -> KnownSplits:
    """The splits as they were last asked for, by a run or with the actions, with an answer or without."""
    file, refused = (_body(bucket, key) for key in (keys.splits(symbol), keys.splits_refused(symbol)))
    known = splits_known(_actions(bucket, symbol), known_splits(file))
    days = [day for day in (known.asked_on, known_splits(None, refused).asked_on) if day is not None]
    return replace(known, asked_on=max(days, default=None))


def keep_splits(bucket: Bucket, symbol: str, prices: pd.DataFrame, today: date) -> list[str]:
    """Adds the answer in ``splits/`` to the symbol's actions; what was odd about it, in sentences.

    It may be called again: an answer that is in them already changes nothing.

    Args:
        prices: bars of sessions, as traded, that the splits are held against; it may have no rows.
        today: the exchange's date.
    """
    answered = splits_answer(_body(bucket, keys.splits(symbol)))
    if answered is None:
        return []
    judged = judge([of_split(split) for split in answered.splits], prices, today)
    aside = [one.action for one in judged.aside]
    unreadable = answered.unreadable
    answer = Answer(SPLIT, judged.sound, aside, answered.asked_at_ms // 1000, complete=not unreadable)
    try:
        add_answers(bucket, symbol, [answer])
    except (StorageDenied, UnexpectedAnswer, WriteConflict) as error:
        return [f"The splits are not kept with the actions: {error}"]
    odd = [f"The list of splits has {counted(unreadable, 'more split')} that can't be read."] if unreadable else []
    return odd + [f"A {one.action} is not kept: {one.reason}." for one in judged.aside] + judged.remarks


def _actions(bucket: Bucket, symbol: str) -> Actions | None:
    try:
        return read_actions(bucket, symbol).actions
    except StorageDenied:
        return None


def _body(bucket: Bucket, key: str) -> bytes | None:
    found = lookup(bucket.get, key)
    return None if found is None else found.body
