"""Earnings calls on the embedded AWS: what may befall one, beside all others, and what a second run makes of it."""

import os
import re
from contextlib import ExitStack

import pytest

from stockflow.local_servers.slack_inbox import SlackReply
from stockflow_functions.aws import keys
from tests.conftest import REPOSITORY
from tests.workflow.call_troubles import DAY, PAUSING, TROUBLES
from tests.workflow.calls_stage import CallsStage, told

NAMES = [trouble.name for trouble in TROUBLES]
MANY = 20
"""Of a run, which takes no more than names.MOST_CALLS."""
DOCUMENT = REPOSITORY / "docs" / "faults.md"
TABLE = re.compile(r"(?<=<!-- troubles of calls -->\n\n)(\|.*\|\n)*")


class Tried:
    """Two runs in which each call meets its trouble, and clean ones after them."""

    def __init__(self, stage):
        self.stage = stage
        for trouble in TROUBLES:
            if trouble.body is not None:
                stage.drop(trouble.name, trouble.body)
            if trouble.prepare:
                trouble.prepare(stage, trouble.name)
        faults = {each.name: stage.aws.faults.add(each.fault(each.name)) for each in TROUBLES if each.fault}
        first, second = NAMES[:MANY], NAMES[MANY:]
        arn = stage.start(*first)
        for trouble in PAUSING:
            if trouble.meanwhile:
                stage.between(faults[trouble.name], lambda trouble=trouble: trouble.meanwhile(stage, trouble.name))
        self.manifests = [stage.end(arn), stage.run(*second)]
        self.unmet = [name for name, fault in faults.items() if not fault.met]
        stage.aws.faults.clear()
        self.again = [stage.run(*first), stage.run(*second)]
        self.jobs = stage.jobs()


@pytest.fixture(scope="module")
def tried(tmp_path_factory):
    with ExitStack() as stack:
        yield Tried(CallsStage(stack, tmp_path_factory.mktemp("calls")))


def call_of(manifests, name):
    return next(call for manifest in manifests for call in manifest["symbols"] if call["symbol"] == name)


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.what)
def test_call_ends_as_its_trouble_has_it(tried, trouble):
    """Saved, deferred, or failed by an error with a name, in the state where it happened."""
    assert told(call_of(tried.manifests, trouble.name)) == trouble.ends


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.what)
def test_clean_run_makes_up_for_it(tried, trouble):
    """What a fault kept away is saved; what is saved is unchanged; what is wrong for good fails the same way."""
    assert told(call_of(tried.again, trouble.name)) == trouble.again


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.what)
def test_no_job_is_started_for_nothing(tried, trouble):
    """A recording has one, another after one that failed, and none for a second event."""
    name = trouble.name.rpartition(".")[0].replace("/", "-") or "no recording"

    assert (
        sum(job.startswith(f"stockflow-{name}-") and "investor" not in job[len(name) :] for job in tried.jobs)
        == trouble.jobs
    )


def test_every_fault_was_met(tried):
    """Otherwise nothing was tried."""
    assert tried.unmet == []


def test_every_record_is_in_the_manifest(tried):
    """As its state wrote it; and the other way round no call is told that has no record or no place in the plan."""
    for manifest in (*tried.manifests, *tried.again):
        told_of = {call["symbol"]: call for call in manifest["symbols"]}
        records = [
            tried.stage.bucket.get_json(key)
            for key in tried.stage.bucket.keys(keys.symbol_records(manifest["execution"]))
        ]
        assert all(told_of[record["symbol"]] == record for record in records)
        unchanged = {name for name, call in told_of.items() if call["status"] == "unchanged"}
        assert told_of.keys() == {record["symbol"] for record in records} | unchanged


def test_counts_of_a_manifest_are_those_of_its_calls(tried):
    """Units, seconds and requests add up."""
    for manifest in (*tried.manifests, *tried.again):
        calls, cost = manifest["symbols"], manifest["cost"]
        paid = [max(15, call["transcribed_seconds"]) for call in calls if call["transcribed_seconds"]]
        assert cost["comprehend_units"] == sum(call["units"] for call in calls)
        assert cost["transcribed_seconds"] == pytest.approx(sum(paid))
        assert manifest["requests"]["made"] == sum(call["attempts"] for call in calls)


