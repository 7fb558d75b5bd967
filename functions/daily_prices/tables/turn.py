"""One turn of UpdateTables: what changed is claimed in the catalog, copied into the tables, and then settled there.

While a symbol is claimed, its entry has no ETag. Each turn has a higher number than those before, and no table that a
later turn has written is written by an earlier one; whoever is overtaken begins anew. So a turn that dies leaves
claims, which the next one makes good, and of two at once the later one's bars stay.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from stockflow_functions.daily_prices.contracts import Manifest, TablesUpdated
from stockflow_functions.daily_prices.tables.actions import copy_actions
from stockflow_functions.daily_prices.tables.beside import changed_actions, moment, read_beside
from stockflow_functions.daily_prices.tables.catalog import StoredCatalog, copy_catalog, read_catalog, write_catalog
from stockflow_functions.daily_prices.tables.changed import There, changed, copied, there
from stockflow_functions.daily_prices.tables.copying import Copied, Task, copy_all
from stockflow_functions.daily_prices.tables.reading import Source
from stockflow_functions.daily_prices.tables.years import Turn
from stockflow_functions.domain.catalog.beside import entry_now
from stockflow_functions.domain.catalog.entry import Entry, Key
from stockflow_functions.domain.catalog.facts import NO_BARS
from stockflow_functions.domain.catalog.table import Catalog
from stockflow_functions.domain.prices.series import SERIES
from stockflow_functions.domain.words import counted
from stockflow_functions.runtime.services import Services


@dataclass(frozen=True)
class _Claim:
    """What a turn has to do.

    Attributes:
        stored: the catalog with the claims.
        before: what it said before of the symbols whose bars in the tables are as it says.
        wanted: the keys of the objects to copy; None for one that is gone.
        whole: whether all symbols are copied.
    """

    stored: StoredCatalog
    before: Mapping[Key, Entry]
    wanted: Mapping[Key, str | None]
    there: There
    whole: bool


@dataclass
class Undertaking:
    """What one call has undertaken, in all its turns.

    Attributes:
        late_ms: from then on no other symbol is begun with, and what is left stays claimed.
        rebuild: whether all symbols are copied.
        begun: what earlier ones had begun with when they were overtaken: they may have left older bars behind.
    """

    late_ms: int
    rebuild: bool = False
    begun: set[Key] = field(default_factory=set)


def take_turn(services: Services, manifest: Manifest | None, undertaking: Undertaking) -> TablesUpdated:
    """Does what there is to do.

    Raises:
        WriteConflict: another call has been faster.
        DamagedTable: a table of a year can't be read, and not all symbols were to be copied.
    """
    began_ms = services.clock.now_ms()
    claim = _claim(services, undertaking)
    undertaking.begun.update(claim.wanted)
    turn = Turn(services.bucket, claim.stored.catalog.turn, claim.whole, services.clock.sleep)
    done = Copied()
    for name in sorted({series for series, _ in claim.wanted}):
        some = copy_all(turn, _task(services, claim, name, undertaking.late_ms))
        done.copies.update(some.copies)
        done.warnings += some.warnings
    entries = _settled(services, claim, done, manifest)
    if entries or claim.stored.etag:
        settled = write_catalog(services.bucket, Catalog(entries, claim.stored.catalog.turn), claim.stored)
        if settled.etag != claim.there.copy_etag:
            copy_catalog(services.bucket)
    copy_actions(services.bucket, claim.there.actions, began_ms)
    return _told(entries, done)


def _claim(services: Services, undertaking: Undertaking) -> _Claim:
    stored, listed = read_catalog(services.bucket), there(services.bucket)
    whole = copied(stored.catalog.entries, listed)
    before = {} if undertaking.rebuild else {key: entry for key, entry in whole.items() if key not in undertaking.begun}
    wanted = changed(stored.catalog.entries.keys() | undertaking.begun, before, listed)
    if not wanted:
        return _Claim(stored, before, wanted, listed, whole=False)
    entries = dict(stored.catalog.entries)
    for key in wanted:
        entries[key] = replace(entries.get(key) or Entry(key[1], key[0]), etag=None)
    number = max(stored.catalog.turn + 1, services.clock.now_ms())
    claimed = write_catalog(services.bucket, Catalog(entries, number), stored)
    return _Claim(claimed, before, wanted, listed, whole=not before)


def _task(services: Services, claim: _Claim, name: str, late_ms: int) -> Task:
    source = Source(services.bucket, SERIES[name], services.vendor.exchange_of, claim.there.years[name])
    return Task(
        source,
        wanted={symbol: key for (series, symbol), key in claim.wanted.items() if series == name},
        old={symbol: entry for (series, symbol), entry in claim.before.items() if series == name},
        known=frozenset(symbol for series, symbol in claim.there.prices if series == name),
        is_late=lambda: services.clock.now_ms() > late_ms,
    )


def _settled(services: Services, claim: _Claim, done: Copied, manifest: Manifest | None) -> dict[Key, Entry]:
    """The entries as they are now; a symbol that is gone has none, one that was not copied is still claimed."""
    entries = {}
    for key, entry in claim.stored.catalog.entries.items():
        copy = done.copies.get(key)
        if copy is None:
            entries[key] = entry
        elif copy.etag is not None:
            facts = vars(copy.facts) if copy.facts else NO_BARS
            entries[key] = replace(entry, etag=copy.etag, bytes=copy.bytes, **facts)
    actions = changed_actions(services.bucket, claim.there.actions, entries.values())
    series = sorted({name for name, _ in entries})
    beside = read_beside(services, series, manifest, actions)
    written = {key: moment(claim.there.prices[key].facts.written_ms) for key in done.copies if key in entries}
    beside = replace(beside, confirmed={**written, **beside.confirmed})
    now_ms, code_of = services.clock.now_ms(), services.vendor.exchange_code
    return {key: entry_now(entry, beside, code_of, now_ms) for key, entry in entries.items()}


def _told(entries: Mapping[Key, Entry], done: Copied) -> TablesUpdated:
    left = sum(entry.etag is None for entry in entries.values()) - len(done.warnings)
    rest = f"; {counted(left, 'symbol')} to go, call again" if left else ""
    unread = f"; {counted(len(done.warnings), 'object')} can't be read" if done.warnings else ""
    what = f"{counted(len(done.copies), 'symbol')} copied into the tables"
    return {
        "entries": len(entries),
        "copied": len(done.copies),
        "left": left,
        "warnings": done.warnings,
        "sentence": f"{what}, {len(entries):,} rows in the catalog{rest}{unread}.",
    }
