"""Runs of earnings calls on this machine, looked into afterwards: replay, rerun, resume."""

import json
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from stockflow.cli.main import main
from stockflow.embedded import local_services
from stockflow.embedded.aws import EmbeddedAws
from stockflow.simulated_alpha_vantage import SimulatedVendor
from stockflow.sources import SavedRun, model_of
from stockflow.sources.aws_manifests import add_manifests
from stockflow.testing import FakeS3, client_error
from stockflow_functions.domain import quarters
from tests.helpers.scripted_engines import ScriptedSpeech, ScriptedTone, wav_of
from tests.helpers.transcripts import vendor_turns
from tests.helpers.written_calls import CALL, transcribe_body

from .conftest import FAST, SOON_SECONDS, statuses
from .fault_stage import wait_until

AUDIO, GIVEN, BROKEN = "AAPL/2026-10-29.wav", "IBM/2026-10-29.json", "MSFT/2026-10-29.json"
PUBLISHED, LATE = "GE/2024Q1@2024-04-23", f"V/{quarters.latest(datetime.now(UTC).date())}"
WORDS = "Revenue grew by four percent.\nWe expect further losses.\nThank you."
TONE = ScriptedTone({"losses": -0.8, "grew": 0.6, "declined": -0.4})
STATES = ("PlanCalls", "StartTranscription", "LookAtTranscription", "ReadTranscript", "JudgeTone", "SaveTone")


def engines():
    return {"speech": ScriptedSpeech(), "tone": TONE}


def drop(aws):
    objects = {AUDIO: wav_of(WORDS), GIVEN: transcribe_body(), BROKEN: b'{"results": '}
    for name, body in objects.items():
        aws.services.bucket.put(f"calls/{name}", body)


@pytest.fixture(scope="module")
def ended(tmp_path_factory):
    """A run in English by its input, which has ended: a recording, a transcript, a broken one, and two of the vendor's,
    of which one is not published yet."""
    folder = tmp_path_factory.mktemp("calls") / "out"
    vendor = SimulatedVendor(transcripts={("GE", "2024Q1"): vendor_turns(CALL)})
    with vendor, EmbeddedAws(folder, FAST, vendor=vendor, **engines()) as aws:
        drop(aws)
        names = [AUDIO, GIVEN, BROKEN, PUBLISHED, LATE]
        arn = aws.start({"symbols": names, "language": "en-US"}, workflow="earnings-calls")
        manifest = aws.wait(arn, SOON_SECONDS)
        return SimpleNamespace(root=folder, folder=aws.run_folder(arn), manifest=manifest)


@pytest.fixture
def stockflow(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(local_services, "installed_speech_engine", lambda: SPEECH)
    monkeypatch.setattr(local_services, "tone_engine", lambda: TONE)
    SPEECH.asked.clear()
    unset = dict.fromkeys(("ALPHA_VANTAGE_API_KEY", "ALPHA_VANTAGE_BASE_URL", "MOCK_MODE", "SLACK_WEBHOOK_URL_INFO"))
    return lambda *arguments: CliRunner().invoke(main, arguments, env={**unset, **FAST, "NO_COLOR": "1"})


SPEECH = ScriptedSpeech()


def manifest_of(done):
    """That of the run that the command has made."""
    folder = done.stdout.splitlines()[-1].removeprefix("Run folder: ")
    return json.loads((Path(folder) / "manifest.json").read_text())


OF_CALLS = [*((AUDIO, state) for state in STATES[1:]), (GIVEN, "JudgeTone"), (PUBLISHED, "FetchTranscript")]


@pytest.mark.parametrize(("name", "state"), OF_CALLS)
def test_a_calls_state_gives_the_same_again(ended, stockflow, name, state):
    """Without a word of the recording heard or a passage judged anew."""
    done = stockflow("replay", str(ended.folder), "--symbol", name, "--state", state)
    assert "The same output as then." in done.output, done.output
    assert (done.exit_code, SPEECH.asked) == (0, [])


def test_the_notifier_tells_the_same_again(ended, stockflow):
    """Nobody hears of it."""
    done = stockflow("replay", str(ended.folder), "--state", "NotifyCalls")
    assert "The same output as then." in done.output, done.output
    assert "Would have notified people (warning):" in done.output
    assert done.exit_code == 0


def test_a_replayed_plan_differs_in_slots_alone(ended, stockflow):
    """Here the budget's table is empty, as the replay says."""
    done = stockflow("replay", str(ended.folder), "--state", "PlanCalls")
    changed = {line.split('"')[1] for line in done.output.splitlines() if re.match(r"[-+] ", line)}
    assert changed <= {"not_before", "first_slot_at", "last_slot_at", "day_used", "sentence", "fetched_at"}
    assert done.exit_code == 0, done.output


def test_a_transcript_that_was_not_published_is_not_asked_for(ended, stockflow):
    """The vendor's answer was an empty list, and is again."""
    done = stockflow("replay", str(ended.folder), "--symbol", LATE, "--state", "FetchTranscript")
    assert "The same error as then." in done.output, done.output


def test_a_call_that_failed_fails_the_same_again(ended, stockflow):
    """With the trace of what raised it."""
    done = stockflow("replay", str(ended.folder))
    assert "ReadTranscript of MSFT/2026-10-29.json" in done.output
    assert "The same error as then." in done.output, done.output
    assert done.exit_code == 1


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("JudgeTone", "The scores of IBM/2026-10-29.json's passages are not kept: staged/"),
        ("SaveTone", "The judged passages of IBM/2026-10-29.json are gone, as all of staged/ is after 7 days"),
    ],
)
def test_scores_that_have_expired_are_said_to_be_gone(ended, stockflow, tmp_path, state, sentence):
    """In one sentence: nothing is judged by another engine in their place."""
    left = tmp_path / "left"
    shutil.copytree(ended.root, left)
    shutil.rmtree(left / "staged")
    done = stockflow("replay", str(left / ended.folder.relative_to(ended.root)), "--symbol", GIVEN, "--state", state)
    assert done.output.splitlines()[1].startswith(f"stockflow: {sentence}")
    assert (done.exit_code, len(done.output.splitlines())) == (1, 2)


