"""A vendor's answer as sent, in the shape that the checks take: parsed, but not yet checked."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class SentSeries:
    """What an answer says about itself, and its rows.

    Attributes:
        last_refreshed: a date, or a date and a time while the session was open, or "". It is not to be trusted.
        whole: the rows are the whole history, not its newest part.
        rows: (date, fields) in the order sent; a date that was sent twice is there twice. ``fields`` is a dict of the
            vendor's own names, a :class:`RepeatedFields` where one came more than once, or anything at all.
        others: rows of a second series in the same answer.
        column_of: the dataset's column for one of the vendor's names.
    """

    last_refreshed: str
    whole: bool
    rows: list[tuple[str, Any]]
    others: list[tuple[str, Any]]
    column_of: Callable[[str], str]


class RepeatedFields(dict[str, Any]):
    """An object with a key that occurs more than once; ``pairs`` has them all, where a plain dict keeps the last."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.pairs = pairs


def pairs_of(fields: dict[str, Any]) -> list[tuple[str, Any]]:
    """An object's keys and values as sent; a key that was sent twice is there twice."""
    return fields.pairs if isinstance(fields, RepeatedFields) else list(fields.items())
