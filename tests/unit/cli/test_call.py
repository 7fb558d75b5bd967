"""``stockflow call``: what it refuses before anything is copied or started, and what it says at the end."""

import json
from datetime import date

import pytest

from stockflow.cli.call_ending import ending_of
from stockflow.cli.given_call import CallArguments, GivenCall, given_call, put_in_place
from stockflow.errors import Unusable
from stockflow.testing import FakeS3
from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.domain.calls.passages import Passage
from stockflow_functions.domain.calls.tables import encode_passages, encode_rows
from stockflow_functions.earnings_calls.names import call_of
from tests.helpers.call_rows import call_row
from tests.helpers.scripted_engines import wav_of

TODAY = date(2026, 11, 27)
VADER = "VADER 3.3.2 (local lexicon)"
DAY = ("--date", "2026-10-29")
WORDS = json.dumps({"results": {"transcripts": [{"transcript": "Good morning."}]}, "status": "COMPLETED"})


@pytest.fixture
def files(tmp_path, monkeypatch):
    """The current folder, with a file for each kind of mistake; no key is set, and no engine for speech is there."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ALPHA_VANTAGE_API_KEY", raising=False)
    monkeypatch.delenv("ALPHA_VANTAGE_BASE_URL", raising=False)
    monkeypatch.setattr("stockflow.stand_ins.local.MODELS", ())
    (tmp_path / "call.json").write_text(WORDS)
    (tmp_path / "half.json").write_text(WORDS[:-5])
    (tmp_path / "silent.json").write_text('{"results": {"transcripts": [{"transcript": "[Music]"}]}}')
    (tmp_path / "text.mp3").write_text("Good morning.")
    (tmp_path / "empty.mp3").touch()
    (tmp_path / "noise.mp3").write_bytes(bytes(range(256)))
    (tmp_path / "call.wav").write_bytes(wav_of("Good morning."))
    (tmp_path / "call.docx").write_bytes(bytes(8))
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "It is not said where the words come from"),
        (("--audio", "call.wav", "--quarter", "2024Q1"), "--audio and --quarter exclude each other"),
        (("--transcript", "call.json"), "It is not said when the call was"),
        (("--transcript", "call.json", "--date", "29.10.2026"), "--date is '29.10.2026'"),
        (("--transcript", "call.json", "--date", "2026-02-30"), "--date is '2026-02-30'"),
        (("--transcript", "call.json", "--date", "20261029"), "--date is '20261029'"),
        (("--transcript", "call.json", "--date", "2999-01-01"), "lies ahead"),
        (("--transcript", "call.json", *DAY, "--label", "Q&A"), "--label is 'Q&A'"),
        (("--transcript", "call.json", *DAY, "--language", "English"), "language is 'English'"),
        (("--transcript", "absent.json", *DAY), "There is no file absent.json"),
        (("--transcript", "half.json", *DAY), "half.json: The transcript's"),
        (("--transcript", "silent.json", *DAY), "No word was heard"),
        (("--transcript", "call.wav", *DAY), "write --audio call.wav"),
        (("--audio", "call.json/x.mp3", *DAY), "There is no file call.json/x.mp3"),
        (("--audio", f"{'x' * 300}.mp3", *DAY), "can't be read (File name too long)"),
        (("--audio", ".", *DAY), ". is a folder"),
        (("--audio", "/dev/null", *DAY), "/dev/null is no ordinary file"),
        (("--audio", "empty.mp3", *DAY), "empty.mp3 is empty"),
        (("--audio", "text.mp3", *DAY), "text.mp3 is a text"),
        (("--audio", "noise.mp3", *DAY), "noise.mp3 does not begin as a recording does"),
        (("--audio", "call.docx", *DAY), "call.docx has no name of a recording"),
        (("--audio", "call.json", *DAY), "write --transcript call.json"),
        (("--audio", "call.wav", *DAY), 'pip install "stockflow[speech]"'),
        (("--quarter", "2024Q5"), "--quarter is '2024Q5'"),
        (("--quarter", "2099Q1"), "lies ahead"),
        (("--quarter", "2024Q1", "--label", "x"), "leave it out"),
        (("--quarter", "2024Q1", *DAY), "set ALPHA_VANTAGE_API_KEY"),
    ],
)
def test_what_can_not_be_used_is_one_sentence(stockflow, files, arguments, sentence):
    """Exit status 2, one line that says what to write instead, and nothing is copied or started."""
    done = stockflow("call", "AAPL", *arguments)

    assert (done.exit_code, done.stderr.count("\n"), sentence in done.stderr) == (2, 1, True), done.output
    assert not (files / "out").exists()


def test_a_symbol_that_can_be_none_is_refused(stockflow, files):
    """With the argument's name."""
    done = stockflow("call", "../x", "--transcript", "call.json", *DAY)

    assert (done.exit_code, "(SYMBOL) can't be a symbol" in done.stderr) == (2, True)


def test_a_file_too_large_is_refused_unread(files, monkeypatch):
    """With both numbers; nothing is read into memory."""
    monkeypatch.setattr("stockflow.cli.given_call.LARGEST_TRANSCRIPT_BYTES", 10)

    with pytest.raises(Unusable, match=r"call\.json has 8\d bytes, and 10 are the most"):
        given_call(CallArguments("AAPL", DAY[1], transcript=files / "call.json"), TODAY)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"transcript": "call.json"}, "AAPL/2026-10-29.json"),
        ({"transcript": "call.json", "label": "investor-day"}, "AAPL/2026-10-29-investor-day.json"),
        ({"transcript": "call.json", "symbol": "brk.b&"}, "BRK.B%26/2026-10-29.json"),
        ({"audio": "CALL.WAV"}, "AAPL/2026-10-29.wav"),
        ({"quarter": "2024q1"}, "AAPL/2024Q1@2026-10-29"),
        ({"quarter": "2024Q1", "day": None}, "AAPL/2024Q1"),
    ],
)
def test_a_call_is_named_as_the_workflow_names_it(files, given, name):
    """By the key that its file gets, or by the vendor's quarter with the day if it is known."""
    (files / "CALL.WAV").write_bytes(wav_of("Good morning."))
    found = given_call(CallArguments(**{"symbol": "aapl", "day": DAY[1], **given}), TODAY)

    assert found.call.name == name


