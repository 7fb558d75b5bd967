"""The workflows' definitions against the Python that they call and the template that deploys them."""

import ast
import inspect
import re

import pytest

from stockflow_functions.daily_prices.plan.shards import MOST_SHARDS
from stockflow_functions.daily_prices.workflow import DAILY_PRICES
from stockflow_functions.domain import errors
from stockflow_functions.earnings_calls.workflow import EARNINGS_CALLS
from stockflow_functions.runtime.retries import NO_ROOM
from tests.helpers.stack import (
    ROOT,
    WORKFLOWS,
    calls,
    definition,
    definition_path,
    function_properties,
    iteration,
    states,
    tasks,
    template,
)

# Names that Step Functions and Lambda themselves give: docs.aws.amazon.com/step-functions/latest/dg, "Handling errors"
# and "Best practices" (Lambda service exceptions). Runtime.ExitError is a function whose process ended.
RESERVED = {
    "States.ALL",
    "States.Timeout",
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
    "Lambda.Unknown",
    "Runtime.ExitError",
    "Sandbox.Timedout",
    # Of the Task that starts an execution, as its page has the first and as others' definitions have met the rest:
    # docs.aws.amazon.com/step-functions/latest/dg, "Start a new AWS Step Functions state machine".
    "StepFunctions.ExecutionLimitExceeded",
    "StepFunctions.ExecutionLimitExceededException",
    "StepFunctions.AWSStepFunctionsException",
    "StepFunctions.ThrottlingException",
    "StepFunctions.SdkClientException",
}

# Errors that no Retry and no Catch names: States.ALL takes them, and this is why that is right.
LEFT_TO_STATES_ALL = {
    "UnknownSymbol": "the symbol's own trouble, for good",
    "PremiumRequired": "the symbol's own trouble, for good",
    "BadPrices": "the symbol's own trouble, for good",
    "InvalidInput": "only a planner raises it, and a run without a plan can only be reported",
    "StorageDenied": "a permission is missing: trying again changes nothing, and the message says what to grant",
    "AudioRefused": "the recording's own trouble, for good",
    "BadTranscript": "the transcript's own trouble, for good",
    "CallReplaced": "another run judges what took the recording's place",
    "EnginesMixed": "a person has to say which tone is kept where",
    "NameTaken": "a person has to delete the stranger's job",
    "NoSpeech": "the recording's own trouble, for good",
    "NoTranscript": "the vendor has none, and will not",
    "ToneIncomplete": "what is refused is refused again: a batch's passages were asked about alone already",
    "TranscriptionFailed": "LookAtTranscription has had a second job already",
    "TranscriptionStuck": "three hours were enough",
}

ERRORS = {
    name: kind
    for name, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, errors.StockflowError) and kind is not errors.StockflowError
}
STATES = [(name, state) for workflow in WORKFLOWS for name, state in states(definition(workflow))]
TASKS = {name: state for workflow in WORKFLOWS for name, state in tasks(workflow).items()}

each_state = pytest.mark.parametrize("state", [pytest.param(state, id=name) for name, state in STATES])
each_task = pytest.mark.parametrize("name", TASKS)
each_call = pytest.mark.parametrize("name", [name for workflow in WORKFLOWS for name in calls(workflow)])
each_workflow = pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda workflow: workflow.name)
each_function = pytest.mark.parametrize(
    ("workflow", "function"),
    [pytest.param(workflow, one, id=one.name) for workflow in WORKFLOWS for one in workflow.functions],
)

# The Tasks that an item of the Map goes through where each takes the longest, by the door where there are several.
WAYS = {
    "symbol": ("Fetch", "Transform", "Save"),
    "recording": ("StartTranscription", "ReadTranscript", "JudgeTone", "SaveTone"),
    "call of the vendor's": ("FetchTranscript", "ReadTranscript", "JudgeTone", "SaveTone"),
}


def named_in(field):
    """Every error that a Retry (or Catch) of any state names."""
    return {name for _, state in STATES for handler in state.get(field, []) for name in handler["ErrorEquals"]}


def raised_in_functions():
    """The names of the exceptions that functions/ raises."""
    found = set()
    for path in (ROOT / "functions").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Name) and node.id in ERRORS and path.name != "errors.py":
                found.add(node.id)
    return found


