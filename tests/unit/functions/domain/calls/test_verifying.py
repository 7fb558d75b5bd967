"""The two tables of calls, held against each other."""

from dataclasses import replace
from datetime import date

import pytest

from stockflow_functions.domain.calls.passages import Passage
from stockflow_functions.domain.calls.tables import encode_passages, encode_rows
from stockflow_functions.domain.calls.tone import tone_of
from stockflow_functions.domain.calls.verifying import verify_rows, verify_transcript
from tests.helpers.call_rows import call_row

PASSAGES = [
    Passage(1, "prepared", "spk_0", 0.0, 4.0, "A good quarter.", 0.9, 0.0, 0.1, 0.0),
    Passage(2, "qa", "spk_1", 4.0, 8.0, "A bad year behind it.", 0.1, 0.7, 0.2, 0.0),
    Passage(3, "qa", "spk_1", 8.0, 9.0, "Well.", None, None, None, None),
]
OF_PASSAGES = ("tone", "tone_prepared", "tone_qa", "positive", "negative", "neutral", "mixed", "passages", "unscored")


def sound(day="2026-10-29", **changed):
    """A row that agrees with the passages."""
    tone = tone_of(PASSAGES)
    return call_row(day, **{**{name: getattr(tone, name) for name in OF_PASSAGES}, **changed})


def verdict(*rows, transcripts=None):
    if transcripts is None:
        transcripts = {f"{row.call_date}{'-' if row.label else ''}{row.label}": PASSAGES for row in rows}
    return verify_rows(encode_rows(rows), "ACME", transcripts)


def two_calls(**changed):
    """Two calls alike, the second of which is compared with the first."""
    later = sound(tone_change=0.0, previous_call_date=date(2026, 7, 30))
    return sound("2026-07-30"), replace(later, **changed)


def test_sound_tables_have_no_breach():
    """Two calls, the later compared with the earlier."""
    found = verdict(*two_calls())

    assert (found.rows, found.first_date, found.last_date) == (2, "2026-07-30", "2026-10-29")
    assert (found.breaches, found.remarks) == ([], [])


@pytest.mark.parametrize(
    ("changed", "breach"),
    [
        ({"passages": 4}, "other-passages, 1 call: 2026-10-29."),
        ({"unscored": 0}, "other-passages, 1 call: 2026-10-29."),
        ({"tone": 0.5}, "other-tone, 1 call: 2026-10-29."),
        ({"tone_qa": None}, "other-tone, 1 call: 2026-10-29."),
        ({"negative": 0.0}, "other-tone, 1 call: 2026-10-29."),
        ({"qa_found": False}, "other-sections, 1 call: 2026-10-29."),
        ({"tone_change": 0.1}, "other-change, 1 call: 2026-10-29."),
        ({"tone_change": None, "previous_call_date": None}, "other-change, 1 call: 2026-10-29."),
        ({"previous_call_date": date(2026, 7, 29)}, "other-change, 1 call: 2026-10-29."),
        ({"engine_tone": None}, "no-judge, 1 call: 2026-10-29."),
        ({"engine_tone": "VADER 3.3.2 (local lexicon)"}, "mixed-engines: it holds tone by Amazon Comprehend and by "),
    ],
)
def test_a_row_that_its_transcript_does_not_bear_out_is_a_breach(changed, breach):
    """By the name of the rule, with its date."""
    assert any(each.startswith(breach) for each in verdict(*two_calls(**changed)).breaches)


def test_a_row_without_a_transcript_is_a_breach():
    """The newest first."""
    rows = two_calls()

    assert verdict(*rows, transcripts={}).breaches == ["no-transcript, 2 calls: 2026-10-29, 2026-07-30."]


def test_a_transcript_that_can_not_be_read_is_as_good_as_none():
    """It has its own breach; the row says that it has nothing to be held against."""
    assert verdict(sound(), transcripts={"2026-10-29": None}).breaches == ["no-transcript, 1 call: 2026-10-29."]


def test_labels_tell_calls_of_a_day_apart():
    """Each has a transcript of its own."""
    found = verdict(sound(), sound(label="investor-day"), transcripts={"2026-10-29": PASSAGES})

    assert found.breaches == ["no-transcript, 1 call: 2026-10-29-investor-day."]


def test_of_two_sources_of_a_call_the_later_has_the_transcript():
    """The earlier one's passages are gone, which is a remark."""
    before = sound(source="given", passages=77, saved_at="2026-10-29T01:00:00.000Z")
    found = verdict(before, sound())

    assert found.breaches == []
    assert found.remarks == ["Not compared, for another source's transcript took the place: 2026-10-29 (given)."]


def test_a_transcript_without_a_row_is_a_remark():
    """A quarter's that stood under another date before its own was known."""
    found = verdict(sound(), transcripts={"2026-10-29": PASSAGES, "2026-09-30": PASSAGES})

    assert (found.breaches, found.remarks) == ([], ["No row is about 1 transcript: 2026-09-30."])


@pytest.mark.parametrize("body", [b"", b"x", encode_rows([sound(symbol="OTHER")]), encode_rows([sound(), sound()])])
def test_a_table_that_is_none_is_a_breach(body):
    """Bytes, another symbol's rows, a call twice: with what makes it good."""
    (breach,) = verify_rows(body, "ACME", {}).breaches

    assert breach.endswith("Run its calls again with force.")


def test_an_empty_table_is_a_breach():
    """No run stores one."""
    assert verdict().breaches == ["It has no rows."]


def test_a_sound_transcript_has_its_passages():
    """With its date as the first and the last."""
    found = verify_transcript(encode_passages(PASSAGES), "2026-10-29-investor-day")

    assert found.passages == PASSAGES
    assert (found.verdict.rows, found.verdict.last_date, found.verdict.breaches) == (3, "2026-10-29", [])


@pytest.mark.parametrize(
    ("changed", "breach"),
    [
        ({"n": 7}, "not-in-order: "),
        ({"text": "x" * 501}, "too-long, 1 passage: 1."),
        ({"text": " "}, "no-text, 1 passage: 1."),
        ({"positive": 1.5}, "odd-score, 1 passage: 1."),
        ({"positive": None}, "odd-score, 1 passage: 1."),
        ({"section": "answers"}, "unknown-section, 1 passage: 1."),
    ],
)
def test_a_passage_that_no_run_stores_is_a_breach(changed, breach):
    """By the name of the rule, with its number."""
    found = verify_transcript(encode_passages([replace(PASSAGES[0], **changed), *PASSAGES[1:]]), "2026-10-29")

    assert any(each.startswith(breach) for each in found.verdict.breaches)


@pytest.mark.parametrize("body", [b"", b"x", encode_passages([])])
def test_a_transcript_that_is_none_has_no_passages(body):
    """And a breach says so."""
    found = verify_transcript(body, "2026-10-29")

    assert (found.passages, len(found.verdict.breaches)) == (None, 1)
