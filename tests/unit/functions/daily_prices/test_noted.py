"""An outcome on its object of the dataset."""

import pytest

from stockflow_functions.daily_prices.noted import MOST_BYTES, OUTCOME, metadata_of, outcome_in
from stockflow_functions.daily_prices.outcome import SymbolOutcome
from stockflow_functions.domain.prices.checks import CHECKS
from stockflow_functions.domain.prices.rules import TABLE_RULES
from stockflow_functions.domain.prices.sentences import LONGEST, MOST

FOUND = {"stale": {"bars": 3, "newest": "2024-09-05", "warning": 0}}
ALL = {rule.name: {"bars": 99_999, "newest": "2024-09-05", "warning": 0} for rule in (*CHECKS, *TABLE_RULES)}


def read_back(outcome):
    return outcome_in(metadata_of("one", "2024-09-05T22:00:00.000Z", outcome), "one", ("too long to be noted",))


def test_a_short_outcome_is_noted_as_it_is():
    """With its warnings, and what was found."""
    outcome = SymbolOutcome("IBM", "saved", warnings=("Stale.",), found=FOUND)

    assert read_back(outcome) == outcome


def test_long_warnings_leave_what_was_found_without_their_places():
    """Whoever reads it has other warnings, among which the places would mislead."""
    noted = read_back(SymbolOutcome("IBM", "saved", warnings=("x" * LONGEST,) * MOST, found=FOUND))

    assert noted.warnings == ("too long to be noted",)
    assert noted.found == {"stale": {"bars": 3, "newest": "2024-09-05"}}


@pytest.mark.parametrize("warnings", [(), ("x" * LONGEST,) * MOST])
def test_whatever_was_found_there_is_room_on_the_object(warnings):
    """S3 takes 2 KB of metadata, and refuses the object where there is more."""
    outcome = SymbolOutcome("X" * 30, "saved", restated="many", warnings=warnings, found=ALL)
    text = metadata_of("one", "2024-09-05T22:00:00.000Z", outcome)[OUTCOME]

    assert len(text) <= MOST_BYTES
    assert read_back(outcome).status == "saved"
