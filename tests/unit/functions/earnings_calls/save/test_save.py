"""The handler of SaveTone."""

import gzip
from dataclasses import asdict, replace
from datetime import date

import pytest

from stockflow_functions.aws import keys
from stockflow_functions.domain.calls.call_rows import CallRow
from stockflow_functions.domain.calls.tables import encode_rows
from stockflow_functions.domain.errors import (
    BadTranscript,
    CallReplaced,
    EnginesMixed,
    StorageDenied,
    StorageUnavailable,
    WriteConflict,
)
from stockflow_functions.earnings_calls.save.app import save
from stockflow_functions.earnings_calls.save.quotes import LONGEST_QUOTE
from stockflow_functions.earnings_calls.save.store import PAUSE_SECONDS, TRIES
from tests.helpers.call_line import NOW, CallLine
from tests.helpers.transcripts import CALL, REMARKS, published, written_down

NAME = "IBM/2024-04-24.json"
TONE = keys.tone("IBM")
PASSAGES = keys.transcript("IBM", "2024-04-24")


@pytest.fixture
def line():
    made = CallLine()
    made.drop(NAME, written_down(language_code="en-US"))
    return made


def vendors(line, name, turns=CALL, execution="one"):
    key = f"raw/{name}.json.gz"
    line.s3.place(key, gzip.compress(published(turns)))
    return line.run(name, execution, key=key)


def test_call_has_a_row_and_its_passages(line):
    """The row has the numbers, the passages have the words."""
    line.run(NAME)

    (row,) = line.rows("IBM")
    assert (row.call_date, row.source, row.language, row.passages) == (date(2024, 4, 24), "given", "en-US", 6)
    assert (row.engine_speech, row.engine_tone) == (None, "Amazon Comprehend")
    assert row.tone_prepared > row.tone > row.tone_qa
    assert (row.tone_change, row.previous_call_date, row.saved_at, row.execution) == (None, None, NOW, "one")
    passages = line.passages("IBM", "2024-04-24")
    assert [passage.n for passage in passages] == [1, 2, 3, 4, 5, 6]
    assert passages[1].positive == 0.8


def test_call_that_was_replaced_while_it_was_judged_is_not_saved(line):
    """The run of the newer one may have saved its tone by then."""
    judged = line.judged(NAME)
    event = line.event(NAME, judged=judged)
    line.drop(NAME, written_down(language_code="en-GB"))

    with pytest.raises(CallReplaced, match="was replaced"):
        save(event, line.services)
    assert TONE not in line.s3.objects


def test_state_gives_what_the_console_shows(line):
    """A few numbers."""
    told = line.save(NAME, line.judged(NAME))

    (row,) = line.rows("IBM")
    assert told == {
        "symbol": NAME,
        "status": "saved",
        "call_date": "2024-04-24",
        "tone": row.tone,
        "tone_change": None,
        "passages": 6,
        "unscored": 0,
    }


def test_record_quotes_the_calls_extremes(line):
    """With their place in the call, and no longer than a message has room for."""
    record = line.run(NAME)

    assert [quote["n"] for quote in record["most_positive"]] == [2]
    assert [quote["n"] for quote in record["most_negative"]] == [6]
    (worst,) = record["most_negative"]
    assert (worst["section"], worst["speaker"], worst["tone"]) == ("qa", "Ann Example", -0.7)
    assert worst["start_seconds"] < worst["end_seconds"]
    assert record["transcript"] == "transcripts/IBM/2024-04-24.parquet"


def test_long_quote_is_cut(line):
    """300 characters are what it may have."""
    line.drop(NAME, published([("Ann Example", "A terrible quarter it was indeed. " * 14)]))
    (quote,) = line.run(NAME)["most_negative"]

    assert len(quote["text"]) == LONGEST_QUOTE
    assert quote["text"].endswith("…")


def test_same_call_again_does_not_write(line):
    """Unchanged; its numbers are told all the same."""
    line.run(NAME, "one")
    before, puts = dict(line.s3.objects), line.s3.puts.count(TONE)
    record = line.run(NAME, "two")

    assert (record["status"], record["tone"]) == ("unchanged", line.rows("IBM")[0].tone)
    assert line.s3.puts.count(TONE) == puts
    assert all(line.s3.objects[key] == before[key] for key in (TONE, "transcripts/IBM/2024-04-24.parquet"))


