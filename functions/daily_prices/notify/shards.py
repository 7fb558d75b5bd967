"""How the symbols of a run in shards ended: summed up from the shards' own manifests, one read a shard."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.daily_prices.contracts import EndedShard, Manifest, Shard
from stockflow_functions.daily_prices.outcome import FAILED, Failure, SymbolOutcome
from stockflow_functions.reporting.failure import standard_sentence
from stockflow_functions.reporting.records import READERS, read_json

NOT_RUN = "ShardNotRun"
STATE = "RunShard"


def shards_of(bucket: Bucket, execution: str) -> list[Shard]:
    """The run's shards, as Plan wrote them; none if the list is gone."""
    found = read_json(bucket, keys.shards(execution))
    return found if isinstance(found, list) else []


def manifests_of(bucket: Bucket, shards: Sequence[Shard]) -> dict[int, Manifest]:
    """The manifests of the shards that have one, by their numbers.

    Raises:
        StorageUnavailable, StorageDenied: as the bucket does.
    """
    with ThreadPoolExecutor(READERS, thread_name_prefix="shards") as readers:
        found = list(readers.map(lambda shard: read_json(bucket, keys.manifest(shard["execution"])), shards))
    return {shard["number"]: manifest for shard, manifest in zip(shards, found, strict=True) if manifest}


def outcomes_of(
    shards: Iterable[Shard], manifests: Mapping[int, Manifest], ended: Iterable[EndedShard] = ()
) -> list[SymbolOutcome]:
    """How each symbol of the shards ended: those of a shard without a manifest failed with the shard's error."""
    errors = {shard["shard"]: shard["error"]["type"] for shard in ended if "shard" in shard and "error" in shard}
    outcomes: list[SymbolOutcome] = []
    for shard in shards:
        number = shard["number"]
        manifest = manifests.get(number)
        if manifest:
            outcomes += [SymbolOutcome.from_dict(symbol) for symbol in manifest["symbols"]]
        else:
            error = errors.get(number, NOT_RUN)
            failure = Failure(error, standard_sentence(error), STATE)
            outcomes += [SymbolOutcome(symbol, FAILED, error=failure) for symbol in shard["symbols"]]
    return outcomes
