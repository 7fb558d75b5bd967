"""The workflow's definition against the Python that it calls and the template that deploys it."""

import ast
import inspect
import re

import pytest

from stockflow_functions.daily_prices.retry_policy import POLICY
from stockflow_functions.daily_prices.workflow import DAILY_PRICES
from stockflow_functions.domain import errors
from stockflow_functions.runtime.retries import NO_ROOM
from tests.helpers.stack import ROOT, STATES, definition, function_properties, states, template

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
}

# Errors that no Retry and no Catch names: States.ALL takes them, and this is why that is right.
LEFT_TO_STATES_ALL = {
    "UnknownSymbol": "the symbol's own trouble, for good",
    "PremiumRequired": "the symbol's own trouble, for good",
    "BadPrices": "the symbol's own trouble, for good",
    "InvalidInput": "only Plan raises it, and a run without a plan can only be reported",
    "StorageDenied": "a permission is missing: trying again changes nothing, and the message says what to grant",
}

ERRORS = {
    name: kind
    for name, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, errors.StockflowError) and kind is not errors.StockflowError
}
TASKS = {name: state for name, state in states() if state["Type"] == "Task"}
MACHINE = definition()
ITERATION = MACHINE["States"]["EachSymbol"]["ItemProcessor"]


def named_in(field):
    """Every error that a Retry (or Catch) of any state names."""
    return {name for _, state in states() for handler in state.get(field, []) for name in handler["ErrorEquals"]}


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


@pytest.mark.parametrize("name", TASKS)
def test_every_retry_is_the_policys(name):
    """Each copy of a Retry block is the one in functions/daily_prices/retry_policy.py, word for word."""
    assert TASKS[name]["Retry"] == [retry.as_asl() for retry in POLICY[name]]


def test_the_policy_names_only_tasks():
    """The policy has no entry for a state that is not there."""
    assert POLICY.keys() == TASKS.keys()


@pytest.mark.parametrize("name", TASKS)
def test_a_task_gives_up_before_its_function_does(name):
    """A Task's TimeoutSeconds is below its function's Timeout, so that it is the workflow that says what happened."""
    function = TASKS[name]["Parameters"]["FunctionName"].removeprefix("${").removesuffix("Function}")
    assert TASKS[name]["TimeoutSeconds"] < function_properties(function)["Timeout"]


@pytest.mark.parametrize("name", TASKS)
def test_every_task_catches_everything(name):
    """Each Task's last Catch takes States.ALL, alone: no failure leaves by a way that nobody drew."""
    assert TASKS[name]["Catch"][-1]["ErrorEquals"] == ["States.ALL"]


def test_substitutions_are_the_same_on_both_sides():
    """Each placeholder of the definition is in the template's DefinitionSubstitutions, and the other way round."""
    used = set(re.findall(r"\$\{(\w+)\}", (ROOT / "statemachine" / "daily_prices.asl.json").read_text()))
    given = template()["Resources"]["DailyPrices"]["Properties"]["DefinitionSubstitutions"]
    assert used == given.keys()


def test_each_substitution_is_the_function_of_that_name():
    """PlanFunction is given the function Plan, and so on: no two are exchanged."""
    given = template()["Resources"]["DailyPrices"]["Properties"]["DefinitionSubstitutions"]
    assert {name: value["Ref"].split(".")[0] for name, value in given.items()} == {name: name for name in given}


@pytest.mark.parametrize("name", [name for name, _ in states()])
def test_every_state_says_why_it_is_there(name):
    """A state has a Comment, and so has each Retry and Catch in it."""
    state = dict(states())[name]
    assert all(part.get("Comment") for part in (state, *state.get("Retry", []), *state.get("Catch", [])))


@pytest.mark.parametrize("name", [name for name, _ in states()])
def test_names_are_in_pascal_case(name):
    """A state's name is in PascalCase; a Choice asks, so its name ends in a question mark."""
    kind = dict(states())[name]["Type"]
    assert re.fullmatch(r"([A-Z][a-z]+)+" + (r"\?" if kind == "Choice" else ""), name)


@pytest.mark.parametrize("function", DAILY_PRICES.functions, ids=lambda function: function.name)
def test_the_template_gives_a_function_what_the_workflow_says(function):
    """Handler, memory and time-out are the same on AWS, on a laptop and in the estimate of costs."""
    given = function_properties(function.name)
    assert (given["Handler"], given["MemorySize"], given["Timeout"]) == (
        f"{function.module}.handler",
        function.memory_mb,
        function.timeout_seconds,
    )


@pytest.mark.parametrize("state", STATES)
def test_state_folder_function_and_handler_have_one_name(state):
    """The state Fetch is the folder daily_prices/fetch and the function FetchFunction, and so on."""
    assert function_properties(state)["Handler"] == f"stockflow_functions.daily_prices.{state.lower()}.app.handler"
    assert (ROOT / "functions/daily_prices" / state.lower() / "app.py").is_file()
    assert state in TASKS
    assert TASKS[state]["Parameters"]["FunctionName"] == f"${{{state}Function}}"


@pytest.mark.parametrize(
    "start", sorted({rule["Next"] for state in MACHINE["States"].values() for rule in state.get("Catch", [])})
)
def test_every_bad_way_ends_in_fail(start):
    """Whatever a Catch leads to ends in a Fail state: no failure of a run is green."""
    assert {MACHINE["States"][end]["Type"] for end in ends_from(MACHINE, start)} == {"Fail"}


def test_a_symbols_bad_ways_end_as_failed_or_deferred():
    """Inside the Map a failure ends as data that says so (the others go on), or as the Fail that stops them all."""
    for name in ("SymbolFailed", "SymbolDeferred"):
        assert ITERATION["States"][name]["Parameters"]["status"] == name.removeprefix("Symbol").lower()
    caught = {rule["Next"] for state in ITERATION["States"].values() for rule in state.get("Catch", [])}
    assert caught == {"SymbolFailed", "SymbolDeferred", "KeyRefused", "ReadNewSlot"}


def test_a_symbols_retries_are_bounded():
    """With every retry used up and every try timed out, the three Tasks of a symbol take under an hour and a half."""
    seconds = sum(worst_seconds(TASKS[name]) for name in ("Fetch", "Transform", "Save"))
    assert seconds < 5400


def test_a_run_outlasts_its_slowest_symbol():
    """The whole run's time-out leaves a symbol whose slot is the furthest ahead time for all of its retries."""
    ahead = template()["Parameters"]["MaxSlotAheadSeconds"]["MaxValue"]
    symbol = sum(worst_seconds(TASKS[name]) for name in ("Fetch", "Transform", "Save"))
    rest = sum(worst_seconds(TASKS[name]) for name in ("Plan", "Notify", "NotifyFailure"))
    assert ahead + symbol + rest < MACHINE["TimeoutSeconds"]


@pytest.mark.parametrize("name", TASKS)
def test_a_lack_of_room_in_lambda_is_outlasted_for_minutes(name):
    """A refused call is repeated for two minutes on average (with FULL jitter, half the pauses), and four at most."""
    pauses, pause = 0, NO_ROOM.interval_seconds
    for _ in range(NO_ROOM.max_attempts):
        pauses += min(pause, NO_ROOM.max_delay_seconds)
        pause *= NO_ROOM.backoff_rate
    assert NO_ROOM.as_asl() in TASKS[name]["Retry"]
    assert 120 <= pauses / 2 < pauses <= 250
