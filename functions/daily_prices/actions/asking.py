"""What becomes of one symbol in a refresh: two requests, the checks, and its object."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from stockflow_functions.aws import keys
from stockflow_functions.aws.actions import add_answers
from stockflow_functions.daily_prices.actions.slots import ActionSlots
from stockflow_functions.daily_prices.stored import stored_table
from stockflow_functions.domain.actions.action import Action, of_dividend, of_split
from stockflow_functions.domain.actions.answers import Listed
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
"""Refusals that concern this symbol alone: the next one is asked all the same."""
UNREADABLE = "unreadable"
"""What an entry is set aside for that no check has seen, as it is neither a split nor a dividend."""
QUESTIONS: dict[str, Callable[[str, Client], Listed[Action]]] = {
    SPLIT: lambda symbol, client: _as_actions(client.splits(symbol), of_split),
    DIVIDEND: lambda symbol, client: _as_actions(client.dividends(symbol), of_dividend),
}
Told = TypeVar("Told")


@dataclass
class Refreshed:
    """How a symbol ended: counts of what is known now, whether that is news, and sentences.

    ``again`` is whether the next evening may bring what this one did not.
    """

    symbol: str
    asked_ms: int
    counts: dict[str, int] = field(default_factory=lambda: {SPLIT: 0, DIVIDEND: 0})
    changed: bool = False
    rejected: int = 0
    refused: bool = False
    again: bool = False
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
    answers, judged, unreadable = [], [], []
    for kind, question in QUESTIONS.items():
        try:
            listed = slots.ask(symbol, partial(question, symbol))
        except FINAL as refusal:
            _refuse(done, refusal, services)
            continue
        judged.append(judge(listed.entries, prices, today))
        unreadable += [(kind, text) for text in listed.unreadable]
        answers.append(_answer(kind, listed, judged[-1], services))
    _set_aside(done, judged, unreadable, execution, services)
    _keep(done, answers, services)
    return done


def _as_actions(listed: Listed[Told], action_of: Callable[[Told], Action]) -> Listed[Action]:
    return Listed([action_of(each) for each in listed.entries], listed.unreadable)


def _answer(kind: str, listed: Listed[Action], judged: Judged, services: Services) -> Answer:
    at_s, aside = services.clock.now_ms() // 1000, [one.action for one in judged.aside]
    return Answer(kind, judged.sound, aside, at_s, complete=not listed.unreadable)


def _keep(done: Refreshed, answers: list[Answer], services: Services) -> None:
    """In one write; an answer that can't be believed takes nothing from the other one."""
    try:
        before, now = add_answers(services.bucket, done.symbol, answers)
    except UnexpectedAnswer as error:
        if len(answers) == 1:
            _refuse(done, error, services)
        else:
            for answer in answers:
                _keep(done, [answer], services)
    except (WriteConflict, StorageDenied) as error:
        _refuse(done, error, services)
    else:
        kinds = now.at()["kind"].value_counts()
        done.counts = {kind: int(kinds.get(kind, 0)) for kind in QUESTIONS}
        done.changed = done.changed or not now.rows.equals(before.rows)


def _set_aside(
    done: Refreshed, judged: list[Judged], unreadable: list[tuple[str, str]], execution: str, services: Services
) -> None:
    """Keeps what is not sound with its reasons, as Transform keeps bars, and tells of it and of what is odd."""
    aside = [one for each in judged for one in each.aside]
    done.rejected, done.again = len(aside) + len(unreadable), done.again or bool(unreadable)
    key = keys.rejected(execution, done.symbol)
    rows: list[dict[str, object]] = [
        {"date": one.action.date.isoformat(), "check": one.check, "reason": one.reason, "sent": _sent(one.action)}
        for one in aside
    ]
    rows += [
        {"date": "", "check": UNREADABLE, "reason": f"it can't be read as a {kind}", "sent": {"entry": text}}
        for kind, text in unreadable
    ]
    if rows:
        services.bucket.put_json(key, {"symbol": done.symbol, "series": "actions", "rows": rows})
    remarks = [remark for each in judged for remark in each.remarks]
    if unreadable:
        odd = sorted({f"{kind}s" for kind, _ in unreadable})
        remarks.append(
            f"Not all of the list of {' and of '.join(odd)} can be read, see {key}: what it lacks stays known."
        )
    done.warnings += [f"{done.symbol}: {sentence}" for sentence in [*set_aside(aside, key), *remarks]]


def _sent(action: Action) -> dict[str, str]:
    """What the vendor sent, as texts: a factor may be no number, which JSON can't say."""
    return {name: str(value) for name, value in action._asdict().items() if value is not None}


def _refuse(done: Refreshed, error: StockflowError, services: Services) -> None:
    done.refused = True
    done.again = done.again or not isinstance(error, PremiumRequired)
    done.warnings.append(f"{done.symbol}: {services.redactor.clean(str(error))}")
