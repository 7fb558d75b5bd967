"""stockflow promote with a workflow of earnings calls beside that of prices: both are tried, and both are moved."""

import pytest

from stockflow.embedded.faults import AwsFault
from tests.helpers.scripted_engines import ScriptedSpeech, wav_of
from tests.workflow.promotion_stage import promote

CALLS = ("--workflow", "earnings-calls")
FIRST = "calls/EXAMPLE/2026-10-29"


def test_both_workflows_go_live(stack):
    """After a smoke run of each that went well both aliases lead to the new versions."""
    deployed = stack(calls=True)

    done = promote("--symbols", "AAPL")

    assert (done.exit_code, deployed.both_live()) == (0, (2, 2)), done.output
    assert "Version 2 of stockflow-dev-EarningsCalls: smoke run of EXAMPLE/2026-10-29.json." in done.output


def test_the_invented_call_stays_out_of_the_dataset(stack):
    """What the smoke run of calls is given and what it saves is below scratch/, its tone too."""
    deployed = stack(calls=True)

    promote(*CALLS)

    keys = [key.partition("/")[2].partition("/")[2] for key in deployed.object_keys()]
    assert {key.split("/")[0] for key in deployed.object_keys()} == {"scratch"}
    assert [f"{FIRST}.json" in keys, "tone/EXAMPLE.parquet" in keys] == [True, True]


def test_one_workflow_can_go_live_alone(stack):
    """With --workflow the other one is neither tried nor moved, and the vendor is not asked."""
    deployed = stack(calls=True)

    done = promote(*CALLS)

    assert (done.exit_code, deployed.both_live()) == (0, (1, 2)), done.output
    assert deployed.aws.vendor.requests == []


def test_where_one_is_bad_neither_goes_live(stack, no_back_off):
    """A version of calls that can't judge keeps a good version of prices back too, and the reason is told."""
    deployed = stack(calls=True)
    deployed.aws.faults.add(AwsFault("comprehend", "AccessDeniedException"))

    done = promote("--symbols", "AAPL")

    assert (done.exit_code, deployed.both_live()) == (1, (1, 1))
    assert "EXAMPLE/2026-10-29.json failed in JudgeTone" in done.stderr
    assert "version 1 of stockflow-dev-DailyPrices and version 1 of stockflow-dev-EarningsCalls stay." in done.stderr


def test_each_schedule_is_tried(stack):
    """The way of a scheduled start is tried for each workflow, and the run of calls asks for nothing."""
    deployed = stack(calls=True)

    done = promote("--skip-smoke", "to see the delivery alone")
    deployed.wait_for_all()

    targets = [schedule["Target"]["Arn"] for schedule in deployed.scheduler.made]
    assert (done.exit_code, targets) == (0, [f"{deployed.machine}:live", f"{deployed.calls_machine}:live"])
    runs = deployed.stepfunctions.list_executions(stateMachineArn=f"{deployed.calls_machine}:live")["executions"]
    assert [run["status"] for run in runs] == ["SUCCEEDED"]


def test_a_rollback_takes_both_back(stack):
    """A rollback exchanges the versions of each workflow."""
    deployed = stack(calls=True)
    promote("--skip-smoke", "in a hurry")

    done = promote("--rollback")

    assert (done.exit_code, deployed.both_live()) == (0, (1, 1)), done.output


def test_a_rollback_leaves_a_new_workflow_as_it_is(stack):
    """A workflow that was never promoted stays, which is said, and the other one goes back."""
    deployed = stack(calls=True)
    promote("--skip-smoke", "in a hurry", "--workflow", "daily-prices")

    done = promote("--rollback")

    assert (done.exit_code, deployed.both_live()) == (0, (1, 1))
    assert "There is no version of stockflow-dev-EarningsCalls to go back to" in done.output


def test_a_stack_of_an_older_release_has_no_calls_to_promote(stack):
    """Where the stack lacks the workflow that is named, the sentence says which output is missing."""
    deployed = stack()

    done = promote(*CALLS)

    assert (done.exit_code, deployed.live()) == (1, 1)
    assert "has no output EarningsCalls" in done.stderr


def test_a_recording_is_written_down_if_one_is_given(stack, tmp_path):
    """With --smoke-audio the price is told, and Amazon Transcribe's job is part of the smoke run."""
    deployed = stack(calls=True, speech=ScriptedSpeech())
    (tmp_path / "short.wav").write_bytes(wav_of("Good afternoon. It was a great quarter.", seconds=3))

    done = promote(*CALLS, "--smoke-audio", str(tmp_path / "short.wav"))

    assert (done.exit_code, deployed.both_live()) == (0, (1, 2)), done.output
    assert done.output.startswith("Amazon Transcribe takes $0.006 to write short.wav down, in the smoke run.\n")
    assert [key for key in deployed.object_keys() if "/transcriptions/" in key] != []


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--rollback"], "leave it out"),
        (["--skip-smoke", "in a hurry"], "leave it out"),
        (["--workflow", "daily-prices"], "is for earnings calls"),
    ],
)
def test_a_recording_without_a_smoke_run_of_calls_is_refused(stack, tmp_path, arguments, word):
    """Where no smoke run would use the recording nothing is begun: a sentence, and status 2."""
    deployed = stack(calls=True)
    (tmp_path / "short.wav").write_bytes(wav_of("Good afternoon."))

    done = promote("--smoke-audio", str(tmp_path / "short.wav"), *arguments)

    assert (done.exit_code, deployed.both_live()) == (2, (1, 1))
    assert word in done.stderr


def test_an_unknown_workflow_is_refused(stack):
    """A name that no workflow has ends with status 2 and those that there are."""
    deployed = stack(calls=True)

    done = promote("--workflow", "lunch")

    assert (done.exit_code, deployed.both_live()) == (2, (1, 1))
    assert "earnings-calls" in done.stderr
