"""A backfill as a person asks for it, checked. Pure, but for the user's name."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from getpass import getuser
from pathlib import Path

from stockflow.cli.backfill_words import NAMED
from stockflow_functions.domain.backfill.backfill import Backfill
from stockflow_functions.domain.backfill.goal import COMPACT, FULL, Goal
from stockflow_functions.domain.clock import to_iso
from stockflow_functions.domain.errors import InvalidInput
from stockflow_functions.domain.prices.series import DAILY
from stockflow_functions.domain.symbols import quoted

LONGEST_NAME = 40
"""Of what a backfill's name has of its universe."""
_UNFIT = re.compile(r"[^A-Za-z0-9]+")


@dataclass(frozen=True)
class Asked:
    """What a person asks for; None where nothing is said.

    Attributes:
        universe: a file, or what is listed; None where symbols are named.
        since: an ISO date.
    """

    universe: str | None = None
    series: str | None = None
    outputsize: str | None = None
    since: str | None = None

    def goal(self, today: date) -> Goal:
        """What is wanted of each symbol.

        Raises:
            InvalidInput: the date is none, or lies ahead; or a compact answer and a date are asked for.
        """
        if self.since and self.outputsize == COMPACT:
            raise InvalidInput("--from and --outputsize compact exclude each other: --from takes the smaller answer.")
        return Goal(self.series or DAILY.name, self.outputsize or FULL, self._since(today))

    def _since(self, today: date) -> date | None:
        if self.since is None:
            return None
        try:
            day = date.fromisoformat(self.since)
        except ValueError:
            raise InvalidInput(f"--from is {quoted(self.since)}: write a date such as 2020-01-02.") from None
        if day > today:
            raise InvalidInput(f"--from is {day}, which lies ahead: write a date until {today}.")
        return day


def new_backfill(asked: Asked, symbols: list[str], now_ms: int) -> Backfill:
    """The backfill, which is not stored yet.

    Raises:
        InvalidInput: as :meth:`Asked.goal`.
    """
    now = datetime.fromtimestamp(now_ms / 1000, UTC)
    universe = asked.universe or NAMED
    return Backfill(
        name=f"{now:%Y-%m-%dT%H%M%SZ}-{_short(universe)}",
        universe=universe if universe.startswith("listed:") else Path(universe).name,
        created_by=_user(),
        created_at=to_iso(now_ms),
        goal=asked.goal(now.date()),
        symbols=len(symbols),
        left=len(symbols),
    )


def _short(universe: str) -> str:
    named = universe if universe.startswith("listed:") else Path(universe).stem
    return _UNFIT.sub("-", named).strip("-")[:LONGEST_NAME] or NAMED


def _user() -> str:
    try:
        return getuser()
    except (KeyError, OSError):  # in a container, a user may have no name
        return "unknown"
