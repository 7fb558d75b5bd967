"""UpdateTables: keeps the tables of all symbols and the catalog as the symbols' own objects are.

It is called when a run has ended, by a rule on AWS and by the embedded AWS on a laptop; or by a person. Lists say what
has changed since the catalog was written, so that a call that failed, or never came, is made good by the next one. What
it makes is derived: its failure is none of a run's.
"""

from random import uniform

from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.daily_prices.contracts import Manifest, TablesUpdated, UpdateTablesEvent
from stockflow_functions.daily_prices.tables.findings import add_findings
from stockflow_functions.daily_prices.tables.turn import Undertaking, take_turn
from stockflow_functions.daily_prices.tables.years import DamagedTable
from stockflow_functions.domain.errors import InvalidInput, StorageDenied, WriteConflict
from stockflow_functions.runtime.call import Call
from stockflow_functions.runtime.services import Services
from stockflow_functions.runtime.state import StateFunction

LONGEST_SECONDS = 600
"""For how long it begins with other symbols: Lambda ends a function after fifteen minutes."""
TRIES = 5
"""How often it begins anew where another call was faster."""
PAUSE_SECONDS = 2.0
"""The longest pause after the first lost race, doubled with each; its length is drawn, so that calls spread."""

_SHARDS = "/shards/"
"""In the key of a manifest that is a part of another run's."""
PASSED_OVER: TablesUpdated = {
    "entries": 0,
    "copied": 0,
    "left": 0,
    "warnings": [],
    "sentence": "The manifest is that of a shard, or of earnings calls: nothing is done.",
}


def update(event: UpdateTablesEvent, services: Services) -> TablesUpdated:
    """Updates the tables and the catalog, and adds what the run's checks found.

    Raises:
        WriteConflict: other calls wrote them again and again in the meantime.
        InvalidInput: there is no manifest of that run.
        StorageDenied: a newer release wrote one of them; also as the bucket's methods do.
    """
    key = _manifest_key(event)
    manifest = None if _SHARDS in key else _manifest(key, services.bucket)
    if key and manifest is None:
        return PASSED_OVER
    refusal = _add_findings(manifest, services.bucket)
    late_ms = services.clock.now_ms() + 1000 * event.get("longest_seconds", LONGEST_SECONDS)
    updated = _updated(services, manifest, Undertaking(late_ms, rebuild=bool(event.get("rebuild"))))
    if refusal:
        raise refusal
    return updated


def _add_findings(manifest: Manifest | None, bucket: Bucket) -> StorageDenied | None:
    """Adds them, for the catalog counts them; what is wrong with their table must not keep the others from theirs."""
    try:
        if manifest:
            add_findings(bucket, manifest)
    except StorageDenied as error:
        return error
    return None


def _updated(services: Services, manifest: Manifest | None, undertaking: Undertaking) -> TablesUpdated:
    """Takes turns until one is not overtaken."""
    for lost in range(TRIES):
        if lost:
            services.clock.sleep(uniform(0, PAUSE_SECONDS * 2 ** (lost - 1)))
        try:
            return take_turn(services, manifest, undertaking)
        except DamagedTable:
            undertaking.rebuild = True
        except WriteConflict:
            continue
    raise WriteConflict(f"{keys.CATALOG} was written by other calls {TRIES} times in a row: call again.")


def _manifest_key(event: UpdateTablesEvent) -> str:
    execution = event.get("execution")
    return event.get("manifest") or (keys.manifest(execution) if execution else "")


def _manifest(key: str, bucket: Bucket) -> Manifest | None:
    """The manifest of the run that has ended; None where none is named, or it is of earnings calls."""
    if not key:
        return None
    manifest: Manifest | None = bucket.get_json(key)
    if manifest is None:
        raise InvalidInput(f"There is no {key}: name a run that has ended, or none.")
    return manifest if "series" in manifest else None


def call_of(event: UpdateTablesEvent) -> Call:
    """It belongs to no run: what it can't do is none of the run's failures."""
    return Call(trigger=event.get("trigger"))


handler = StateFunction("UpdateTables", update, call_of, clients=("s3",))
