"""What a refresh says of itself: counts, and a sentence for people. Pure."""

from collections.abc import Sequence

from stockflow_functions.daily_prices.actions.asking import Refreshed
from stockflow_functions.daily_prices.contracts import ActionsRefreshed
from stockflow_functions.domain.actions.table import DIVIDEND, SPLIT
from stockflow_functions.domain.prices.sentences import bounded
from stockflow_functions.domain.words import counted


def told(done: Sequence[Refreshed], left: int, requests: int, why_left: str) -> ActionsRefreshed:
    """The result of a refresh.

    Args:
        done: how the symbols ended that were asked for.
        left: how many wait.
        requests: how many requests were made.
        why_left: why those wait, a clause or a sentence.
    """
    splits, dividends = (sum(each.counts[kind] for each in done) for kind in (SPLIT, DIVIDEND))
    changed, refused = sum(each.changed for each in done), sum(each.refused for each in done)
    sentences = [_asked(len(done), requests, splits, dividends, changed)] if done else []
    if refused:
        sentences.append(f"{counted(refused, 'symbol')} had no answer that could be kept.")
    if left:
        sentences.append(f"{counted(left, 'symbol')} {'waits' if left == 1 else 'wait'}: {why_left.rstrip('.')}.")
    if not sentences:
        sentences = ["No splits or dividends are due."]
    return {
        "asked": len(done),
        "requests": requests,
        "splits": splits,
        "dividends": dividends,
        "changed": changed,
        "rejected": sum(each.rejected for each in done),
        "refused": refused,
        "left": left,
        "warnings": bounded(warning for each in done for warning in each.warnings),
        "sentence": " ".join(sentences),
    }


def _asked(symbols: int, requests: int, splits: int, dividends: int, changed: int) -> str:
    news = f"of {counted(changed, 'symbol')} there is news" if changed else "nothing is new"
    return (
        f"{counted(symbols, 'symbol')} asked for in {counted(requests, 'request')}: {counted(splits, 'split')} and "
        f"{counted(dividends, 'dividend')} are known, {news}."
    )
