"""What Transcribe and Comprehend answered, made again from what a run left: the same work gives the same again."""

from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError

from stockflow.testing import NOON_MS, FakeAws, FakeClock
from stockflow_functions.aws import keys
from stockflow_functions.domain.calls.passages import Passage
from stockflow_functions.domain.clock import to_iso
from stockflow_functions.earnings_calls import recalled
from stockflow_functions.earnings_calls.judge.app import judge
from stockflow_functions.earnings_calls.look.app import look
from stockflow_functions.earnings_calls.staged import stage
from stockflow_functions.earnings_calls.start.app import start
from stockflow_functions.runtime.services import Services
from stockflow_functions.runtime.workflow import NotRecalledError, Then

NAME, KEY = "AAPL/2026-10-29.wav", "calls/AAPL/2026-10-29.wav"
RUN = {"execution": "run-1", "trigger": "inbox", "language": "", "force": False, "started_at": to_iso(NOON_MS)}
TEXTS = ("We are pleased.", "Thank you.", "Sales fell.")


class Stage:
    """A run's state, called once for real and once from its traces."""

    def __init__(self, work, recall):
        self.aws = FakeAws(FakeClock(NOON_MS))
        self.aws.s3.place(KEY, b"RIFF\x00")
        self.work, self.recall = work, recall
        self.job = {"name": "", "wait_seconds": 0, "looks": 0, "tries": 0}

    def event(self, **more):
        etag = self.aws.services.bucket.facts(KEY).etag
        call = {"symbol": "AAPL", "date": "2026-10-29", "label": "", "quarter": "", "door": "audio", "key": KEY}
        return {"run": RUN, "symbol": NAME, "call": {**call, "etag": etag, "bytes": 5}, "retry_count": 0, **more}

    def called(self, event, recalled_clients=None):
        """What came of the call: the answer, or the name of the error and its sentence."""
        services = self.services_with(recalled_clients) if recalled_clients else self.aws.services
        try:
            return self.work(event, services), "", ""
        except NotRecalledError:
            raise
        except Exception as error:  # noqa: BLE001 # whatever a state raises
            return {}, type(error).__name__, str(error)

    def services_with(self, clients):
        session = SimpleNamespace(client=lambda name, **_: clients.get(name) or self.aws.client(name))
        first = self.aws.services
        return Services(first.settings, clock=self.aws.clock, logger=first.logger, session=session)

    def both(self, event):
        """Then, and from the traces of then; the second time the services are gone."""
        then = self.called(event)
        self.aws.transcribe.jobs.clear()
        stored = self.aws.s3.objects.get
        return then, self.called(event, self.recall(Then(event, *then, stored)))


@pytest.fixture
def starting():
    return Stage(start, recalled.jobs_started)


@pytest.fixture
def looking():
    stage = Stage(look, recalled.job_looked_at)
    stage.job = start(stage.event(job=stage.job), stage.aws.services)["job"]
    return stage


@pytest.fixture
def judging():
    stage = Stage(judge, recalled.scores_given)
    stage.passages = [Passage(n, None, None, None, None, text) for n, text in enumerate(TEXTS, 1)]
    stage.key = keys.passages("run-1", NAME)
    stage_passages(stage)
    return stage


def stage_passages(judging):
    stage(judging.aws.services.bucket, judging.key, judging.passages)


def judged_event(judging, language="en-US"):
    about = {"key": judging.key, "language": language, "warnings": [], "attempts": 0}
    return judging.event(passages=about)


def refusal(code, words=""):
    return ClientError({"Error": {"Code": code, "Message": words}}, "Any")


class TestStarting:
    """StartTranscription."""

    def test_a_job_that_was_started_is_started_again(self, starting):
        """Under the name that it had."""
        then, now = starting.both(starting.event(job=starting.job))
        assert now == then
        assert then[0]["job"]["tries"] == 1

    def test_a_job_after_failed_ones_has_its_number(self, starting):
        """The names before it are taken by jobs that failed."""
        first = starting.called(starting.event(job=starting.job))[0]["job"]
        starting.aws.transcribe.break_off(first["name"])
        then, now = starting.both(starting.event(job=first))
        assert now == then
        assert then[0]["job"]["name"].endswith("-r2")

    def test_a_job_that_was_adopted_is_adopted_again(self, starting):
        """Nothing is started, and nothing counted as started."""
        starting.called(starting.event(job=starting.job))
        for job in starting.aws.transcribe.jobs.values():
            job["CreationTime"] = job["CreationTime"].replace(year=2025)
        then, now = starting.both(starting.event(job=starting.job))
        assert now == then
        assert then[0]["job"]["tries"] == 0

    def test_a_job_that_could_not_use_the_recording_is_met_again(self, starting):
        """With its reason."""
        first = starting.called(starting.event(job=starting.job))[0]["job"]
        starting.aws.transcribe.break_off(first["name"], "Invalid sample rate.")
        then, now = starting.both(starting.event(job=starting.job))
        assert now == then
        assert then[1] == "AudioRefused"

    def test_a_strangers_job_is_in_the_way_again(self, starting):
        """The sentence names what it is about."""
        starting.called(starting.event(job=starting.job))
        for job in starting.aws.transcribe.jobs.values():
            job["Media"] = {"MediaFileUri": "s3://other/x.mp3"}
        then, now = starting.both(starting.event(job=starting.job))
        assert now == then
        assert then[1] == "NameTaken"

    @pytest.mark.parametrize(
        ("code", "words", "error"),
        [
            ("BadRequestException", "The media format isn't valid.", "AudioRefused"),
            ("LimitExceededException", "You have too many jobs running.", "TranscriberBusy"),
            ("AccessDeniedException", "No.", "StorageDenied"),
            ("BadRequestException", "The S3 URI that you provided can't be accessed.", "StorageDenied"),
        ],
    )
    def test_a_refusal_is_made_again(self, starting, code, words, error):
        """With the same sentence."""
        starting.aws.transcribe.fail(refusal(code, words), "start_transcription_job")
        then, now = starting.both(starting.event(job=starting.job))
        assert now == then
        assert then[1] == error

    def test_what_can_not_be_known_is_said(self, starting):
        """A call that was killed left no trace of what Transcribe said."""
        event = starting.event(job=starting.job)
        with pytest.raises(NotRecalledError, match=r"is not known, for it did not finish then: add --live"):
            starting.called(event, starting.recall(Then(event, {}, "", "", lambda _key: None)))