def test_force_writes_the_same_again(line):
    """Saved."""
    line.run(NAME, "one")

    assert line.run(NAME, "two", force=True)["status"] == "saved"
    assert line.s3.puts.count(TONE) == 2


def test_next_call_is_compared_with_the_one_before(line):
    """Of the same source, language and engines."""
    vendors(line, "IBM/2024Q1@2024-04-24", CALL)
    record = vendors(line, "IBM/2024Q2@2024-07-24", REMARKS)

    first, second = line.rows("IBM")
    assert record["tone_change"] == pytest.approx(second.tone - first.tone)
    assert record["previous_call_date"] == "2024-04-24"


def test_call_of_another_source_is_not_compared(line):
    """Null, not a number that means nothing."""
    line.run(NAME)

    assert vendors(line, "IBM/2024Q2@2024-07-24")["tone_change"] is None


def test_call_between_two_others_sets_both_changes_anew(line):
    """In whichever order they come."""
    for name in ("IBM/2024Q1@2024-04-24", "IBM/2024Q3@2024-10-23", "IBM/2024Q2@2024-07-24"):
        vendors(line, name, REMARKS if "Q2" in name else CALL)

    assert [row.previous_call_date for row in line.rows("IBM")] == [None, date(2024, 4, 24), date(2024, 7, 24)]


def test_call_of_a_quarter_moves_to_its_date_when_that_is_known(line):
    """It is one call, and has one row."""
    vendors(line, "IBM/2024Q1", execution="one")
    vendors(line, "IBM/2024Q1@2024-04-24", execution="two")

    assert [(row.call_date, row.date_known) for row in line.rows("IBM")] == [(date(2024, 4, 24), True)]


def test_two_calls_of_one_day_are_two_rows(line):
    """By their labels; each has its passages."""
    line.drop("IBM/2024-04-24-investor-day.json", published(REMARKS))
    line.run(NAME)
    line.run("IBM/2024-04-24-investor-day.json")

    assert [row.label for row in line.rows("IBM")] == ["", "investor-day"]
    assert len(line.passages("IBM", "2024-04-24")) != len(line.passages("IBM", "2024-04-24-investor-day"))


def test_of_two_sources_of_one_call_the_later_ones_passages_stay(line):
    """Each has its row; the older one's save, repeated, leaves the words alone, which verify holds to the later row."""
    vendors(line, "IBM/2024Q1@2024-04-24", REMARKS, "one")
    line.aws.clock.sleep(1)
    line.run(NAME, "two")
    before = dict(line.s3.objects)
    record = vendors(line, "IBM/2024Q1@2024-04-24", REMARKS, "three")

    assert record["status"] == "unchanged"
    assert [row.source for row in line.rows("IBM")] == ["alpha-vantage", "given"]
    assert line.s3.objects["transcripts/IBM/2024-04-24.parquet"] == before["transcripts/IBM/2024-04-24.parquet"]
    assert len(line.passages("IBM", "2024-04-24")) == 6


def test_transcript_that_was_corrected_replaces_its_call(line):
    """The row and the passages."""
    line.run(NAME, "one")
    line.drop(NAME, written_down(REMARKS, language_code="en-US"))
    record = line.run(NAME, "two")

    assert (record["status"], len(line.rows("IBM")), line.rows("IBM")[0].execution) == ("saved", 1, "two")
    assert len(line.passages("IBM", "2024-04-24")) == len(line.passages("IBM", "2024-04-24")) == record["passages"]


def test_call_without_tone_is_kept(line):
    """Its numbers are null, and nothing claims to have judged it."""
    line.drop(NAME, written_down([("spk_0", "Tack så mycket.")], language_code="sv-SE"))
    record = line.run(NAME)

    (row,) = line.rows("IBM")
    assert (record["status"], record["tone"], row.tone, row.positive, row.engine_tone) == (
        "saved",
        None,
        None,
        None,
        None,
    )
    assert "The call is in sv-SE" in record["warnings"][0]


def test_tone_of_another_kind_of_engine_is_refused(line):
    """What the two say can't be compared; the sentence names both."""
    line.run(NAME, "one")
    line.services = line.aws.services_with(TONE_ENGINE="VADER 3.3.2 (local lexicon)")
    before = dict(line.s3.objects)

    with pytest.raises(EnginesMixed, match=r"by Amazon Comprehend, and this run's is by VADER 3\.3\.2"):
        line.run(NAME, "two")
    assert line.s3.objects[TONE] == before[TONE]


