"""stockflow plan --workflow earnings-calls: what is at hand is measured, all else is typical."""

from datetime import date
from math import ceil

import pytest

from stockflow.cli.estimate import Basis
from stockflow.cli.estimate_calls import estimate_of_calls, measured_work
from stockflow.errors import Unusable
from stockflow.testing import NOON_MS
from stockflow_functions.domain.budget.arithmetic import Account
from stockflow_functions.earnings_calls import cost
from stockflow_functions.earnings_calls.names import call_of
from stockflow_functions.runtime.settings import Settings
from tests.helpers.scripted_engines import wav_of
from tests.helpers.written_calls import CALL, alpha_vantage_body, transcribe_body

TODAY = date(2026, 11, 27)


def named(name):
    return call_of(name, "x", TODAY)


def basis(account=None, **environment):
    return Basis(Settings.from_environment(environment), account or Account(), NOON_MS)


def figures(*names, files=None, **environment):
    """The rows of the estimate by their names."""
    files = files or {}
    found = estimate_of_calls([named(name) for name in names], lambda call: files.get(call.name), basis(**environment))
    return dict(found.rows)


@pytest.fixture
def files(tmp_path):
    """A recording of five minutes and a transcript, by the names of their calls."""
    (tmp_path / "call.wav").write_bytes(wav_of("", seconds=300))
    (tmp_path / "call.json").write_bytes(transcribe_body())
    return {"AAPL/2026-10-29.wav": tmp_path / "call.wav", "AAPL/2026-07-30.json": tmp_path / "call.json"}


def test_a_recording_is_as_long_as_its_header_says(files):
    """Minutes of audio; its units are those of so much speech."""
    found = figures("AAPL/2026-10-29.wav", files=files)

    assert (found["minutes of audio"], found["Comprehend units"]) == ("5.0", f"{cost.UNITS_AN_HOUR // 12}")
    assert "taken as an hour" not in found


def test_a_transcript_is_counted_to_the_unit(files):
    """Each of its passages, at least three units each, and no minute of audio."""
    found = figures("AAPL/2026-07-30.json", files=files)

    assert found["Comprehend units"] == str(sum(max(3, ceil(len(text) / 100)) for _, text in CALL))
    assert found["minutes of audio"] == "0.0"


def test_what_is_not_at_hand_counts_as_an_hour():
    """It is said of how many; the dollars are the most that it can be."""
    found = figures("AAPL/2026-10-29.wav", "AAPL/2026-07-30.json", "IBM/2024Q1")

    assert found["taken as an hour"] == "1 recording, 1 transcript, 1 vendor's transcript"
    assert found["minutes of audio"] == "60.0"
    assert 1.44 + 3 * 0.075 < float(found["dollars"].removeprefix("at most ")) < 1.67


def test_a_run_takes_as_long_as_its_longest_recording():
    """A sixth of an hour, and what is not waiting; five are written down at once."""
    one, six = (figures(*(f"AAPL/2026-10-{day}.mp3" for day in range(10, 10 + n)))["minutes"] for n in (1, 6))

    assert one == "10.2 (about; a recording takes a sixth of its length)"
    assert six.startswith("12.2 ")


def test_the_vendors_transcripts_take_requests_of_the_days_quota():
    """What the day can't pay for is deferred, and not in the figures."""
    found = figures("IBM/2024Q1", "IBM/2024Q2", REQUESTS_PER_DAY="1")

    assert (found["requests"], found["deferred"]) == (1, "1 call: IBM/2024Q2")
    assert found["Comprehend units"] == str(cost.UNITS_AN_HOUR)


def test_calls_without_requests_leave_the_budget_alone(files):
    """Nothing is said of slots or of the day's quota."""
    found = figures("AAPL/2026-07-30.json", files=files)

    assert found.keys().isdisjoint({"requests", "last slot", "day's quota"})


def test_the_state_transitions_are_those_of_a_run(files):
    """Ten for a transcript, as docs/calls.md gives them."""
    assert figures("AAPL/2026-07-30.json", files=files)["state transitions"] == 10


def test_a_file_that_is_no_transcript_is_named(tmp_path):
    """One sentence, before anything is started."""
    (tmp_path / "bad.json").write_text("{")

    with pytest.raises(Unusable, match=r"bad\.json: The transcript's 1 bytes are not JSON"):
        measured_work(named("AAPL/2026-07-30.json"), tmp_path / "bad.json")


def test_the_vendors_shape_is_counted_too(tmp_path):
    """A given transcript may be either."""
    (tmp_path / "av.json").write_bytes(alpha_vantage_body())

    assert measured_work(named("AAPL/2026-07-30.json"), tmp_path / "av.json").work.units > 0


def test_the_command_looks_in_the_output_folder(stockflow, tmp_path):
    """For what was dropped there, under calls/."""
    place = tmp_path / "out/calls/AAPL/2026-07-30.json"
    place.parent.mkdir(parents=True)
    place.write_bytes(transcribe_body())
    done = stockflow("plan", "--workflow", "earnings-calls", "AAPL/2026-07-30.json")

    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("1 call with a transcript.\n\nminutes of audio   0.0\n")
    assert "taken as an hour" not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--workflow", "earnings-calls"), "There are no calls"),
        (("--workflow", "earnings-calls", "AAPL/monday.mp3"), "can't be a call"),
        (("--workflow", "earnings-calls", "MSFT", "--series", "daily"), "'series', which is unknown"),
        (("--workflow", "daily-calls", "MSFT"), "There is no workflow 'daily-calls'"),
        (("MSFT", "--language", "en-US"), "'language', which is unknown"),
    ],
)
def test_what_can_not_be_planned_is_one_sentence(stockflow, arguments, sentence):
    """Exit status 2."""
    done = stockflow("plan", *arguments)

    assert (done.exit_code, done.stderr.count("\n"), sentence in done.stderr) == (2, 1, True), done.output
