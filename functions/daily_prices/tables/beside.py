"""Reads what other objects of the dataset say about its symbols: listings, what runs know of them, actions."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.aws.listings import read_listings
from stockflow_functions.daily_prices.contracts import Manifest
from stockflow_functions.daily_prices.outcome import SAVED, UNCHANGED
from stockflow_functions.daily_prices.tables.changed import Listed
from stockflow_functions.daily_prices.tables.findings import read_found
from stockflow_functions.daily_prices.tables.readers import read_each
from stockflow_functions.domain.actions.table import DIVIDEND, KINDS, SPLIT, Actions, decode
from stockflow_functions.domain.catalog.beside import ActionFacts, Beside
from stockflow_functions.domain.catalog.entry import Entry
from stockflow_functions.domain.clock import from_iso
from stockflow_functions.domain.parquet import NewerTableError, NotATableError
from stockflow_functions.runtime.services import Services


def read_beside(
    services: Services, series: Iterable[str], manifest: Manifest | None, actions: Mapping[str, ActionFacts]
) -> Beside:
    """What is known of the symbols of these series; ``manifest`` is that of the run that has ended, if there is one."""
    listed = read_listings(services.bucket)
    asked = {
        (name, symbol): moment(one.at_ms)
        for name in series
        for symbol, one in services.freshness.read(name).known.items()
    }
    records = manifest["symbols"] if manifest else []
    at = moment(from_iso(manifest["started_at"])) if manifest else moment(0)
    of_run = {(manifest["series"], one["symbol"]): one for one in records if one["attempts"]} if manifest else {}
    asked |= {key: max(at, asked.get(key, at)) for key in of_run}
    confirmed = {key: at for key, one in of_run.items() if one["status"] in {SAVED, UNCHANGED}}
    found = {name: one for name in series if (one := read_found(services.bucket, name)) is not None}
    return Beside(listed.listings if listed else None, asked, confirmed, actions, found)


def changed_actions(bucket: Bucket, listed: Mapping[str, Listed], entries: Iterable[Entry]) -> dict[str, ActionFacts]:
    """The facts of those objects of actions that are others than the catalog has, or are gone, by symbol."""
    known: dict[str, set[str | None]] = {}
    for entry in entries:
        known.setdefault(entry.symbol, set()).add(entry.actions_etag)
    there = {symbol: listed[symbol].etag if symbol in listed else None for symbol in known}
    others = sorted(symbol for symbol, etag in there.items() if known[symbol] != {etag})
    return dict(read_each(lambda symbol: _action_facts(bucket, symbol, listed.get(symbol)), others))


def moment(ms: int) -> datetime:
    """In whole seconds, UTC."""
    return datetime.fromtimestamp(ms // 1000, UTC)


def _action_facts(bucket: Bucket, symbol: str, listed: Listed | None) -> ActionFacts:
    """Nothing of an object that can't be read; one of a newer release is read again once that one is installed."""
    found = bucket.get(listed.key) if listed else None
    if found is None:
        return ActionFacts()
    try:
        actions = decode(found.body, symbol)
    except NewerTableError:
        return ActionFacts()
    except NotATableError:
        return ActionFacts(actions_etag=found.etag.strip('"'))
    asked = [actions.asked[kind].last_s for kind in KINDS if kind in actions.asked]
    at = moment(max(asked) * 1000) if asked else None
    return ActionFacts(_count(actions, SPLIT), _count(actions, DIVIDEND), at, found.etag.strip('"'))


def _count(actions: Actions, kind: str) -> int | None:
    return int((actions.at()["kind"] == kind).sum()) if actions.is_known(kind) else None
