"""What a run costs more on AWS for running in shards: counts beside those of one run of as many symbols. Pure.

A shard is a run of its own, so each has a Plan and a Notify, which tells nobody; all else is the same work.
"""

from collections.abc import Mapping

STATES_OF_A_SHARD = 7
"""Plan, AnythingToFetch?, EachSymbol, Notify, Outcome?, the end; and RunShard in the run that it is a part of."""
PLAN_SECONDS = 0.4
NOTIFY_SECONDS = 0.5
"""Typical, of a shard: warm, and without a message."""
READING_SECONDS = 0.02
"""Typical, of the whole run's Notify for each shard's manifest."""
_RECORDS = 2
"""Plan, manifest."""


def more_for(shards: int, memory_mb: Mapping[str, int]) -> dict[str, float]:
    """Counts that come to those of one run; {} for one that has no shards.

    - ``state_transitions``, ``lambda_invocations`` = 7 and 2 a shard
    - ``s3_puts`` = plan and manifest a shard, and the list of shards
    - ``s3_gets`` = a manifest a shard, and three times the list of shards: Plan, the Map, Notify
    - ``dynamodb_writes`` = 1 a shard, for its slots, and none for the run; ``dynamodb_reads`` = 2 a shard (is the key
      good? and the day's quota at its end), and 1 for the pace
    - ``s3_events`` = 3 a plan, a manifest or the list of shards, as of any record

    Args:
        shards: how many there are.
        memory_mb: of each function.
    """
    if not shards:
        return {}
    plan, notify = memory_mb["Plan"] / 1024, memory_mb["Notify"] / 1024
    return {
        "state_transitions": STATES_OF_A_SHARD * shards,
        "lambda_invocations": 2 * shards,
        "lambda_gb_seconds": shards * (plan * PLAN_SECONDS + notify * (NOTIFY_SECONDS + READING_SECONDS)),
        "s3_puts": _RECORDS * shards + 1,
        "s3_gets": shards + 3,
        "dynamodb_writes": shards - 1,
        "dynamodb_reads": 2 * shards + 1,
        "s3_events": 3 * (_RECORDS * shards + 1),
    }
