"""The embedded AWS beside its workflow."""

import gc
import time


def test_the_garbage_collector_leaves_alone_what_is_loaded(start_aws):
    """What is there at the start is not looked through again (all lanes would stop for 0.2 s) until the AWS is left."""
    before = gc.get_freeze_count()

    aws = start_aws()
    inside = gc.get_freeze_count()
    aws.close()

    assert inside > before + 100_000
    assert gc.get_freeze_count() == 0


def test_what_was_left_running_does_not_go_on_in_the_next_one(start_aws):
    """The lanes of a run are threads; closed in the middle of it, they end with their embedded AWS."""
    left = start_aws({"REQUESTS_PER_MINUTE": "20"}, folder="left")
    left.start({"symbols": [f"S{number}" for number in range(6)]})
    while not left.vendor.requests:
        time.sleep(0.01)
    left.close()

    following = start_aws({"REQUESTS_PER_MINUTE": "60"}, folder="next")
    following.wait(following.start({"symbols": ["A", "B", "C", "D"]}), timeout_seconds=30)

    assert {path.stem for path in (following.output_dir / "prices").rglob("*.parquet")} == {"A", "B", "C", "D"}
    assert len(left.vendor.requests) == 1
