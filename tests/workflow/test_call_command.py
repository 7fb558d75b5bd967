"""``stockflow call``, as a person types it: from a file to a tone in the dataset."""

import json
import re
import shutil
from pathlib import Path

import pandas
import pytest
from click.testing import CliRunner

from stockflow.cli.main import main
from stockflow.simulated_alpha_vantage import SimulatedVendor
from stockflow.stand_ins.engines import WRITE_DOWN_AUDIO
from stockflow_functions.aws import keys
from stockflow_functions.domain.calls.tables import encode_rows
from tests.helpers.call_rows import call_row
from tests.helpers.scripted_engines import ScriptedSpeech, wav_of
from tests.helpers.stack import ROOT

PAGE = (ROOT / "docs/calls.md").read_text(encoding="utf-8")
EXAMPLE = ROOT / "events/calls/example_lamps.json"
DAY = ("--date", "2026-10-29")
UNSET = dict.fromkeys(("ALPHA_VANTAGE_API_KEY", "ALPHA_VANTAGE_BASE_URL", "MOCK_MODE", "SLACK_WEBHOOK_URL_INFO"))
PROMISED_OF_TONE = [
    *("symbol", "call_date", "source", "language", "passages", "unscored", "engine_tone", "tone", "tone_prepared"),
    *("tone_qa", "positive", "negative", "neutral", "mixed"),
]
PROMISED_OF_TRANSCRIPTS = [
    *("n", "section", "speaker", "start_seconds", "end_seconds", "text", "positive", "negative", "neutral", "mixed"),
]


def stockflow(*arguments, **environment):
    return CliRunner().invoke(main, arguments, env={**UNSET, "NO_COLOR": "1", "COLUMNS": "200", **environment})


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """A folder in which the example was judged, and what was said."""
    folder = tmp_path_factory.mktemp("call")
    done = stockflow("call", "EXAMPLE", *DAY, "--transcript", str(EXAMPLE), "--output-dir", str(folder / "out"))
    return folder, done


@pytest.fixture
def again(judged, tmp_path, monkeypatch):
    """A copy of that folder to go on in; it is the current one."""
    shutil.copytree(judged[0] / "out", tmp_path / "out")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "out"


@pytest.fixture
def heard(monkeypatch, tmp_path):
    """An engine for speech that hears the words of a test, in an empty folder."""
    engine = ScriptedSpeech(languages=("en",))
    monkeypatch.setattr("stockflow.stand_ins.local.installed_speech_engine", lambda: engine)
    monkeypatch.setattr("stockflow.embedded.local_services.installed_speech_engine", lambda: engine)
    monkeypatch.chdir(tmp_path)
    return engine


def tone(folder, symbol="EXAMPLE"):
    return pandas.read_parquet(folder / keys.tone(symbol)).to_dict("records")


def test_a_good_call_ends_with_0(judged):
    """The first line says which engine judges, and nothing is said of prices."""
    lines = judged[1].stdout.splitlines()

    assert judged[1].exit_code == 0, judged[1].output
    assert lines[0] == "Tone by VADER 3.3.2 (local lexicon), not Amazon Comprehend."
    assert "SIMULATED" not in judged[1].output
    assert "rows added" not in judged[1].output


def test_the_last_lines_have_the_tone_and_where_to_look(judged):
    """The passages that weigh most have their time and their speaker; the very last line is the run's folder."""
    folder, done = judged
    negative, positive, tables, last = done.stdout.splitlines()[-4:]

    assert negative.startswith("Most negative (-0.95, 0:45 to 1:00, spk_1): We lost our largest customer")
    assert positive.startswith("Most positive (+0.98, 0:11 to 0:44, spk_1): Thank you, operator")
    assert f"{folder}/out/tone/EXAMPLE.parquet, {folder}/out/transcripts/EXAMPLE/2026-10-29.parquet" in tables
    assert Path(last.removeprefix("Run folder: "), "report.html").is_file()


def test_the_row_has_what_was_promised(judged):
    """Its columns are stable, and the example's handover to questions is found."""
    (row,) = tone(judged[0] / "out")

    assert set(PROMISED_OF_TONE) <= row.keys()
    assert (row["source"], row["language"], row["passages"], row["unscored"]) == ("given", "en-US", 7, 0)
    assert row["tone_prepared"] > row["tone_qa"]


def test_the_passages_have_what_was_promised(judged):
    """A row a passage, in their order, with the speakers of the example."""
    table = pandas.read_parquet(judged[0] / "out/transcripts/EXAMPLE/2026-10-29.parquet")

    assert list(table.columns) == PROMISED_OF_TRANSCRIPTS
    assert list(table["speaker"]) == ["spk_0", "spk_1", "spk_1", "spk_0", "spk_2", "spk_1", "spk_0"]


def test_the_dataset_of_a_run_has_no_broken_rule(again):
    """stockflow verify agrees with what the run stored."""
    done = stockflow("verify")

    assert (done.exit_code, "2 tables, 8 rows: none with a broken rule." in done.output) == (0, True), done.output


def test_runs_speak_of_calls(again):
    """The column has the word for what the run is about."""
    assert "  calls  " in stockflow("runs").stdout.splitlines()[0]


def test_the_same_call_again_changes_nothing(again):
    """Exit status 0, and the end still tells the tone."""
    file = again / "tone/EXAMPLE.parquet"
    before = file.read_bytes()
    done = stockflow("call", "EXAMPLE", *DAY, "--transcript", str(EXAMPLE))

    assert (done.exit_code, "1 unchanged" in done.stdout) == (0, True), done.output
    assert any(line.startswith("Most negative (-0.95") for line in done.stdout.splitlines())
    assert file.read_bytes() == before


