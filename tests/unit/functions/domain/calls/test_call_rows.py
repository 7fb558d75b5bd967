"""Which rows are one call, and what a call is compared with."""

from dataclasses import replace
from datetime import date

import pytest

from stockflow_functions.domain.calls.call_rows import with_row
from tests.helpers.call_rows import call_row, quarter_row


def dates(merged):
    return [str(row.call_date) for row in merged.rows]


def changes(merged):
    return [(row.tone_change, str(row.previous_call_date)) for row in merged.rows]


def test_the_first_call_is_compared_with_none():
    """There is no change from nothing."""
    merged = with_row([], call_row())

    assert merged.rows == (call_row(),)
    assert (merged.changed, merged.row) == (True, call_row())


def test_a_call_is_compared_with_the_last_one_before_it():
    """The difference of their tones, and the day of the other."""
    merged = with_row([call_row("2026-04-30", tone=0.5), call_row("2026-07-30", tone=0.5)], call_row(tone=0.25))

    assert (merged.row.tone_change, merged.row.previous_call_date) == (-0.25, date(2026, 7, 30))


def test_a_call_that_lies_between_two_is_what_the_later_is_compared_with():
    """In whatever order calls come."""
    after = with_row([call_row("2026-04-30", tone=0.5)], call_row("2026-10-29", tone=0.25)).rows
    merged = with_row(after, call_row("2026-07-30", tone=0.75))

    assert changes(merged) == [(None, "None"), (0.25, "2026-04-30"), (-0.5, "2026-07-30")]


@pytest.mark.parametrize(
    "other",
    [
        {"engine_tone": "VADER 3.3.2 (local lexicon)"},
        {"engine_speech": "faster-whisper tiny.en (local)"},
        {"language": "ja-JP"},
        {"source": "given"},
        {"tone": None},
    ],
)
def test_calls_of_other_instruments_are_not_compared(other):
    """Nor is one that has no tone."""
    merged = with_row([call_row("2026-07-30", **other)], call_row())

    assert (merged.row.tone_change, merged.row.previous_call_date) == (None, None)


def test_a_call_without_a_tone_is_compared_with_none():
    """And the next one with the last that has a tone."""
    rows = with_row([call_row("2026-04-30", tone=0.5)], call_row("2026-07-30", tone=None)).rows
    merged = with_row(rows, call_row(tone=0.25))

    assert changes(merged) == [(None, "None"), (None, "None"), (-0.25, "2026-04-30")]


def test_calls_of_one_day_are_not_compared_with_each_other():
    """Neither is earlier."""
    merged = with_row([call_row(label="")], call_row(label="investor-day"))

    assert changes(merged) == [(None, "None")] * 2


def test_the_same_row_again_changes_nothing():
    """Another run at another time found the same."""
    rows = with_row([call_row("2026-07-30")], call_row()).rows
    merged = with_row(rows, call_row(saved_at="2026-11-01T00:00:00.000Z", execution="run-2"))

    assert (merged.changed, merged.rows, merged.row) == (False, rows, rows[1])


@pytest.mark.parametrize(
    "new", [{"source_etag": "e2"}, {"engine_tone": "another"}, {"tone": 0.26}, {"unscored": 1}, {"qa_found": False}]
)
def test_another_object_engine_or_number_replaces_the_row(new):
    """The call has one row."""
    merged = with_row([call_row()], call_row(execution="run-2", **new))

    assert (merged.changed, merged.rows) == (True, (call_row(execution="run-2", **new),))


def test_two_sources_of_one_day_are_two_rows():
    """What Transcribe heard does not replace what the vendor wrote."""
    merged = with_row([call_row()], call_row(source="alpha-vantage"))

    assert [row.source for row in merged.rows] == ["alpha-vantage", "transcribe"]


def test_a_known_date_replaces_the_same_quarters_unknown_one():
    """The quarter has one row of the vendor."""
    merged = with_row([quarter_row("2024-03-31", known=False)], quarter_row("2024-04-24"))

    assert (merged.changed, dates(merged)) == (True, ["2024-04-24"])


def test_an_unknown_date_takes_over_the_known_one():
    """Who asks by the quarter alone makes no second row, and no change."""
    merged = with_row([quarter_row("2024-04-24")], quarter_row("2024-03-31", known=False))

    assert (merged.changed, dates(merged), merged.row.date_known) == (False, ["2024-04-24"], True)


def test_news_of_a_call_without_its_date_keep_the_date():
    """The numbers are new, the day is not lost."""
    merged = with_row([quarter_row("2024-04-24")], quarter_row("2024-03-31", known=False, source_etag="e2"))

    assert (merged.changed, dates(merged), merged.row.source_etag) == (True, ["2024-04-24"], "e2")


@pytest.mark.parametrize("other", [{"quarter": "2023Q4"}, {"quarter": None}, {"source": "given"}, {"label": "again"}])
def test_an_unknown_date_of_another_call_stays(other):
    """Only the same quarter, label and source is the same call."""
    undated = replace(quarter_row("2024-03-31", known=False), **other)

    assert dates(with_row([undated], quarter_row("2024-04-24"))) == ["2024-03-31", "2024-04-24"]


def test_rows_are_sorted_by_their_keys():
    """Whatever order they had."""
    merged = with_row([call_row("2026-10-29"), call_row("2026-04-30")], call_row("2026-07-30"))

    assert dates(merged) == ["2026-04-30", "2026-07-30", "2026-10-29"]