def test_call_without_tone_may_stand_beside_any(line):
    """Nothing in it could be compared."""
    line.run(NAME, "one")
    line.services = line.aws.services_with(TONE_ENGINE="VADER 3.3.2 (local lexicon)")
    line.drop("IBM/2024-07-24.json", written_down([("spk_0", "Tack så mycket.")], language_code="sv-SE"))

    assert line.run("IBM/2024-07-24.json", "two")["status"] == "saved"


def other_run(line, times=1):
    """Lets another run win the race for the table so many times, each time with another call."""
    line.run(NAME, "zero")
    (row,) = line.rows("IBM")
    left = [times]

    def before_put(key, number):
        if key == TONE and left[0]:
            left[0] -= 1
            other = replace(row, call_date=date(2023, 1, 1 + left[0]), label="other", tone=0.5)
            line.s3.place(TONE, encode_rows([*line.rows("IBM"), other]))

    line.s3.before_put = before_put


@pytest.mark.parametrize("times", [1, TRIES - 1])
def test_lost_race_loses_no_row(line, times):
    """What the other run wrote in between is read, and joined with ours."""
    other_run(line, times)
    record = vendors(line, "IBM/2024Q2@2024-07-24")

    assert record["status"] == "saved"
    assert len(line.rows("IBM")) == 2 + times


def test_passages_that_a_later_source_wrote_in_between_stay(line):
    """The row that verify holds them to is the later one's."""
    line.run(NAME, "zero")
    (row,), passages = line.rows("IBM"), line.s3.objects.pop(PASSAGES)
    del line.s3.objects[TONE]

    def before_put(key, number):
        if key == PASSAGES:
            later = replace(row, saved_at="2026-11-20T17:00:01.000Z")
            line.s3.place(TONE, encode_rows([*line.rows("IBM"), later]))
            line.s3.place(PASSAGES, passages)

    line.s3.before_put = before_put
    record = vendors(line, "IBM/2024Q1@2024-04-24", REMARKS)

    assert (record["status"], len(line.rows("IBM"))) == ("saved", 2)
    assert line.s3.objects[PASSAGES] == passages


def test_after_a_lost_race_save_pauses_longer_each_time(line):
    """How long is drawn, up to a bound that doubles; in the end the workflow's Retry takes over."""
    other_run(line, TRIES)
    with pytest.raises(WriteConflict, match="5 times in a row"):
        vendors(line, "IBM/2024Q2@2024-07-24")

    slept = line.services.clock.slept_seconds
    assert len(slept) == TRIES - 1
    assert all(0 <= seconds <= PAUSE_SECONDS * 2**number for number, seconds in enumerate(slept))


@pytest.mark.parametrize("dies_before", ["the table", "the passages", "the record"])
def test_save_that_died_is_repeated_with_the_same_end(line, dies_before):
    """Its record is the very one of a run that did not die."""
    judged = line.judged(NAME)
    places = {
        "the table": TONE,
        "the passages": "transcripts/IBM/2024-04-24.parquet",
        "the record": keys.symbol_record("one", NAME),
    }

    def die(key, number):
        if key == places[dies_before]:
            raise KeyboardInterrupt

    line.s3.before_put = die
    with pytest.raises(KeyboardInterrupt):
        line.save(NAME, judged)
    line.s3.before_put = lambda key, number: None
    told = line.save(NAME, judged, retry_count=1)

    assert (told["status"], line.record(NAME)["status"], len(line.rows("IBM"))) == ("saved", "saved", 1)
    assert len(line.passages("IBM", "2024-04-24")) == 6


def test_unreadable_table_is_moved_aside_not_overwritten(line):
    """Its bytes are kept, and the record says where, and what to do."""
    line.s3.place(TONE, b"was somebody's work")
    record = line.run(NAME)

    assert line.s3.objects["quarantine/one/tone/IBM.parquet"] == b"was somebody's work"
    assert len(line.rows("IBM")) == 1
    assert record["warnings"][-1].startswith("tone/IBM.parquet can't be read")
    assert (
        "moved aside to quarantine/one/tone/IBM.parquet: run the symbol's other calls again" in record["warnings"][-1]
    )