def ends_from(machine, start):
    """The terminal states that can be reached from a state, without leaving the machine."""
    seen, waiting, ends = set(), [start], set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        state = machine["States"][name]
        follows = [state.get("Next"), state.get("Default")]
        follows += [rule["Next"] for field in ("Choices", "Catch") for rule in state.get(field, [])]
        follows = [one for one in follows if one]
        waiting += follows
        if not follows:
            ends.add(name)
    return ends


def worst_seconds(state):
    """The longest a Task can take: every retry used, every try until its time-out, every pause in full.

    A call for which Lambda has no room is refused at once.
    """
    pauses = tries = 0
    for retrier in state["Retry"]:
        pause, most = retrier["IntervalSeconds"], retrier.get("MaxDelaySeconds", float("inf"))
        for _ in range(retrier["MaxAttempts"]):
            pauses += min(pause, most)
            pause *= retrier["BackoffRate"]
        tries += 0 if retrier == NO_ROOM.as_asl() else retrier["MaxAttempts"]
    return pauses + (tries + 1) * state["TimeoutSeconds"]


def worst_of(*names):
    """Of Tasks one after the other."""
    return sum(worst_seconds(TASKS[name]) for name in names)


def test_the_names_of_states_are_unique():
    """What is said of a Task by its name is said of one: no two workflows share a name of theirs."""
    assert len(TASKS) == sum(len(tasks(workflow)) for workflow in WORKFLOWS)


@pytest.mark.parametrize("name", sorted(named_in("Retry") | named_in("Catch")))
def test_every_error_named_exists(name):
    """A name in ErrorEquals is one of our classes, or one that AWS gives: anything else would never match."""
    assert name in ERRORS or name in RESERVED


@pytest.mark.parametrize("name", sorted(ERRORS))
def test_every_error_is_routed(name):
    """Each of our errors is named by a Retry or a Catch, or it is written down why States.ALL is right for it."""
    assert (name in named_in("Retry") | named_in("Catch")) != (name in LEFT_TO_STATES_ALL)


@pytest.mark.parametrize("name", sorted(ERRORS))
def test_every_error_is_used(name):
    """Each of our errors is raised (or caught) somewhere in functions/: the tree holds no dead name."""
    assert name in raised_in_functions()


@pytest.mark.parametrize("name", sorted(ERRORS))
def test_what_is_retried_is_what_may_heal(name):
    """A Retry names a transient error, and no other: the same permanent failure would only come again."""
    assert issubclass(ERRORS[name], errors.TransientError) == (name in named_in("Retry"))


@each_workflow
def test_every_retry_is_the_policys(workflow):
    """Each copy of a Retry block is the one in the workflow's retry_policy.py, word for word, and none is missing."""
    given = {name: state["Retry"] for name, state in tasks(workflow).items()}
    assert given == {name: [retry.as_asl() for retry in retries] for name, retries in workflow.retries.items()}


@each_call
def test_a_task_gives_up_before_its_function_does(name):
    """A Task's TimeoutSeconds is below its function's Timeout, so that it is the workflow that says what happened."""
    function = TASKS[name]["Parameters"]["FunctionName"].removeprefix("${").removesuffix("Function}")
    assert TASKS[name]["TimeoutSeconds"] < function_properties(function)["Timeout"]


@each_task
def test_every_task_catches_everything(name):
    """Each Task's last Catch takes States.ALL, alone: no failure leaves by a way that nobody drew."""
    assert TASKS[name]["Catch"][-1]["ErrorEquals"] == ["States.ALL"]


@each_workflow
def test_each_substitution_is_the_function_of_that_name(workflow):
    """Each placeholder of the definition is given the function of its name by the template, and no other is given."""
    used = set(re.findall(r"\$\{(\w+)\}", definition_path(workflow).read_text()))
    given = template()["Resources"][workflow.machine]["Properties"]["DefinitionSubstitutions"]
    assert {name: value["Ref"].split(".")[0] for name, value in given.items()} == {name: name for name in used}


@each_state
def test_every_state_says_why_it_is_there(state):
    """A state has a Comment, and so has each Retry and Catch in it."""
    assert all(part.get("Comment") for part in (state, *state.get("Retry", []), *state.get("Catch", [])))


