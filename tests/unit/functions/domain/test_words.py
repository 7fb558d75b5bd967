"""Words that sentences share."""

import pytest

from stockflow_functions.domain.words import on_the_clock


@pytest.mark.parametrize(("seconds", "said"), [(0, "0:00"), (41.9, "0:41"), (725, "12:05"), (3_723, "1:02:03")])
def test_a_moment_of_a_recording_is_told_as_a_player_shows_it(seconds, said):
    """Hours only where there are any; a begun second does not count."""
    assert on_the_clock(seconds) == said
