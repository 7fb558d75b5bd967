"""stockflow promote tries the way of a scheduled start too: role, alias and delivery, on the version that is live."""

import json

import pytest

from tests.workflow.promotion_stage import GROUP, QUEUE, SCHEDULE, START_ROLE, promote, refusal


def test_a_scheduled_start_is_tried_as_the_schedule_makes_it(stack):
    """The one-time schedule has the target of the stack's own: alias, role and queue; it is tried once."""
    deployed = stack()

    done = promote("--symbols", "AAPL")

    assert done.exit_code == 0, done.output
    (made,) = deployed.scheduler.made
    target = made["Target"]
    assert (target["Arn"], target["RoleArn"]) == (f"{deployed.machine}:live", START_ROLE)
    assert target["DeadLetterConfig"] == {"Arn": QUEUE}
    assert target["RetryPolicy"]["MaximumRetryAttempts"] == 0
    assert made["ActionAfterCompletion"] == "DELETE"


def test_a_scheduled_start_that_arrives_costs_no_request(stack):
    """The run that was delivered finds the market closed: only the smoke run has asked the vendor."""
    deployed = stack()

    done = promote("--symbols", "AAPL,MSFT")

    assert deployed.stepfunctions.starts() == ["2", "live"]
    deployed.wait_for_all()
    assert len(deployed.aws.vendor.requests) == 2
    assert deployed.stepfunctions.started[1][1].rpartition(":")[2] in done.output


def test_the_delivered_run_leaves_no_record_beside_the_runs(stack):
    """It is a smoke run: what it writes is below scratch/."""
    deployed = stack()

    promote("--skip-smoke", "to see the delivery alone")
    deployed.wait_for_all()

    assert deployed.stepfunctions.starts() == ["live"]
    assert {key.split("/")[0] for key in deployed.object_keys()} == {"scratch"}


def test_nothing_goes_live_where_a_scheduled_start_does_not_arrive(stack):
    """A role that may start nothing is found out; the sentence names it, and the command that reads why."""
    deployed = stack()
    deployed.scheduler.delivers = False

    done = promote("--symbols", "AAPL")

    assert (done.exit_code, deployed.live()) == (1, 1)
    assert "started no run within 240 s" in done.stderr
    assert "role stockflow-dev-StartRole-1A2B may do" in done.stderr
    assert "aws sqs receive-message" in done.stderr
    assert "--queue-name stockflow-dev-DeadLetters-3C4D" in done.stderr


@pytest.mark.parametrize("delivers", [True, False])
def test_the_one_time_schedule_is_removed(stack, delivers):
    """Whether it started a run or none, only the stack's own schedule is left."""
    deployed = stack()
    deployed.scheduler.delivers = delivers

    promote("--skip-smoke", "to see the delivery alone")

    assert deployed.scheduler.names() == [SCHEDULE]


def test_a_schedule_that_removed_itself_is_no_trouble(stack):
    """AWS removes a one-time schedule soon after its run, perhaps before the command does."""
    deployed = stack()
    deployed.scheduler.before["delete_schedule"] = lambda: [
        deployed.scheduler.delete_schedule(Name=made["Name"], GroupName=GROUP) for made in deployed.scheduler.made
    ]

    done = promote("--skip-smoke", "to see the delivery alone")

    assert (done.exit_code, deployed.live()) == (0, 2)


def test_a_bad_smoke_run_does_not_wait_for_the_schedule(stack):
    """Where the version is bad the one-time schedule is removed before it is due, and starts nothing."""
    deployed = stack()

    done = promote("--symbols", "UNKNOWN1")
    deployed.scheduler.pass_time(600)

    assert (done.exit_code, deployed.scheduler.names()) == (1, [SCHEDULE])
    assert deployed.stepfunctions.starts() == ["2"]


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("User is not authorized to perform: iam:PassRole on resource", "AccessDeniedException"),
        (
            "The execution role you provide must allow AWS EventBridge Scheduler to assume the role.",
            "ValidationException",
        ),
    ],
)
def test_nothing_is_done_where_the_schedule_can_not_be_made(stack, message, code):
    """Without the right to pass the role, or with a role that no schedule may take, no version is published."""
    deployed = stack()
    deployed.scheduler.before["create_schedule"] = refusal("scheduler:CreateSchedule", code, message)

    done = promote("--symbols", "AAPL")

    assert (done.exit_code, deployed.live()) == (1, 1)
    assert "iam:PassRole for stockflow-dev-StartRole-1A2B" in done.stderr or message.rstrip(".") in done.stderr
    assert deployed.stepfunctions.starts() == []


