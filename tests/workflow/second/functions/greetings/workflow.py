"""The workflow of greetings, as one value."""

from stockflow_functions.domain.errors import InvalidInput
from stockflow_functions.runtime.workflow import Cost, Function, Workflow


def _check(workflow_input):
    if not isinstance(workflow_input.get("symbols"), list):
        raise InvalidInput('There is nobody to greet: write {"symbols": ["ADA"]}.')


def _items_of(workflow_input, default):
    _check(workflow_input)
    return workflow_input["symbols"] or default.split(",")


GREETINGS = Workflow(
    name="greetings",
    machine="Greetings",
    definition="greetings.asl.json",
    functions=(
        Function("Greet", f"{__package__}.greet", memory_mb=128, timeout_seconds=5),
        Function("Tell", f"{__package__}.tell", memory_mb=128, timeout_seconds=5),
    ),
    retries={},
    planner="",
    steps=("Greet",),
    notifiers=("Tell",),
    notifier="Tell",
    check=_check,
    items_of=_items_of,
    summary=lambda answer: answer["words"],
    cost=lambda count: Cost(state_transitions=3 + count, lambda_seconds=0.1 * count, dollars=0.0),
    done=frozenset({"saved"}),
    ended_by={"NotGreeted": "failed"},
    choices=("language",),
    kept=("people/",),
)
