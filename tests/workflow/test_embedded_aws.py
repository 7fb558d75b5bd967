"""The embedded AWS beside its workflow."""

import gc


def test_the_garbage_collector_leaves_alone_what_is_loaded(start_aws):
    """What is there at the start is not looked through again (all lanes would stop for 0.2 s) until the AWS is left."""
    before = gc.get_freeze_count()

    aws = start_aws()
    inside = gc.get_freeze_count()
    aws.close()

    assert inside > before + 100_000
    assert gc.get_freeze_count() == 0