class TestLooking:
    """LookAtTranscription."""

    @pytest.mark.parametrize("reason", ["", "The media format that you specified isn't valid.", "An internal failure."])
    @pytest.mark.parametrize("tries", [1, 2])
    def test_a_failed_job_has_failed_again(self, looking, reason, tries):
        """For the same reason, whatever is made of it."""
        looking.aws.transcribe.break_off(looking.job["name"], reason)
        then, now = looking.both(looking.event(job={**looking.job, "tries": tries}))
        assert now == then

    def test_a_job_under_way_is_under_way(self, looking):
        """And is looked at once more."""
        then, now = looking.both(looking.event(job=looking.job))
        assert now == then
        assert then[0]["job"]["looks"] == 1

    def test_an_ended_job_has_its_transcript(self, looking):
        """Where it was then."""
        looking.aws.transcribe.complete(looking.job["name"], {})
        then, now = looking.both(looking.event(job=looking.job))
        assert now == then
        assert then[0]["transcript"]["key"].startswith("transcriptions/")

    def test_a_job_that_never_ends_is_given_up_again(self, looking):
        """Though its age is not in the traces."""
        looking.aws.clock.ms = NOON_MS + 4 * 3600 * 1000
        then, now = looking.both(looking.event(job=looking.job))
        assert now == then
        assert then[1] == "TranscriptionStuck"

    def test_a_job_that_was_gone_is_gone(self, looking):
        """Somebody had deleted it."""
        looking.aws.transcribe.jobs.clear()
        then, now = looking.both(looking.event(job=looking.job))
        assert now == then
        assert then[1] == "TranscriptionFailed"


class TestJudging:
    """JudgeTone."""

    def test_each_passage_has_its_own_scores_again(self, judging):
        """Also the one that Comprehend refused, which has none."""
        judging.passages += [Passage(n, None, None, None, None, f"Word {n}.") for n in range(4, 40)]
        stage_passages(judging)
        judging.aws.comprehend.score = lambda text: (len(text) / 100, 0.1, 0.1, 0.1)
        judging.aws.comprehend.refused = {"Sales fell."}
        event = judged_event(judging)
        then = judging.called(event)
        before = dict(judging.aws.s3.objects)
        asked = len(judging.aws.comprehend.batches)
        now = judging.called(event, judging.recall(Then(event, *then, before.get)))
        assert now == then
        assert then[0]["unscored"] == 1
        assert judging.aws.s3.objects == before
        assert len(judging.aws.comprehend.batches) == asked

    def test_a_language_without_a_judge_has_none_again(self, judging):
        """The engine is asked, and refuses."""
        judging.aws.comprehend.fail(refusal("UnsupportedLanguageException"), "batch_detect_sentiment")
        then, now = judging.both(judged_event(judging, "ja-JP"))
        assert now == then
        assert then[0]["units"] == 0

    def test_a_throttled_judge_is_throttled_again(self, judging):
        """With the service's own word for it."""
        judging.aws.comprehend.fail(refusal("ThrottlingException"), "batch_detect_sentiment")
        then, now = judging.both(judged_event(judging))
        assert now == then
        assert then[1] == "ToneUnavailable"

    def test_scores_that_are_gone_are_not_made_up(self, judging):
        """staged/ is kept for seven days: after that one sentence says what to do."""
        event = judged_event(judging)
        then = judging.called(event)
        with pytest.raises(NotRecalledError, match=r"are not kept: staged/run-1/.* is gone.*Add --live"):
            judging.called(event, judging.recall(Then(event, *then, lambda _key: None)))

    def test_a_passage_that_is_cut_otherwise_now_has_no_scores(self, judging):
        """Another release cuts elsewhere: nothing is judged in place of what was."""
        event = judged_event(judging)
        then = judging.called(event)
        before = dict(judging.aws.s3.objects)
        judging.passages[0] = Passage(1, None, None, None, None, "We are very pleased.")
        stage_passages(judging)
        with pytest.raises(NotRecalledError, match="is another one now than in the run"):
            judging.called(event, judging.recall(Then(event, *then, before.get)))