def test_table_that_was_moved_aside_is_told_of_after_a_lost_race_too(line):
    """The second look finds a good table, which says nothing of the first."""
    line.s3.place(TONE, b"was somebody's work")
    left = [b"another run's"]
    line.s3.before_put = lambda key, number: key == PASSAGES and left and line.s3.place(PASSAGES, left.pop())
    record = line.run(NAME)

    assert not left
    assert "moved aside to quarantine/one/tone/IBM.parquet" in record["warnings"][-1]


def test_table_that_came_cut_is_read_again_not_moved_aside(line):
    """A truncated read is S3's trouble, for the workflow's Retry."""
    line.run(NAME, "one")
    judged, cut = line.judged(NAME, "two"), [True]
    line.s3.on_get = lambda key, whole: whole[:-7] if key == TONE and cut and cut.pop() else whole

    with pytest.raises(StorageUnavailable, match="two different bodies"):
        line.save(NAME, judged, "two")
    assert not [key for key in line.s3.objects if key.startswith("quarantine/")]


def test_table_of_a_newer_release_is_not_touched(line, monkeypatch):
    """The sentence says what to do."""
    monkeypatch.setattr("stockflow_functions.domain.calls.tables.SCHEMA_VERSION", 2)
    line.s3.place(TONE, encode_rows([]))
    monkeypatch.undo()
    before = line.s3.objects[TONE]

    with pytest.raises(BadTranscript, match=r"stays as it is.*Update this release"):
        line.run(NAME)
    assert line.s3.objects[TONE] == before


@pytest.mark.parametrize("body", [None, b"x"])
def test_judged_passages_that_are_gone_or_cut_fail_the_call(line, body):
    """The dataset stays, and the record has what the call has cost."""
    judged = line.judged(NAME)
    del line.s3.objects[judged["key"]]
    if body is not None:
        line.s3.place(judged["key"], body)

    with pytest.raises(BadTranscript, match="run the call again"):
        line.save(NAME, judged)
    assert TONE not in line.s3.objects
    assert (line.record(NAME)["status"], line.record(NAME)["units"]) == ("failed", judged["units"])


@pytest.mark.parametrize(("code", "error"), [("SlowDown", StorageUnavailable), ("AccessDenied", StorageDenied)])
@pytest.mark.parametrize("operation", ["get_object", "put_object"])
def test_bucket_that_refuses_leaves_the_dataset_as_it_was(line, code, error, operation):
    """Tried again, or told which permission is missing."""
    line.run(NAME, "one")
    before = line.s3.objects[TONE]
    line.drop(NAME, written_down(REMARKS))
    judged = line.judged(NAME, "two")
    line.s3.fail(code, operation)

    with pytest.raises(error):
        line.save(NAME, judged, "two")
    assert line.s3.objects[TONE] == before


def test_row_has_a_value_for_every_column(line):
    """No column is forgotten where the row is put together."""
    vendors(line, "IBM/2024Q1")

    (row,) = line.rows("IBM")
    empty = {name for name, value in asdict(row).items() if value is None}
    without_times = {"seconds", "language_score", "confidence_mean", "engine_speech"}
    assert empty == without_times | {"tone_change", "previous_call_date"}
    assert isinstance(row, CallRow)


@pytest.mark.parametrize(("stored", "status"), [(False, "checked"), (True, "unchanged")])
def test_a_run_that_leaves_the_dataset_alone_says_what_it_would_have_saved(line, stored, status):
    """The tone, and whether it is news; no table and no passages are written."""
    if stored:
        line.run(NAME)
    before = {key: body for key, body in line.s3.objects.items() if key.startswith(("tone/", "transcripts/"))}
    told = line.run(NAME, "two", saves=False)

    after = {key: body for key, body in line.s3.objects.items() if key.startswith(("tone/", "transcripts/"))}
    assert (told["status"], told["tone"] is not None) == (status, True)
    assert after == before


def test_a_damaged_table_stays_where_it_is_if_the_dataset_is_left_alone(line):
    """The record says that it is damaged."""
    line.s3.place(TONE, b"no table")
    line.run(NAME, saves=False)

    assert line.s3.objects[TONE] == b"no table"
    assert "stays as it is for now" in line.record(NAME)["warnings"][0]
