"""Who waits, in the order of coming."""

from contextlib import ExitStack

import pytest

from stockflow.embedded.tickets import Tickets


@pytest.fixture
def tickets(tmp_path):
    return Tickets(tmp_path / "line")


def test_nobody_waits_where_no_ticket_was_ever_taken(tickets):
    """There is not even a folder."""
    assert tickets.before() == 0


def test_each_waits_for_those_that_came_before(tickets):
    """The first for none, the third for two; a newcomer, who has no ticket yet, for all."""
    with tickets.ticket() as first, tickets.ticket() as second, tickets.ticket() as third:
        assert [tickets.before(ticket) for ticket in (first, second, third, None)] == [0, 1, 2, 3]


def test_who_leaves_the_line_is_not_waited_for(tickets):
    """Whether it is the turn that came, or Ctrl-C."""
    with ExitStack() as gone:
        gone.enter_context(tickets.ticket())
        with tickets.ticket() as second:
            gone.close()

            assert tickets.before(second) == 0


def test_a_killed_process_is_not_waited_for(tickets, tmp_path):
    """Its ticket lies there, but nobody has it any more; it is tidied away."""
    (tmp_path / "line").mkdir()
    left = tmp_path / "line" / "00000000000000000001-4711-1"
    left.write_text("")

    with tickets.ticket() as mine:
        assert tickets.before(mine) == 0
        assert not left.exists()