@pytest.mark.parametrize(
    ("call", "action"),
    [
        ("get_schedule", "scheduler:GetSchedule"),
        ("create_schedule", "scheduler:CreateSchedule"),
        ("delete_schedule", "scheduler:DeleteSchedule"),
    ],
)
def test_without_a_right_of_the_schedules_nothing_is_moved(stack, call, action):
    """Each call of the scheduler that AWS refuses ends the command with a sentence that names the permission."""
    deployed = stack()
    deployed.scheduler.before[call] = refusal(action)

    done = promote("--skip-smoke", "to see the delivery alone")

    assert (done.exit_code, deployed.live()) == (1, 1)
    assert action in done.stderr
    assert done.stderr.count("\n") == 1


def test_without_the_right_to_list_runs_nothing_is_moved(stack):
    """What can't be seen to arrive is not taken for arrived."""
    deployed = stack()
    deployed.stepfunctions.before["list_executions"] = refusal("states:ListExecutions")

    done = promote("--skip-smoke", "to see the delivery alone")

    assert (done.exit_code, deployed.live(), deployed.scheduler.names()) == (1, 1, [SCHEDULE])
    assert "states:ListExecutions" in done.stderr


def test_a_stack_deployed_before_it_named_its_schedule_is_deployed_again(stack):
    """Without the output nothing is tried, and the sentence says what to do."""
    deployed = stack()
    del deployed.outputs["Schedule"]

    done = promote("--symbols", "AAPL")

    assert (done.exit_code, deployed.live()) == (1, 1)
    assert "has no output Schedule" in done.stderr
    assert "deploy it again" in done.stderr
    assert deployed.stepfunctions.starts() == []


def test_a_stack_whose_schedule_was_removed_is_not_promoted(stack):
    """A schedule that somebody deleted is named."""
    deployed = stack()
    deployed.aws.session.client("scheduler").delete_schedule(Name=SCHEDULE, GroupName=GROUP)

    done = promote("--symbols", "AAPL")

    assert (done.exit_code, deployed.live()) == (1, 1)
    assert f"The schedule {SCHEDULE} of stockflow-dev is gone" in done.stderr


def test_a_live_version_that_knows_no_such_run_fetches_one_symbol(stack, monkeypatch):
    """The live version may be older than these runs: it asks for one symbol, away from the dataset."""
    deployed = stack()
    monkeypatch.setattr("stockflow_functions.daily_prices.plan.app._closed_market", lambda request, run: None)

    done = promote("--skip-smoke", "to see the delivery alone", "--symbols", "MSFT,AAPL")
    deployed.wait_for_all()

    assert (done.exit_code, deployed.live()) == (0, 2)
    assert [request.symbol for request in deployed.aws.vendor.requests] == ["MSFT"]
    assert {key.split("/")[0] for key in deployed.object_keys()} == {"scratch"}


@pytest.mark.parametrize("skew_seconds", [-240, 240])
def test_a_clock_that_is_off_does_not_matter(stack, skew_seconds):
    """The schedule is due by AWS's time: this machine's may be minutes before it or after it, as far as AWS allows."""
    deployed = stack()
    deployed.scheduler.skew_seconds = skew_seconds

    done = promote("--skip-smoke", "to see the delivery alone")

    assert (done.exit_code, deployed.live()) == (0, 2), done.output
    assert deployed.scheduler.elapsed_seconds < 120


def test_without_aws_time_the_machines_has_to_do(stack):
    """Where something on the way takes the date out of the answers, the schedule is due by this machine's clock."""
    deployed = stack()
    deployed.scheduler.tells_time = False

    done = promote("--skip-smoke", "to see the delivery alone")

    assert (done.exit_code, deployed.live()) == (0, 2), done.output


def test_the_runs_of_others_are_not_taken_for_the_delivered_one(stack):
    """A run that somebody starts meanwhile through the same alias proves nothing."""
    deployed = stack()
    deployed.scheduler.delivers = False
    deployed.stepfunctions.before["list_executions"] = lambda: deployed.stepfunctions.start_execution(
        stateMachineArn=f"{deployed.machine}:live", input=json.dumps({"symbols": ["AAPL"], "trigger": "smoke"})
    )

    done = promote("--skip-smoke", "to see the delivery alone")

    assert (done.exit_code, deployed.live()) == (1, 1)