def test_another_transcript_of_the_day_takes_the_place(again):
    """It is said, and the row is replaced."""
    example = json.loads(EXAMPLE.read_text())
    example["results"]["items"] = example["results"]["items"][:40]
    Path("short.json").write_text(json.dumps(example))
    done = stockflow("call", "EXAMPLE", *DAY, "--transcript", "short.json")

    assert (done.exit_code, "short.json takes the place of another" in done.stdout) == (0, True), done.output
    assert [row["passages"] for row in tone(again)] == [2]


def test_a_call_in_the_folder_is_judged_by_its_name(again):
    """What was dropped under calls/ needs no copying: stockflow run takes its key."""
    (again / "calls/EXAMPLE/2026-07-30.json").write_bytes(EXAMPLE.read_bytes())
    done = stockflow("run", "--workflow", "earnings-calls", "EXAMPLE/2026-07-30.json")

    assert (done.exit_code, "1 saved." in done.stdout) == (0, True), done.output
    assert [str(row["previous_call_date"]) for row in tone(again)] == ["None", "2026-07-30"]


def test_a_folder_with_the_tone_of_amazon_is_refused(tmp_path):
    """Figures of two kinds of engines can't be compared; nothing is copied."""
    table = tmp_path / "out/tone/EXAMPLE.parquet"
    table.parent.mkdir(parents=True)
    table.write_bytes(encode_rows([call_row(symbol="EXAMPLE")]))
    done = stockflow("call", "EXAMPLE", *DAY, "--transcript", str(EXAMPLE), "--output-dir", str(tmp_path / "out"))

    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert "holds tone from Amazon Comprehend" in done.stderr
    assert not (tmp_path / "out/calls").exists()


def test_a_recording_is_written_down_and_judged(heard, tmp_path):
    """Both engines are named, before and in the row."""
    Path("call.wav").write_bytes(wav_of("Good morning. We are delighted with a great quarter."))
    done = stockflow("call", "AAPL", *DAY, "--audio", "call.wav", "--label", "investor-day")

    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("Written down by scripted speech, not Amazon Transcribe. Tone by VADER")
    (row,) = tone(tmp_path / "out", "AAPL")
    assert (row["label"], row["engine_speech"], row["source"]) == ("investor-day", "scripted speech", "transcribe")
    assert (tmp_path / "out/calls/AAPL/2026-10-29-investor-day.wav").is_file()


def test_a_recording_that_nobody_speaks_in_ends_with_1(heard, tmp_path):
    """The line of the call says why; it has no tone to end with."""
    Path("music.wav").write_bytes(wav_of(""))
    done = stockflow("call", "AAPL", *DAY, "--audio", "music.wav", "--language", "en-US")

    assert (done.exit_code, "NoSpeech" in done.stdout) == (1, True), done.output
    assert not (tmp_path / "out/tone").exists()


def test_a_language_that_the_engine_does_not_know_is_refused_at_once(heard, tmp_path):
    """Before the recording is copied."""
    Path("call.wav").write_bytes(wav_of("おはようございます"))
    done = stockflow("call", "AAPL", *DAY, "--audio", "call.wav", "--language", "ja-JP")

    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert "scripted speech does not know ja-JP" in done.stderr
    assert not (tmp_path / "out").exists()


TURNS = [
    {"speaker": "Somebody", "title": "CEO", "content": "It was a great quarter.", "sentiment": "0.6"},
    {"speaker": "Operator", "title": "", "content": "We will now take questions.", "sentiment": "0.0"},
]


@pytest.mark.parametrize(("quarter", "status"), [("2024Q1", "1 saved"), ("2026Q3", "1 deferred")])
def test_the_vendors_transcript_is_asked_for(tmp_path, monkeypatch, quarter, status):
    """One that is not there yet is deferred, which is no failure."""
    monkeypatch.chdir(tmp_path)
    with SimulatedVendor(transcripts={("IBM", "2024Q1"): TURNS}) as vendor:
        done = stockflow("call", "IBM", "--quarter", quarter, ALPHA_VANTAGE_BASE_URL=vendor.url)

    assert (done.exit_code, status in done.stdout) == (0, True), done.output
    assert len(vendor.requests) == 1


def test_a_plan_copies_nothing(tmp_path, monkeypatch):
    """What the example would take on AWS, to the unit; no folder is made, and no engine is needed."""
    monkeypatch.chdir(tmp_path)
    done = stockflow("call", "EXAMPLE", *DAY, "--transcript", str(EXAMPLE), "--plan")

    assert done.exit_code == 0, done.output
    assert "Comprehend units   23" in done.stdout
    assert WRITE_DOWN_AUDIO not in done.output
    assert list(tmp_path.iterdir()) == []


def blocks(after):
    """The code blocks of docs/calls.md that follow this text."""
    return re.findall(r"```\w+\n(.*?)```", PAGE.partition(after)[2], re.DOTALL)


def test_the_page_shows_what_is_said(judged):
    """Line by line, from the first on."""
    shown = blocks("<!-- make run-call -->")[0].splitlines()

    assert judged[1].stdout.splitlines()[: len(shown)] == shown


def test_the_pages_plan_is_what_is_said(tmp_path, monkeypatch):
    """To the last digit."""
    monkeypatch.chdir(tmp_path)
    done = stockflow("plan", "--workflow", "earnings-calls", "AAPL/2026-10-29.mp3")

    assert done.stdout == blocks("<!-- stockflow plan")[0]


def test_the_pages_python_reads_the_dataset(again, capsys):
    """It prints what the page says."""
    code, printed = blocks("<!-- in a folder where make run-call ran -->")[:2]

    exec(code, {})

    assert capsys.readouterr().out == printed
