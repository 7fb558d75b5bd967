"""The functions' clients give up before the workflow does, so that a service that hangs is named and noted down."""

from types import SimpleNamespace

import pytest
from botocore.retries.standard import ExponentialBackoff

from stockflow_functions.channels.delivery import PATIENCE_SECONDS, TIME_OUTS_SECONDS
from stockflow_functions.pacing.slot_gate import LONGEST_SLEEP_MS
from stockflow_functions.runtime.services import AWS_CALLS
from stockflow_functions.vendors.alpha_vantage.download import DownloadLimits
from tests.helpers.stack import WORKFLOWS, calls

TASKS = {name: state for workflow in WORKFLOWS for name, state in calls(workflow).items()}
WORK_SECONDS = {
    "Plan": 5,
    "Fetch": 5,
    "Transform": 30,
    "Save": 30,
    "Notify": 10,
    "NotifyFailure": 10,
    "PlanCalls": 5,
    "StartTranscription": 2,
    "LookAtTranscription": 2,
    "FetchTranscript": 5,
    "ReadTranscript": 30,
    "JudgeTone": 60,
    "SaveTone": 30,
    "NotifyCalls": 10,
    "NotifyCallsFailure": 10,
}
"""What a call does beside waiting for the one that hangs, with a cold handler: generous, several times the typical."""
SLACK_SECONDS = PATIENCE_SECONDS + 3 * sum(TIME_OUTS_SECONDS)
"""The last attempt at the first webhook begins when the patience ends; two fallbacks get one each."""


def longest_call_seconds():
    """The longest that one AWS call takes where the service is silent: every attempt, and the pauses in full."""
    attempts = AWS_CALLS.retries["total_max_attempts"]
    back_off = ExponentialBackoff(random=lambda: 1)
    silent = [SimpleNamespace(attempt_number=number, http_response=None) for number in range(1, attempts)]
    pauses = sum(back_off.delay_amount(attempt) for attempt in silent)
    return attempts * (AWS_CALLS.connect_timeout + AWS_CALLS.read_timeout) + pauses


@pytest.mark.parametrize("name", TASKS)
def test_a_call_that_hangs_is_given_up_and_noted_before_its_task_ends(name):
    """One call that hangs, and then the write of the failure's record that hangs too, still end before the Task."""
    assert 2 * longest_call_seconds() + WORK_SECONDS[name] < TASKS[name]["TimeoutSeconds"]


@pytest.mark.parametrize("name", [name for workflow in WORKFLOWS for name in workflow.asking])
def test_the_slowest_answer_leaves_time_to_find_the_bucket_silent(name):
    """It sleeps for its slot, gets its answer at the last moment, and then S3 hangs: the failure is still named."""
    seconds = LONGEST_SLEEP_MS / 1000 + DownloadLimits().total_seconds + 2 * longest_call_seconds() + WORK_SECONDS[name]
    assert seconds < TASKS[name]["TimeoutSeconds"]


@pytest.mark.parametrize("name", [name for workflow in WORKFLOWS for name in workflow.notifiers])
def test_webhooks_that_hang_leave_time_for_the_topic(name):
    """Three webhooks that are silent to the last, and one AWS call that hangs, still end before the Task."""
    assert SLACK_SECONDS + longest_call_seconds() + WORK_SECONDS[name] < TASKS[name]["TimeoutSeconds"]
