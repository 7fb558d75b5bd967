"""The thread that runs transcription jobs."""

from threading import Event

import pytest

from stockflow.stand_ins.jobs import JobQueue, is_any_left

LONGEST_SECONDS = 30


@pytest.fixture
def released():
    """Ends the job at the latest with the test."""
    event = Event()
    yield event
    event.set()


def test_a_job_that_works_on_after_the_close_is_told(released):
    """Its engine can't be stopped; when it has ended, it is none any more."""
    queue, begun = JobQueue(), Event()
    queue.add(lambda: (begun.set(), released.wait(LONGEST_SECONDS)))
    assert begun.wait(LONGEST_SECONDS)

    assert not is_any_left()
    queue.close(0)
    assert is_any_left()
    released.set()
    queue.close(LONGEST_SECONDS)
    assert not is_any_left()
