"""The names of calls."""

from datetime import date

import pytest

from stockflow_functions.domain.errors import InvalidInput
from stockflow_functions.earnings_calls.names import (
    AUDIO,
    MOST_CALLS,
    RECORDINGS,
    TRANSCRIPT,
    VENDOR,
    call_of,
    calls_of,
)

TODAY = date(2026, 11, 20)


def named(text):
    return call_of(text, "symbols[0]", TODAY)


def all_of(*texts):
    return [call.name for call in calls_of([(text, "symbols") for text in texts], TODAY)]


def refusal(*texts):
    with pytest.raises(InvalidInput) as caught:
        all_of(*texts)
    return str(caught.value)


@pytest.mark.parametrize("extension", [*RECORDINGS, "MP3"])
def test_recording_is_named_by_its_key(extension):
    """Whatever Transcribe takes; the extension may be in capitals."""
    call = named(f"AAPL/2026-10-29.{extension}")

    assert (call.symbol, call.date, call.label, call.quarter, call.door) == ("AAPL", "2026-10-29", "", "", AUDIO)
    assert call.name == f"AAPL/2026-10-29.{extension}"


def test_json_is_a_transcript():
    """It needs no job."""
    assert named("AAPL/2026-10-29.json").door == TRANSCRIPT


def test_whole_key_is_taken_too():
    """As S3's event and its console have it."""
    assert named("calls/AAPL/2026-10-29.mp3").name == "AAPL/2026-10-29.mp3"


def test_label_tells_calls_of_one_day_apart():
    """It is a part of the call's keys."""
    call = named("AAPL/2026-10-29-investor-day.wav")

    assert (call.label, call.when) == ("investor-day", "2026-10-29-investor-day")


@pytest.mark.parametrize(("folder", "symbol"), [("aapl", "AAPL"), ("BRK%2DB", "BRK-B"), ("%5EGSPC", "^GSPC")])
def test_folder_is_the_symbol(folder, symbol):
    """Percent-encoded or in small letters, as the object's key has it; the name stays the key."""
    call = named(f"{folder}/2026-10-29.mp3")

    assert (call.symbol, call.name) == (symbol, f"{folder}/2026-10-29.mp3")


def test_quarter_is_a_transcript_of_the_vendors():
    """Whose date nobody knows: its keys have the quarter."""
    call = named("ibm/2024Q1")

    assert (call.name, call.date, call.quarter, call.door, call.when) == (
        "IBM/2024Q1",
        None,
        "2024Q1",
        VENDOR,
        "2024Q1",
    )


def test_quarter_may_have_the_calls_date():
    """Its keys then have that."""
    assert named("IBM/2024Q1@2024-04-24").when == "2024-04-24"


def test_symbol_alone_is_the_latest_quarter_that_has_ended():
    """On 20 November that is the third."""
    assert named("msft").name == "MSFT/2026Q3"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("AAPL/2026-10-29.mov", "is no recording that Transcribe takes"),
        ("AAPL/2026-10-29", "can't be a call"),
        ("2026-10-29.mp3", "lacks its symbol"),
        ("calls/call.json", "lacks its symbol"),
        ("AAPL/latest.mp3", "can't be a call"),
        ("AAPL/2026-10-29-Investor_Day.mp3", "can't be a call"),
        ("AAPL/2026-10-29-" + "x" * 41 + ".mp3", "can't be a call"),
        ("a/AAPL/2026-10-29.mp3", "can't be a symbol"),
        ("/2026-10-29.mp3", "can't be a symbol"),
        ("../2026-10-29.mp3", "can't be a symbol"),
        ("AAPL/2026-02-30.mp3", "has no such date"),
        ("AAPL/\uff12\uff10\uff12\uff16-10-29.mp3", "can't be a call"),
        ("AAPL/2026-11-22.mp3", "lies ahead"),
        ("IBM/2027Q4", "lies ahead"),
        ("IBM/2024Q1@2027-04-24", "lies ahead"),
        ("IBM/2024Q5", "can't be a call"),
        ("IBM/0000Q1", "can't be a call"),
        ("IBM/9999Q4", "can't be a call"),
        ("IBM/\uff12\uff10\uff12\uff14Q1", "can't be a call"),
    ],
)
def test_what_can_not_be_a_call_is_quoted_with_its_place(text, said):
    """In one sentence, without a traceback."""
    sentence = refusal(text)

    assert said in sentence
    assert "(symbols)" in sentence


def test_tomorrows_call_is_held_already_in_the_east():
    """The date of a call is the one where it was held."""
    assert named("7203.TYO/2026-11-21.mp3").date == "2026-11-21"


def test_sentence_says_what_to_write():
    """With every extension."""
    sentence = refusal("AAPL/latest.mp3")

    assert "write calls/SYMBOL/YYYY-MM-DD.mp3" in sentence
    assert all(extension in sentence for extension in RECORDINGS)


def test_call_that_is_named_twice_is_taken_once():
    """In the order of the first."""
    assert all_of("IBM/2024Q1", "AAPL/2026-10-29.mp3", "ibm/2024Q1") == ["IBM/2024Q1", "AAPL/2026-10-29.mp3"]


@pytest.mark.parametrize("names", [("IBM/2024Q1", "IBM/2024Q1@2024-04-24"), ("IBM/2024Q1@2024-04-24", "IBM/2024Q1")])
def test_quarter_with_its_date_and_without_is_one_request(names):
    """The name that knows more is kept."""
    assert all_of(*names) == ["IBM/2024Q1@2024-04-24"]


def test_two_objects_of_one_call_are_refused():
    """They would have one row, and each would replace the other's passages."""
    sentence = refusal("AAPL/2026-10-29.mp3", "AAPL/2026-10-29.json")

    assert "'AAPL/2026-10-29.mp3' and 'AAPL/2026-10-29.json' are one call" in sentence


def test_calls_of_one_day_with_labels_are_several():
    """That is what labels are for."""
    assert len(all_of("AAPL/2026-10-29.mp3", "AAPL/2026-10-29-investor-day.mp3")) == 2


def test_no_calls_are_refused():
    """The sentence has an example."""
    assert '{"symbols": ["AAPL/2026-10-29.mp3"]}' in refusal()


def test_more_calls_than_a_run_takes_are_refused():
    """Their looks would not fit into a history."""
    names = [f"S{number}/2024Q1" for number in range(MOST_CALLS + 1)]

    assert len(all_of(*names[:-1])) == MOST_CALLS
    assert "one run takes 30" in refusal(*names)
