"""What becomes of one symbol in a refresh: two requests, the checks, and its object."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from stockflow_functions.aws import keys
from stockflow_functions.aws.actions import add_answers
from stockflow_functions.daily_prices.actions.slots import ActionSlots
from stockflow_functions.daily_prices.stored import stored_table
from stockflow_functions.domain.actions.action import Action, of_dividend, of_split
from stockflow_functions.domain.actions.checks import Judged, judge, set_aside
from stockflow_functions.domain.actions.merging import Answer
from stockflow_functions.domain.actions.table import DIVIDEND, SPLIT
from stockflow_functions.domain.errors import (
    PremiumRequired,
    StockflowError,
    StorageDenied,
    UnexpectedAnswer,
    UnknownSymbol,
    WriteConflict,
)
from stockflow_functions.domain.prices import exchanges
from stockflow_functions.domain.prices.series import DAILY
from stockflow_functions.runtime.services import Services
from stockflow_functions.vendors.port import Client

FINAL = (UnknownSymbol, PremiumRequired, UnexpectedAnswer)
"""Refusals that the same question would meet again tomorrow."""
NOT_KEPT = (UnexpectedAnswer, WriteConflict, StorageDenied)
"""Why a symbol's answers are not kept, which says nothing of those of the next one."""
QUESTIONS: dict[str, Callable[[str, Client], list[Action]]] = {
    SPLIT: lambda symbol, client: [of_split(each) for each in client.splits(symbol)],
    DIVIDEND: lambda symbol, client: [of_dividend(each) for each in client.dividends(symbol)],
}


@dataclass
class Refreshed:
    """How a symbol ended: counts of what is known now, whether that is news, and sentences."""

    symbol: str
    asked_ms: int
    counts: dict[str, int] = field(default_factory=lambda: {SPLIT: 0, DIVIDEND: 0})
    changed: bool = False
    rejected: int = 0
    refused: bool = False
    warnings: list[str] = field(default_factory=list)


def ask_for_actions(symbol: str, slots: ActionSlots, execution: str, services: Services) -> Refreshed:
    """Asks for a symbol's splits and dividends, and keeps what is sound.

    A question without an answer for good, and an object that can't be replaced, are told in the result.

    Raises:
        StockflowError: what concerns other symbols too: a spent quota, a refused key, a vendor that is away.
    """
    done = Refreshed(symbol, services.clock.now_ms())
    prices = stored_table(services.bucket, DAILY, symbol)
    today = exchanges.today(services.vendor.exchange_of(symbol), done.asked_ms)
    answers, judged = [], []
    for kind, question in QUESTIONS.items():
        try:
            actions = slots.ask(symbol, partial(question, symbol))
        except FINAL as refusal:
            _refuse(done, refusal, services)
            continue
        judged.append(judge(actions, prices, today))
        aside = [one.action for one in judged[-1].aside]
        answers.append(Answer(kind, judged[-1].sound, aside, services.clock.now_ms() // 1000))
    _set_aside(done, judged, execution, services)
    try:
        _keep(done, answers, services)
    except NOT_KEPT as error:
        _refuse(done, error, services)
    return done


def _keep(done: Refreshed, answers: list[Answer], services: Services) -> None:
    before, now = add_answers(services.bucket, done.symbol, answers)
    kinds = now.at()["kind"].value_counts()
    done.counts = {kind: int(kinds.get(kind, 0)) for kind in QUESTIONS}
    done.changed = not now.rows.equals(before.rows)


def _set_aside(done: Refreshed, judged: list[Judged], execution: str, services: Services) -> None:
    """Keeps what is not sound with its reasons, as Transform keeps bars, and tells of it and of what is odd."""
    aside = [one for each in judged for one in each.aside]
    done.rejected = len(aside)
    key = keys.rejected(execution, done.symbol)
    if aside:
        rows = [
            {"date": one.action.date.isoformat(), "check": one.check, "reason": one.reason, "sent": _sent(one.action)}
            for one in aside
        ]
        services.bucket.put_json(key, {"symbol": done.symbol, "series": "actions", "rows": rows})
    remarks = [remark for each in judged for remark in each.remarks]
    done.warnings += [f"{done.symbol}: {sentence}" for sentence in [*set_aside(aside, key), *remarks]]


def _sent(action: Action) -> dict[str, str]:
    """What the vendor sent, as texts: a factor may be no number, which JSON can't say."""
    return {name: str(value) for name, value in action._asdict().items() if value is not None}


def _refuse(done: Refreshed, error: StockflowError, services: Services) -> None:
    done.refused = True
    done.warnings.append(f"{done.symbol}: {services.redactor.clean(str(error))}")
