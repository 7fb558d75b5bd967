"""Later deployments of the stack on LocalStack: what is live stays as it was until another version is promoted."""

import re
import shutil
import zipfile

import pytest

from tests.engines.deployment import BUILD
from tests.engines.scheduler import played_scheduler

FUNCTION = re.compile(r"arn:aws:lambda:[\w-]+:\d+:function:stockflow-dev-(\w+):(\d+)")


class Workflow:
    """The deployed stack's workflow: which function versions its revisions call, and with which settings."""

    def __init__(self, stack):
        self._stepfunctions = stack.stepfunctions
        self._functions = stack.client("lambda")
        self.machine = stack.outputs["StateMachine"]

    def version(self, alias):
        """The number of the version that the alias leads to."""
        found = self._stepfunctions.describe_state_machine_alias(stateMachineAliasArn=f"{self.machine}:{alias}")
        return int(found["routingConfiguration"][0]["stateMachineVersionArn"].rpartition(":")[2])

    def calls(self, revision):
        """The function versions, by state, of a version of the workflow; of what is deployed where it is None."""
        arn = self.machine if revision is None else f"{self.machine}:{revision}"
        definition = self._stepfunctions.describe_state_machine(stateMachineArn=arn)["definition"]
        return {state: int(number) for state, number in FUNCTION.findall(definition)}

    def setting(self, variable, revision=None):
        """What the functions of a revision have for a variable, all of them."""
        values = set()
        for state, number in self.calls(revision).items():
            name = f"stockflow-dev-{state}"
            found = self._functions.get_function_configuration(FunctionName=name, Qualifier=str(number))
            values.add(found["Environment"]["Variables"][variable])
        return values


@pytest.fixture(scope="module")
def workflow(stack):
    stack.empty()
    return Workflow(stack)


@pytest.fixture(scope="module")
def first(workflow):
    """The function versions that the first version of the workflow calls, as it was deployed."""
    return workflow.calls(1)


@pytest.fixture(scope="module")
def with_another_rate(stack, workflow, first):
    """The stack deployed again with nothing but another value of one parameter; gives CloudFormation's status."""
    return stack.deployment.update(RequestsPerMinute="40")


@pytest.fixture(scope="module")
def promoted(stack, workflow, stockflow, with_another_rate):
    """stockflow promote, with the Scheduler played: the command's end, what was played, and the objects before."""
    before = stack.object_keys()
    with played_scheduler(stack.client("scheduler"), stack.stepfunctions) as played:
        return stockflow("promote"), played, before


@pytest.fixture(scope="module")
def rolled_back(workflow, stockflow, promoted):
    """stockflow promote --rollback twice: each one's end, and the version that was live after it."""
    return [(stockflow("promote", "--rollback"), workflow.version("live")) for _ in range(2)]


@pytest.fixture(scope="module")
def other_build(tmp_path_factory):
    """A build whose functions have one more file."""
    folder = tmp_path_factory.mktemp("build") / "build"
    shutil.copytree(BUILD, folder, ignore=shutil.ignore_patterns("python", "functions"))
    with zipfile.ZipFile(folder / "functions.zip", "a") as package:
        package.writestr("stockflow_functions/another_file.py", "")
    return folder


@pytest.fixture(scope="module")
def with_other_code(stack, other_build, rolled_back):
    """That build deployed; CloudFormation's status."""
    return stack.deployment.update(build=other_build)


@pytest.fixture(scope="module")
def under_another_id(stack, workflow, other_build, with_other_code):
    """The same build once more, as after a deployment that was rolled back; the status, and what was called before."""
    before = workflow.calls(None)
    return stack.deployment.update(build=other_build, DeploymentId="again"), before


def test_a_parameter_alone_makes_new_function_versions(workflow, first, with_another_rate):
    """Another value of a parameter is in new versions of all five functions, which the deployed workflow calls."""
    deployed = workflow.calls(None)

    assert with_another_rate == "UPDATE_COMPLETE"
    assert [state for state in first if deployed[state] <= first[state]] == []
    assert workflow.setting("REQUESTS_PER_MINUTE") == {"40"}


def test_what_is_live_keeps_its_functions(workflow, first, with_another_rate):
    """The live version is still the first, calls the versions that it always called, and they have the old value."""
    assert workflow.version("live") == 1
    assert workflow.calls(1) == first
    assert workflow.setting("REQUESTS_PER_MINUTE", 1) == {"30"}


def test_promote_makes_the_deployed_version_live(workflow, promoted):
    """After a smoke run of each workflow its alias leads to the second version, which has the new value."""
    done, *_ = promoted
    assert done.returncode == 0, done.stderr
    moved = [line.partition(";")[0] for line in done.stdout.splitlines() if " is live; " in line]
    assert moved == [
        "Version 2 of stockflow-dev-DailyPrices is live",
        "Version 2 of stockflow-dev-EarningsCalls is live",
    ]
    assert workflow.setting("REQUESTS_PER_MINUTE", 2) == {"40"}


def test_promote_tries_the_schedules_way(stack, promoted):
    """One-time schedules with the targets and the role of the stack's own were made, played, and are gone."""
    _, played, _ = promoted
    scheduler = stack.client("scheduler")
    names = [stack.outputs[output] for output in ("Schedule", "CallSchedule")]
    own = [scheduler.get_schedule(GroupName=stack.deployment.name, Name=name)["Target"] for name in names]
    left = scheduler.list_schedules()["Schedules"]

    assert _targets([schedule["Target"] for schedule in played]) == _targets(own)
    assert not {item["Name"] for item in left} & {schedule["Name"] for schedule in played}
    assert {item["Name"] for item in left} >= set(names)


def _targets(targets):
    return sorted((target["Arn"], target["RoleArn"]) for target in targets)


def test_promote_leaves_the_dataset_alone(stack, promoted):
    """What the smoke run and the run of the schedule wrote is below scratch/."""
    *_, before = promoted
    assert {key.partition("/")[0] for key in set(stack.object_keys()) - set(before)} == {"scratch"}


def test_rollback_goes_back_and_forth(rolled_back):
    """A rollback makes the version before live again, and another one the newer."""
    assert [(done.returncode, version) for done, version in rolled_back] == [(0, 1), (0, 2)]


def test_other_code_makes_new_function_versions(workflow, with_other_code):
    """Another content of the package is in new versions of all five functions; what is live is as before."""
    deployed, live = workflow.calls(None), workflow.calls(2)

    assert with_other_code == "UPDATE_COMPLETE"
    assert [state for state in live if deployed[state] <= live[state]] == []
    assert workflow.version("live") == 2


def test_another_deployment_id_publishes_the_same_build_anew(workflow, under_another_id):
    """The same build under another DeploymentId is in new versions of all five functions."""
    status, before = under_another_id
    deployed = workflow.calls(None)

    assert status == "UPDATE_COMPLETE"
    assert [state for state in before if deployed[state] <= before[state]] == []


def test_promote_without_a_smoke_run(workflow, stack, stockflow, under_another_id):
    """With a reason the deployed version goes live without fetching anything, and the alias keeps the reason."""
    asked = len(stack.vendor.requests)
    with played_scheduler(stack.client("scheduler"), stack.stepfunctions):
        done = stockflow("promote", "--skip-smoke", "the quota is spent")

    alias = stack.stepfunctions.describe_state_machine_alias(stateMachineAliasArn=f"{workflow.machine}:live")
    assert done.returncode == 0, done.stderr
    assert workflow.version("live") == 3
    assert len(stack.vendor.requests) == asked
    assert "the quota is spent" in alias["description"]