def test_only_what_was_not_saved_runs_again_in_the_same_language(ended, stockflow, tmp_path):
    """And the transcript that took the broken one's place is judged."""
    again = tmp_path / "again"
    shutil.copytree(ended.root, again)
    (again / "calls" / BROKEN).write_bytes(transcribe_body())
    run = again / ended.folder.relative_to(ended.root)
    done = stockflow("rerun", str(run))
    assert done.exit_code == 0, done.output
    manifest = manifest_of(done)
    well = dict.fromkeys((AUDIO, GIVEN, PUBLISHED), "saved")
    assert statuses(ended.manifest) == {**well, BROKEN: "failed", LATE: "deferred"}
    assert statuses(manifest) == {BROKEN: "saved", LATE: "deferred"}
    assert json.loads((again / f"runs/{manifest['execution']}/plan.json").read_text())["run"]["language"] == "en-US"


def test_a_stopped_run_goes_on_with_the_transcript_that_there_is(stockflow, tmp_path):
    """The recording was written down before the run was stopped: nobody pays for it twice."""
    with EmbeddedAws(tmp_path / "out", {**FAST, "TRANSCRIPTION_LOOK_SECONDS": "60"}, **engines()) as aws:
        drop(aws)
        arn = aws.start({"symbols": [AUDIO]}, workflow="earnings-calls")
        job = aws.stand_ins.transcribe
        wait_until(lambda: any(each["TranscriptionJobStatus"] == "COMPLETED" for each in summaries(job)))
        aws.stop(arn)
        aws.wait(arn, SOON_SECONDS)
    done = stockflow("resume", "latest", "--output-dir", str(tmp_path / "out"))
    assert done.exit_code == 0, done.output
    manifest = manifest_of(done)
    assert statuses(manifest) == {AUDIO: "saved"}
    assert (SPEECH.asked, manifest["symbols"][0]["transcribed_seconds"]) == ([], 0.0)


def fetched_from_aws(ended, denied=()):
    """The run as one that ran on AWS with these objects; its texts are looked for in the bucket."""
    s3 = FakeS3()
    for file in (file for file in ended.root.rglob("*") if file.is_file()):
        s3.place(file.relative_to(ended.root).as_posix(), file.read_bytes())
    s3.on_get = lambda key, body: refuse() if key.startswith(denied or "-") else body
    run = SavedRun.from_dict(json.loads((ended.folder / "run.json").read_text()))
    run.texts, missing = [], []
    settings = {"Environment": {"Variables": {"S3_BUCKET": "lake"}}}
    clients = {
        "lambda": SimpleNamespace(get_function_configuration=lambda **_: settings),
        "stepfunctions": SimpleNamespace(list_executions=lambda **_: {"executions": []}),
        "s3": s3,
    }
    add_manifests(run, model_of(run), clients.get, missing)
    return run, missing


def refuse():
    raise client_error("AccessDenied", "GetObject", status=403)


def test_a_run_on_aws_has_the_passages_of_its_calls(ended):
    """The same as in the file of the run on this machine."""
    run, missing = fetched_from_aws(ended)
    assert missing == []
    assert run.texts == json.loads((ended.folder / "run.json").read_text())["texts"]
    assert [(text["item"], len(text["passages"])) for text in run.texts] == [
        (AUDIO, 1),
        (GIVEN, 6),
        (PUBLISHED, 6),
    ]


def test_whoever_may_not_read_what_was_staged_has_what_the_manifest_quotes(ended):
    """The page is made all the same."""
    run, missing = fetched_from_aws(ended, denied="staged/")
    assert missing == []
    given = run.texts[1]
    assert (given["count"], 0 < len(given["passages"]) < 6) == (6, True)


def summaries(transcribe):
    return transcribe.list_transcription_jobs({})["TranscriptionJobSummaries"]
