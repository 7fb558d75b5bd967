"""stockflow promote against an embedded AWS: a version goes live only after a smoke run of it that went well."""

import pytest

from tests.workflow.promotion_stage import promote, refusal


def test_a_good_version_goes_live(stack):
    """After a smoke run that saved its symbols the alias leads to the new version, and the old one is remembered."""
    deployed = stack()

    done = promote("--symbols", "AAPL, MSFT")

    assert done.exit_code == 0, done.output
    assert deployed.stepfunctions.starts()[0] == "2"
    assert (deployed.live(), deployed.live("previous")) == (2, 1)
    assert "Version 2 of stockflow-dev-DailyPrices is live" in done.output


def test_the_smoke_run_leaves_the_dataset_alone(stack):
    """What the smoke run saved is below scratch/, and nothing is below prices/."""
    deployed = stack()

    promote()

    assert {key.split("/")[0] for key in deployed.object_keys()} == {"scratch"}


@pytest.mark.parametrize(
    ("symbols", "vendor_options", "word"),
    [
        ("AAPL,UNKNOWN1", {}, "UnknownSymbol"),
        ("AAPL,MSFT", {"faults": {"MSFT": ["no_rows"]}}, "MSFT"),
        ("AAPL,MSFT", {"api_keys": ["another"]}, "InvalidApiKey"),
    ],
)
def test_a_bad_version_does_not_go_live(stack, symbols, vendor_options, word):
    """Where the smoke run did not save every symbol the alias stays, and the reason is told."""
    deployed = stack(**vendor_options)

    done = promote("--symbols", symbols)

    assert done.exit_code == 1
    assert deployed.live() == 1
    assert word in done.output
    assert "version 1 of stockflow-dev-DailyPrices stays" in done.output


def test_rollback_returns_to_the_version_before(stack):
    """A rollback exchanges the two versions, and a second one exchanges them again."""
    deployed = stack()
    promote()

    first, second = promote("--rollback"), promote("--rollback")

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "Version 1 of stockflow-dev-DailyPrices is live again" in first.output
    assert (deployed.live(), deployed.live("previous")) == (2, 1)


def test_there_is_nothing_to_roll_back_before_the_first_promotion(stack):
    """A rollback without a previous version says so, and changes nothing."""
    deployed = stack()

    done = promote("--rollback")

    assert (done.exit_code, deployed.live()) == (1, 1)
    assert "nothing was promoted yet" in done.output


def test_two_promotions_at_once_move_the_alias_once(stack):
    """Who finds another version live than before its smoke run moves nothing, and says who was first."""
    deployed = stack()
    third = []

    def another_promotes():
        third.append(deployed.stepfunctions.publish_state_machine_version(stateMachineArn=deployed.machine))
        routing = [{"stateMachineVersionArn": third[0]["stateMachineVersionArn"], "weight": 100}]
        alias = f"{deployed.machine}:live"
        deployed.stepfunctions.update_state_machine_alias(stateMachineAliasArn=alias, routingConfiguration=routing)

    deployed.stepfunctions.before["start_execution"] = another_promotes

    done = promote("--symbols", "AAPL")

    assert (done.exit_code, deployed.live()) == (1, 3)
    assert "Version 3 of stockflow-dev-DailyPrices was made live in the meantime" in done.stderr
    aliases = deployed.stepfunctions.list_state_machine_aliases(stateMachineArn=deployed.machine)
    assert len(aliases["stateMachineAliases"]) == 1


def test_a_promotion_that_stopped_half_way_is_not_rolled_back(stack):
    """Where the alias live could not be moved after its like, there is nothing to go back to."""
    deployed = stack()
    deployed.stepfunctions.before["create_state_machine_alias"] = lambda: deployed.stepfunctions.before.update(
        update_state_machine_alias=refusal("states:UpdateStateMachineAlias")
    )

    stopped, back = promote("--symbols", "AAPL"), promote("--rollback")

    assert (stopped.exit_code, back.exit_code, deployed.live()) == (1, 1, 1)
    assert "states:UpdateStateMachineAlias" in stopped.stderr
    assert "promote again" in back.stderr


@pytest.mark.parametrize(
    ("call", "action"),
    [
        ("describe_state_machine_alias", "states:DescribeStateMachineAlias"),
        ("publish_state_machine_version", "states:PublishStateMachineVersion"),
        ("start_execution", "states:StartExecution"),
        ("describe_execution", "states:DescribeExecution"),
        ("update_state_machine_alias", "states:UpdateStateMachineAlias"),
    ],
)
def test_without_a_right_nothing_is_moved(stack, call, action):
    """Each call that AWS may refuse ends the command with one sentence that names the permission."""
    deployed = stack()
    deployed.stepfunctions.before[call] = refusal(action)

    done = promote("--symbols", "AAPL")

    assert (done.exit_code, deployed.live()) == (1, 1)
    assert action in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("status", "remedy"),
    [
        ("CREATE_IN_PROGRESS", "wait"),
        ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "wait"),
        ("ROLLBACK_COMPLETE", "delete it before"),
        ("UPDATE_FAILED", "deploy it again"),
    ],
)
def test_a_half_deployed_stack_is_not_promoted(stack, status, remedy):
    """While the stack is not deployed to the end nothing is tried, and the sentence says what to do about it."""
    deployed = stack(status=status)

    done = promote()

    assert (done.exit_code, deployed.live()) == (1, 1)
    assert status in done.stderr
    assert remedy in done.stderr


def test_a_stack_without_the_outputs_is_not_promoted(stack):
    """A stack of this name that is no stockflow stack is named with what it lacks."""
    deployed = stack()
    deployed.outputs.clear()

    done = promote()

    assert (done.exit_code, deployed.live()) == (1, 1)
    assert "has no output" in done.stderr


def test_a_deferred_symbol_is_no_good_smoke_run(stack):
    """A day whose quota does not pay for the smoke run proves nothing: the alias stays."""
    deployed = stack(environment={"REQUESTS_PER_DAY": "1"})

    done = promote("--symbols", "AAPL,MSFT")

    assert (done.exit_code, deployed.live()) == (1, 1)
    assert "MSFT is deferred with 0 rows" in done.stderr


def test_symbols_that_can_not_be_are_refused_before_anything_is_done(stack):
    """Unusable arguments end with status 2 before a version is published."""
    deployed = stack()

    done = promote("--symbols", "../x")

    assert done.exit_code == 2
    assert len(deployed.aws.vendor.requests) == 0


def test_a_smoke_run_that_takes_too_long_changes_nothing(stack):
    """Past its time the command ends with what to do, and the alias stays."""
    deployed = stack(faults={"AAPL": ["hang:1"]})

    done = promote("--symbols", "AAPL", "--timeout-seconds", "0")

    assert (done.exit_code, deployed.live()) == (1, 1)
    assert "--timeout-seconds" in done.output