def test_second_event_costs_no_unit(tried):
    """What is in the dataset is judged once."""
    saved = [each.name for each in TROUBLES if (each.ends, each.again) == ("saved", "unchanged")]

    assert [call_of(tried.again, name)["units"] for name in saved] == [0] * len(saved)


def test_two_calls_of_one_symbol_that_meet_have_both_their_rows(tried):
    """And the later one is compared with the earlier."""
    earlier, later = tried.stage.rows("RACE")

    assert [row.previous_call_date for row in (earlier, later)] == [None, earlier.call_date]


def test_call_without_tone_has_a_row_without_one(tried):
    """Its transcript is kept, and a sentence says why."""
    (row,) = tried.stage.rows("SWEDISH")

    assert (row.language, row.tone, row.engine_tone) == ("sv-SE", None, None)
    assert "sv-SE" in call_of(tried.manifests, f"SWEDISH/{DAY}.wav")["warnings"][0]


def test_page_says_what_was_tried():
    """Row by row: docs/faults.md; ``UPDATE_GOLDEN=1`` writes it anew."""
    rows = [(each.what, each.ends, each.again) for each in TROUBLES]
    lines = [("What befalls the call", "The call", "In a clean run"), ("---", "---", "---"), *rows]
    table = "".join(f"| {' | '.join(line)} |\n" for line in lines)
    if os.environ.get("UPDATE_GOLDEN"):
        DOCUMENT.write_text(TABLE.sub(lambda _: table, DOCUMENT.read_text()))

    assert TABLE.search(DOCUMENT.read_text())[0] == table


def ended(stage, *names, **more):
    """How a run ends: its status with its error, and its manifest."""
    arn = stage.start(*names, **more)
    manifest = stage.end(arn)
    description = stage.aws.stepfunctions.describe_execution(executionArn=arn)
    return " ".join(filter(None, (description["status"], description.get("error")))), manifest


@pytest.fixture
def healed(tried):
    """The stage, without its faults before and after."""
    yield tried.stage
    tried.stage.vendor.heal()
    tried.stage.aws.slack.answer_always(None)
    tried.stage.forget_budget()


VENDORS = "VENDOR/2024Q2@2024-07-24"


def test_spent_quota_defers_the_call_and_the_next_scheduled_run_takes_it_up(healed):
    """Nothing is wrong with it; a recording in the same run does not wait for the vendor."""
    healed.vendor.fail("VENDOR", "quota*9")
    status, manifest = ended(healed, VENDORS, f"GIVEN/{DAY}.json", force=True)
    healed.vendor.heal()
    healed.forget_budget()
    _, scheduled = ended(healed, trigger="schedule")

    assert status == "SUCCEEDED"
    assert [told(call) for call in manifest["symbols"]] == ["deferred QuotaExhausted in FetchTranscript", "saved"]
    assert told(call_of([scheduled], VENDORS)) == "saved"


def test_refused_key_ends_the_run(healed):
    """Every other request would be refused too."""
    healed.vendor.fail("VENDOR", "invalid_key*9")
    status, manifest = ended(healed, VENDORS, force=True)

    assert status == "FAILED InvalidApiKey"
    assert told(call_of([manifest], VENDORS)) == "failed InvalidApiKey in FetchTranscript"


def test_slack_that_is_down_costs_no_record(healed):
    """The run is red, for nobody could be told; what was saved stays saved, and the manifest says so."""
    healed.aws.slack.answer_always(SlackReply(500))
    status, manifest = ended(healed, f"GIVEN/{DAY}.json", force=True)

    assert status == "FAILED NotificationFailed"
    assert told(call_of([manifest], f"GIVEN/{DAY}.json")) == "saved"


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("AAPL/call.mp3", None, "can't be a call"),
        (f"AAPL/{DAY}.mov", None, "is no recording that Transcribe takes"),
        (f"AAPL/{DAY}.mp3", None, "There is no object"),
        (f"AAPL/{DAY}.mp3", b"", "has 0 bytes"),
        (f"AAPL/{DAY}.mp3", b"Good day.", "is a text, not a recording"),
    ],
)
def test_input_that_can_not_be_used_ends_the_run_with_a_sentence(healed, name, body, said):
    """Before anything is paid for."""
    if body is not None:
        healed.drop(name, body)
    status, manifest = ended(healed, name)

    assert status == "FAILED InvalidInput"
    assert said in manifest["error"]["message"]
