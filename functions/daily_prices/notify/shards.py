"""How the symbols of a run in shards ended: summed up from the shards' own manifests, one read a shard."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.daily_prices.contracts import EndedShard, Manifest, Plan, Shard
from stockflow_functions.daily_prices.noted import unrecorded
from stockflow_functions.daily_prices.outcome import FAILED, Failure, SymbolOutcome
from stockflow_functions.domain.errors import InvalidApiKey
from stockflow_functions.reporting.failure import standard_sentence
from stockflow_functions.reporting.records import READERS, Warn, read_json, read_records

NOT_RUN = "ShardNotRun"
STATE = "RunShard"
_KEY_REFUSED = InvalidApiKey.__name__


@dataclass(frozen=True)
class ShardTraces:
    """What a shard left behind: its manifest, or how its symbols had ended where it broke off before it had one."""

    shard: Shard
    manifest: Manifest | None = None
    records: Mapping[str, SymbolOutcome] = field(default_factory=dict)

    @property
    def error(self) -> Failure | None:
        """What ended the shard as a whole, as its manifest has it."""
        error = self.manifest["error"] if self.manifest else None
        return Failure(error["type"], error["message"], error["state"]) if error else None


def read_shards(bucket: Bucket, execution: str) -> list[Shard]:
    """The run's shards, as Plan wrote them; none if the list is gone.

    Raises:
        StorageUnavailable, StorageDenied: as the bucket does.
    """
    found = read_json(bucket, keys.shards(execution))
    return found if isinstance(found, list) else []


def read_traces(
    bucket: Bucket, shards: Sequence[Shard], outcome_of: Callable[[Any], SymbolOutcome], warn: Warn
) -> list[ShardTraces]:
    """What each of the shards left behind, in their order.

    Raises:
        StorageUnavailable, StorageDenied: as the bucket does.
    """

    def read(shard: Shard) -> tuple[Shard, Manifest | None, Plan | None]:
        manifest = read_json(bucket, keys.manifest(shard["execution"]))
        return shard, manifest, None if manifest else read_json(bucket, keys.plan(shard["execution"]))

    def broken_off(shard: Shard, plan: Plan) -> ShardTraces:
        records = read_records(bucket, shard["execution"], outcome_of, warn)
        return ShardTraces(shard, None, {**records, **unrecorded(bucket, plan, records)})

    with ThreadPoolExecutor(READERS, thread_name_prefix="shards") as readers:
        found = list(readers.map(read, shards))
    return [broken_off(shard, plan) if plan else ShardTraces(shard, manifest) for shard, manifest, plan in found]


def key_refusal(traces: Iterable[ShardTraces]) -> Failure | None:
    """The refusal of the API key that ended a shard, if one did: no other shard could do better.

    It is the vendor's own one where that is known; the shards behind it were refused by their planner, without asking.
    """
    found = [error for trace in traces if (error := trace.error) and error.type == _KEY_REFUSED]
    return next((error for error in found if error.state != "Plan"), found[0] if found else None)


def warnings_of(traces: Iterable[ShardTraces]) -> list[str]:
    """What the shards warn of as a whole, each sentence once."""
    return list(dict.fromkeys(text for trace in traces if trace.manifest for text in trace.manifest["warnings"]))


def outcomes_of(
    traces: Iterable[ShardTraces], ended: Iterable[EndedShard] = (), failure: Failure | None = None
) -> list[SymbolOutcome]:
    """How each symbol of the shards ended.

    One that no state of its shard has told of failed with what ended its shard.

    Args:
        traces: of all shards.
        ended: what the workflow gives on of each shard.
        failure: what ended the run as a whole.
    """
    errors = {shard["shard"]: shard["error"]["type"] for shard in ended if "shard" in shard and "error" in shard}
    outcomes: list[SymbolOutcome] = []
    for trace in traces:
        known = _known(trace)
        missing = [symbol for symbol in trace.shard["symbols"] if symbol not in known]
        why = _why(trace, errors.get(trace.shard["number"]), failure) if missing else None
        unknown = {symbol: SymbolOutcome(symbol, FAILED, error=why) for symbol in missing}
        outcomes += [known.get(symbol) or unknown[symbol] for symbol in trace.shard["symbols"]]
    return outcomes


def _known(trace: ShardTraces) -> Mapping[str, SymbolOutcome]:
    if trace.manifest is None:
        return trace.records
    return {symbol["symbol"]: SymbolOutcome.from_dict(symbol) for symbol in trace.manifest["symbols"]}


def _why(trace: ShardTraces, error: str | None, failure: Failure | None) -> Failure:
    """What ended the shard: as its manifest has it, as the workflow does, or with the run as a whole."""
    own = trace.error
    if own:
        return failure if failure and failure.type == own.type else own
    if error is None and failure:
        return failure
    return Failure(error or NOT_RUN, _sentence(error), STATE)


def _sentence(error: str | None) -> str:
    return standard_sentence(error) if error else "The shard was not run, and it is not known why."