def given(file):
    return GivenCall(call_of("AAPL/2026-10-29.json", "x", TODAY), file)


def test_a_file_is_put_under_the_calls_key(files):
    """Byte for byte."""
    s3 = FakeS3()

    assert put_in_place(given(files / "call.json"), Bucket(s3, "b")) == ""
    assert Bucket(s3, "b").get("calls/AAPL/2026-10-29.json").body == WORDS.encode()


def test_the_same_file_is_not_written_again(files):
    """What is there already stays the object that it is."""
    s3 = FakeS3()
    bucket = Bucket(s3, "b")
    bucket.put("calls/AAPL/2026-10-29.json", WORDS.encode(), metadata={"first": "yes"})

    assert put_in_place(given(files / "call.json"), bucket) == ""
    assert bucket.get("calls/AAPL/2026-10-29.json").metadata == {"first": "yes"}


def test_another_file_takes_the_place_and_it_is_said(files):
    """As if it had been dropped there."""
    bucket = Bucket(FakeS3(), "b")
    bucket.put("calls/AAPL/2026-10-29.json", b"another")

    said = put_in_place(given(files / "call.json"), bucket)

    assert "takes the place of another calls/AAPL/2026-10-29.json" in said
    assert bucket.get("calls/AAPL/2026-10-29.json").body == WORDS.encode()


def test_a_file_that_is_gone_by_then_ends_in_a_sentence(files):
    """It was there when it was checked."""
    with pytest.raises(Unusable, match="could not be copied"):
        put_in_place(given(files / "gone.json"), Bucket(FakeS3(), "b"))


def given_row(**changed):
    """AAPL's call of which a transcript was given, as judged on a laptop."""
    return call_row(**{"symbol": "AAPL", "source": "given", "engine_tone": VADER, "tone_prepared": None, **changed})


PASSAGES = [
    Passage(1, "prepared", "spk_0", 1.0, 12.5, "Great results.", 0.9, 0.0, 0.1, 0.0),
    Passage(2, "qa", "spk_1", 3_700.0, 3_725.0, "A very bad year.", 0.0, 0.8, 0.2, 0.0),
    Passage(3, "qa", None, None, None, "And so it goes.", 0.0, 0.0, 1.0, 0.0),
]


def stored(row, passages=PASSAGES):
    """A bucket that holds one call."""
    bucket = Bucket(FakeS3(), "b")
    bucket.put(keys.tone("AAPL"), encode_rows([row]))
    bucket.put(keys.transcript("AAPL", "2026-10-29"), encode_passages(passages))
    return bucket


def ending(row, tmp_path, name="AAPL/2026-10-29.json"):
    return ending_of(call_of(name, "x", TODAY), stored(row), tmp_path)


def test_the_end_names_the_passages_that_weigh_most(tmp_path):
    """With their tone, when they are said, and who says them."""
    lines = ending(given_row(), tmp_path)

    assert lines[1:3] == [
        "Most negative (-0.80, 1:01:40 to 1:02:05, spk_1): A very bad year.",
        "Most positive (+0.90, 0:01 to 0:12, spk_0): Great results.",
    ]


def test_the_end_names_the_tone_its_sections_and_its_judge(tmp_path):
    """And the change, where there is one to tell."""
    row = given_row(tone=0.13, tone_prepared=0.9, tone_qa=-0.4, tone_change=-0.05, previous_call_date=date(2026, 7, 30))

    assert ending(row, tmp_path)[0] == (
        "Tone of AAPL, call of 2026-10-29: +0.13 (prepared remarks +0.90, questions -0.40, -0.05 against 2026-07-30), "
        "from -1 to 1, by VADER 3.3.2 (local lexicon)."
    )


def test_a_call_without_a_tone_says_why(tmp_path):
    """Its language has no judge."""
    row = given_row(tone=None, engine_tone=None, language="ja-JP")

    assert ending(row, tmp_path)[0] == "Tone of AAPL, call of 2026-10-29: none, for nothing here judges ja-JP."


def test_another_doors_row_of_the_day_is_not_shown(tmp_path):
    """A recording's row is not the transcript's."""
    assert ending(given_row(), tmp_path, "AAPL/2026-10-29.mp3") == []


def test_a_quarters_row_is_found_by_its_quarter(tmp_path):
    """Its date may be known or not."""
    row = given_row(source="alpha-vantage", quarter="2026Q3")

    assert ending(row, tmp_path, "AAPL/2026Q3")[0].startswith("Tone of AAPL, call of 2026-10-29: +0.25")


def test_a_table_that_can_not_be_read_ends_in_a_sentence(tmp_path):
    """The run itself is over, and what it saved is saved."""
    bucket = stored(given_row())
    bucket.put(keys.tone("AAPL"), b"x")

    (line,) = ending_of(call_of("AAPL/2026-10-29.json", "x", TODAY), bucket, tmp_path)

    assert line.startswith("The tables of AAPL's calls can't be shown: it can't be read as Parquet")
