"""Symbols that wait for the next scheduled run."""

import pytest

from stockflow_functions.aws.state_table.deferred import DeferredStore
from stockflow_functions.domain.errors import StorageDenied, StorageUnavailable


@pytest.fixture
def deferred(dynamodb):
    return DeferredStore(dynamodb, "stockflow", "prices")


def test_nothing_is_remembered_at_first(deferred):
    """An empty table has no symbol."""
    assert deferred.remembered("daily") == []


def test_symbols_keep_the_order_in_which_they_were_deferred(deferred):
    """Who waits longest goes first, whatever the alphabet says; a symbol that waits already keeps its place."""
    deferred.add("daily", ["MSFT", "AAPL"])
    deferred.add("daily", ["IBM", "MSFT"])

    assert deferred.remembered("daily") == ["MSFT", "AAPL", "IBM"]


def test_each_series_has_symbols_of_its_own(deferred):
    """A symbol that waits for its daily prices does not wait for adjusted ones."""
    deferred.add("daily", ["MSFT"])

    assert deferred.remembered("daily_adjusted") == []


def test_stacks_that_share_a_table_keep_symbols_of_their_own(dynamodb, deferred):
    """What a test stack could not pay for does not go first in the production stack, though they share the key."""
    deferred.add("daily", ["MSFT"])

    assert DeferredStore(dynamodb, "stockflow", "prices-prd").remembered("daily") == []


def test_symbols_that_are_fetched_are_forgotten(deferred):
    """One change takes out what goes now and puts in what has to wait."""
    deferred.add("daily", ["MSFT", "AAPL"])

    deferred.change("daily", removed=["MSFT", "IBM"], added=["NVDA"])

    assert deferred.remembered("daily") == ["AAPL", "NVDA"]


def test_change_that_changes_nothing_is_not_written(memory):
    """A run that defers nothing costs one read."""
    deferred = DeferredStore(memory, "stockflow", "prices")

    deferred.change("daily", removed=["MSFT"])

    assert (memory.reads, memory.writes) == (1, 0)


def test_memory_is_bounded(memory):
    """An item of DynamoDB ends at 400 KB; beyond 10,000 symbols the newest are dropped."""
    deferred = DeferredStore(memory, "stockflow", "prices")

    deferred.add("daily", [f"S{number}" for number in range(10_001)])

    remembered = deferred.remembered("daily")
    assert (len(remembered), remembered[0]) == (10_000, "S0")


@pytest.mark.parametrize(
    ("code", "error"), [("AccessDeniedException", StorageDenied), ("ThrottlingException", StorageUnavailable)]
)
def test_table_that_does_not_take_requests_ends_in_a_sentence(memory, code, error):
    """As the budget's own table does."""
    memory.fail(code)

    for call in (lambda d: d.remembered("daily"), lambda d: d.add("daily", ["A"])):
        with pytest.raises(error, match="STATE_TABLE"):
            call(DeferredStore(memory, "stockflow", "prices"))


def test_item_that_others_keep_writing_may_heal(memory):
    """A change gives up after some tries rather than never."""

    class Racing:
        get_item = memory.get_item

        def put_item(self, **arguments):
            DeferredStore(memory, "stockflow", "prices").add("daily", [f"S{memory.writes}"])
            return memory.put_item(**arguments)

    with pytest.raises(StorageUnavailable, match="at once"):
        DeferredStore(Racing(), "stockflow", "prices").add("daily", ["MSFT"])
