"""Every check of a split or dividend, as one list; docs/actions.md shows it as a table, and a test compares the two.

What would make nonsense of every price before it is set aside, with its reason. What is only odd is kept and reported.
Pure.
"""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from stockflow_functions.domain.actions.action import Action
from stockflow_functions.domain.actions.table import DIVIDEND, SPLIT
from stockflow_functions.domain.prices.series import DAILY
from stockflow_functions.domain.prices.splits import unseen
from stockflow_functions.domain.words import counted, named_few

EARLIEST = date(1900, 1, 1)
LONGEST_AHEAD = timedelta(days=400)
"""Dividends are declared for a year ahead at most; a day further off is a slip of the year."""
ABOVE_THE_CLOSE = "above-the-close"
LARGEST_RATIO = 10_000
"""The largest splits there were are of some thousand shares to one."""


@dataclass(frozen=True)
class Known:
    """What the actions are held against.

    Attributes:
        today: the exchange's date.
        prices: the symbol's daily table, as traded; without rows where there is none.
        actions: all that came with them.
    """

    today: date
    prices: pd.DataFrame
    actions: Sequence[Action]


@dataclass(frozen=True)
class Check:
    """A check's name, whether an action that fails it is set aside, and when it fails.

    ``failing`` returns the places of those that fail among the actions it is given.
    """

    name: str
    sets_aside: bool
    sentence: str
    failing: Callable[[Known], Sequence[int]]


@dataclass(frozen=True)
class SetAside:
    """An action that is not kept, and why."""

    action: Action
    check: str
    reason: str


@dataclass(frozen=True)
class Judged:
    """What became of an answer: the actions that are kept, those that are not, and sentences about odd ones."""

    sound: list[Action]
    aside: list[SetAside]
    remarks: list[str]


def judge(actions: Sequence[Action], prices: pd.DataFrame, today: date) -> Judged:
    """Checks the actions of an answer; the first check that one fails is its reason.

    Args:
        actions: of one symbol; splits, dividends, or both.
        prices: the symbol's daily table, as traded, sorted by date.
        today: the exchange's date.
    """
    left, aside, remarks = list(actions), [], []
    for check in CHECKS:
        failing = set(check.failing(Known(today, prices, left)))
        failed = [left[place] for place in sorted(failing)]
        if failed and check.sets_aside:
            aside += [SetAside(action, check.name, check.sentence) for action in failed]
            left = [action for place, action in enumerate(left) if place not in failing]
        elif failed:
            remarks.append(f"{check.name}: {check.sentence} ({named_few(_newest_first(failed))}).")
    return Judged(left, aside, remarks)


def set_aside(aside: Sequence[SetAside], where: str) -> list[str]:
    """How many actions were set aside by which check, in one sentence."""
    kinds = ", ".join(f"{count} {name}" for name, count in Counter(one.check for one in aside).most_common())
    return [f"{counted(len(aside), 'action')} set aside ({kinds}), see {where}."] if aside else []


def _newest_first(actions: Sequence[Action]) -> list[Action]:
    return sorted(actions, key=lambda action: action.date, reverse=True)


def _each(fails: Callable[[Action, Known], bool]) -> Callable[[Known], Sequence[int]]:
    """A check that looks at one action at a time."""
    return lambda known: [place for place, action in enumerate(known.actions) if fails(action, known)]


def _has_no_ratio(action: Action, _: Known) -> bool:
    value = action.value
    return action.kind == SPLIT and not (1 / LARGEST_RATIO <= value <= LARGEST_RATIO and value != 1)


def _has_no_amount(action: Action, _: Known) -> bool:
    return action.kind == DIVIDEND and not (math.isfinite(action.value) and action.value > 0)


def _repeated(known: Known) -> list[int]:
    first: dict[Action, int] = {}
    return [place for place, action in enumerate(known.actions) if first.setdefault(action, place) != place]


def _contradicting(known: Known) -> list[int]:
    days = Counter(action.date for action in known.actions if action.kind == SPLIT)
    return [place for place, action in enumerate(known.actions) if action.kind == SPLIT and days[action.date] > 1]


def _above_the_close(known: Known) -> list[int]:
    if known.prices.empty:
        return []
    days, closes = known.prices["date"].to_numpy().astype("datetime64[D]"), known.prices["close"].to_numpy()
    bars = np.searchsorted(days, np.array([action.date for action in known.actions], "datetime64[D]"))
    return [
        place
        for place, (action, bar) in enumerate(zip(known.actions, bars, strict=True))
        if action.kind == DIVIDEND and 0 < bar < len(days) and action.value >= closes[bar - 1]
    ]


def _in_disorder(action: Action, _: Known) -> bool:
    declared = action.declared or date.min
    paid = action.paid or date.max
    return declared > min(action.date, paid) or (action.recorded or date.min) > paid


def _unseen(known: Known) -> list[int]:
    splits = {action.date: action.value for action in known.actions if action.kind == SPLIT}
    days = set(unseen(splits, known.prices, DAILY.jump))
    return [place for place, action in enumerate(known.actions) if action.kind == SPLIT and action.date in days]


CHECKS = (
    Check(
        "date",
        True,
        f"its day is before {EARLIEST.year}, or more than {LONGEST_AHEAD.days} days ahead",
        _each(lambda action, known: not EARLIEST <= action.date <= known.today + LONGEST_AHEAD),
    ),
    Check(
        "ratio",
        True,
        f"a split's factor is 1, or not between 1/{LARGEST_RATIO} and {LARGEST_RATIO}",
        _each(_has_no_ratio),
    ),
    Check("amount", True, "a dividend is no number above 0", _each(_has_no_amount)),
    Check("double", True, "the same answer has it twice", _repeated),
    Check("two-splits", True, "the same answer has another split of this day, with another factor", _contradicting),
    Check(
        ABOVE_THE_CLOSE,
        True,
        "a dividend is as large as the last close before it, or larger: it may be in another unit",
        _above_the_close,
    ),
    Check(
        "order",
        False,
        "declared after the ex-date or after it is paid, or recorded after it is paid",
        _each(_in_disorder),
    ),
    Check("unseen-split", False, "no price shows a split: the close goes on as before it", _unseen),
)
"""In the order in which they are applied."""
