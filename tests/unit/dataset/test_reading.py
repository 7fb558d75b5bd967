"""Many objects read at a time."""

from threading import Event

import pytest

from stockflow.dataset import reading
from stockflow.dataset.reading import each


@pytest.mark.parametrize("readers", [1, 2, 3, 9])
def test_what_is_read_comes_in_the_order_of_the_items(readers):
    """However many readers share them."""
    assert each(range(7), lambda item: item * item, readers) == [0, 1, 4, 9, 16, 25, 36]


def test_nothing_more_is_begun_once_one_has_failed(monkeypatch):
    """Nobody waits for thousands of objects to hear that the first can't be read, nor after Ctrl-C."""
    stopped, asked = Event(), []
    monkeypatch.setattr(reading, "Event", lambda: stopped)

    def read(item):
        asked.append(item)
        if item == 0:
            raise OSError("no")
        assert stopped.wait(60)

    with pytest.raises(OSError, match="no"):
        each(range(1000), read, 2)
    assert set(asked) <= {0, 1}
