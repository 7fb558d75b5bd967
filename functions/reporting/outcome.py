"""How a run ended, from how its items ended. Pure."""

from collections.abc import Sequence

from stockflow_functions.domain.outcome import DEFERRED, FAILED


def outcome_of_run(statuses: Sequence[str], *, run_failed: bool = False) -> str:
    """``failed`` if the run failed or every attempted item did, ``skipped`` if there was nothing to do."""
    if run_failed:
        return "failed"
    if not statuses:
        return "skipped"
    attempted = [status for status in statuses if status != DEFERRED]
    if attempted and all(status == FAILED for status in attempted):
        return "failed"
    return "partial" if {FAILED, DEFERRED}.intersection(statuses) else "succeeded"