@pytest.mark.parametrize(("name", "kind"), [(name, state["Type"]) for name, state in STATES])
def test_names_are_in_pascal_case(name, kind):
    """A state's name is in PascalCase; a Choice asks, so its name ends in a question mark."""
    assert re.fullmatch(r"([A-Z][a-z]+)+" + (r"\?" if kind == "Choice" else ""), name)


@each_function
def test_the_template_gives_a_function_what_the_workflow_says(workflow, function):
    """Handler, memory and time-out are the same on AWS, on a laptop and in the estimate of costs."""
    given = function_properties(function.name)
    assert (given["Handler"], given["MemorySize"], given["Timeout"]) == (
        f"{function.module}.handler",
        function.memory_mb,
        function.timeout_seconds,
    )


@each_function
def test_state_folder_function_and_handler_have_one_name(workflow, function):
    """The state Fetch is the folder daily_prices/fetch and the function FetchFunction; a folder has the first word."""
    first_word = re.findall(r"[A-Z][a-z]+", function.name)[0].lower()
    assert function.module == f"{workflow.package}.{first_word}.app"
    assert TASKS[function.name]["Parameters"]["FunctionName"] == f"${{{function.name}Function}}"


def test_no_number_of_broken_shards_ends_a_run():
    """Each is told of by the run's report; the engine tolerates as many as there can be."""
    assert definition(DAILY_PRICES)["States"]["EachShard"]["ToleratedFailureCount"] == MOST_SHARDS


def test_a_shard_has_the_time_of_a_run():
    """The Task that waits for it gives up no sooner than the shard itself."""
    assert TASKS["RunShard"]["TimeoutSeconds"] == definition(DAILY_PRICES)["TimeoutSeconds"]


@each_workflow
def test_every_bad_way_ends_in_fail(workflow):
    """Whatever a Catch leads to ends in a Fail state: no failure of a run is green."""
    machine = definition(workflow)
    starts = {rule["Next"] for state in machine["States"].values() for rule in state.get("Catch", [])}
    assert {machine["States"][end]["Type"] for start in starts for end in ends_from(machine, start)} == {"Fail"}


@each_workflow
def test_an_items_bad_ways_end_as_failed_or_deferred(workflow):
    """Inside the Map a failure ends as data that says so (the others go on), or as the Fail that stops them all."""
    within = iteration(workflow)
    for name, status in workflow.ended_by.items():
        assert within["States"][name]["Parameters"]["status"] == status
    caught = {rule["Next"] for state in within["States"].values() for rule in state.get("Catch", [])}
    assert caught == {*workflow.ended_by, "KeyRefused", "ReadNewSlot"}


@pytest.mark.parametrize(("way", "hours"), [("symbol", 1.5), ("recording", 4), ("call of the vendor's", 3)])
def test_an_items_retries_are_bounded(way, hours):
    """With every retry used up and every try timed out, the Tasks of an item are over in hours; looks come on top."""
    assert worst_of(*WAYS[way]) < 3600 * hours


@pytest.mark.parametrize(
    ("workflow", "way", "ends"),
    [
        (DAILY_PRICES, "symbol", ("Plan", "Notify", "NotifyFailure")),
        (EARNINGS_CALLS, "call of the vendor's", ("PlanCalls", "NotifyCalls", "NotifyCallsFailure")),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_a_run_outlasts_its_slowest_request(workflow, way, ends):
    """The whole run's time-out leaves an item whose slot is the furthest ahead time for all of its retries."""
    ahead = template()["Parameters"]["MaxSlotAheadSeconds"]["MaxValue"]
    assert ahead + worst_of(*WAYS[way], *ends) < definition(workflow)["TimeoutSeconds"]


@each_call
def test_a_lack_of_room_in_lambda_is_outlasted_for_minutes(name):
    """A refused call is repeated for two minutes on average (with FULL jitter, half the pauses), and four at most."""
    pauses, pause = 0, NO_ROOM.interval_seconds
    for _ in range(NO_ROOM.max_attempts):
        pauses += min(pause, NO_ROOM.max_delay_seconds)
        pause *= NO_ROOM.backoff_rate
    assert NO_ROOM.as_asl() in TASKS[name]["Retry"]
    assert 120 <= pauses / 2 < pauses <= 250
