"""``stockflow rerun``: a run of just the symbols that another run did not save."""

import json
import os
import sys
from pathlib import Path

import click

from stockflow import workflows
from stockflow.cli.commands.folders import output_dir_of
from stockflow.cli.commands.options import output_dir_option, rate_options, rates_of, stack_options
from stockflow.cloud.stack import DEFAULT, Aws, Stack, find_stack, stack_of_machine
from stockflow.errors import CommandFailed, Unusable
from stockflow.history.answers import answer_of
from stockflow.history.json_values import JsonObject, objects_in, parsed
from stockflow.history.model import KILLED, RunModel
from stockflow.history.visits import OK
from stockflow.sources.opening import OpenedRun, open_run
from stockflow.terminal import say
from stockflow_functions.domain.words import counted, named_few
from stockflow_functions.reporting import commands
from stockflow_functions.runtime.workflow import Workflow

_SOME = 10
_LARGEST_INPUT_BYTES = 262_144
"""Of an execution (docs.aws.amazon.com/step-functions, "Service quotas")."""


@click.command()
@click.argument("reference", metavar="RUN")
@click.option("--aws", "on_aws", is_flag=True, help="Run on the deployed stack, not here.")
@click.option("--watch", "and_watch", is_flag=True, help="With --aws: follow the run to its end.")
@stack_options
@rate_options
@output_dir_option
def rerun(
    reference: str,
    stack_name: str | None,
    region: str | None,
    requests_per_minute: str | None,
    requests_per_day: str | None,
    output_dir: Path,
    *,
    on_aws: bool,
    and_watch: bool,
) -> None:
    """Run just the symbols or calls that failed or were deferred in RUN again, with its series, size and force.

    RUN is latest, a name under runs/, a folder, a run.json, an execution's ARN, or an address of the console. The new
    run is in the same folder. Exit status as for `stockflow run`; also 0 if there is nothing to run again, and with
    --aws when the run has started.
    """
    opened = open_run(reference, output_dir)
    workflow_input = input_again(opened.model)
    item = item_of(opened)
    if workflow_input is None:
        say(f"Nothing to run again: every {item} of {opened.run.execution} is done.")
        return
    say(f"Again: {named(workflow_input.get('symbols'), item)}.")
    if on_aws:
        _run_on_aws(opened, workflow_input, stack_name, region, and_watch=and_watch)
        return
    sys.exit(run_here_again(opened, workflow_input, requests_per_minute, requests_per_day, output_dir))


def run_here_again(
    opened: OpenedRun,
    workflow_input: JsonObject,
    requests_per_minute: str | None,
    requests_per_day: str | None,
    output_dir: Path,
) -> int:
    """Runs the input in the folder of that run, and returns the exit status of `stockflow run`."""
    # Here, for moto takes a second to import, and a run on AWS needs none of it.
    from stockflow.cli.commands.run import run_here  # noqa: PLC0415

    environment = {**os.environ, **rates_of(requests_per_minute, requests_per_day)}
    return run_here(
        workflow_input,
        environment,
        output_dir_of(opened, output_dir),
        workflows.of_run(opened.run),
        goes_on_from=opened.run.execution,
    )


def input_again(model: RunModel, saved_since: frozenset[str] = frozenset()) -> JsonObject | None:
    """The workflow input for what the run did not save; None if it saved everything.

    A run that failed or was killed before it had a plan is repeated as a whole.

    Args:
        saved_since: symbols to leave out, because a later run has saved them.

    Raises:
        CommandFailed: it is still running, or its workflow is not at hand.
        Unusable: its input could not be used.
    """
    name = model.run.execution
    if not model.over:
        raise CommandFailed(f"{name} is still going: wait for its end, or stop it.")
    workflow = workflows.of_run(model.run) or workflows.default()
    plan = _plan_of(model, workflow)
    planned = plan.get("run")
    if not isinstance(planned, dict):
        return _whole_input(model)
    rows = sorted(model.rows, key=lambda row: row.order)
    left = [row.symbol for row in rows if row.outcome not in workflow.done and (row.outcome or row.status != OK)]
    if not any(row.map_visit for row in rows):
        left = [*_planned_symbols(plan), *left]
    left = [symbol for symbol in left if symbol not in saved_since]
    if not left:
        return None
    if any(symbol.startswith("#") for symbol in left):
        raise CommandFailed(
            f"The history of {name} does not hold the symbols of its items: take the execution's ARN, or run "
            "the symbols by name."
        )
    return {"symbols": list(dict.fromkeys(left)), **{key: planned[key] for key in workflow.choices if planned.get(key)}}


def _plan_of(model: RunModel, workflow: Workflow) -> JsonObject:
    """The planner's answer, or without a planner what the input says; empty if the run had no plan yet."""
    if not workflow.planner:
        given = parsed(model.run.description.get("input"))
        return {"run": given} if isinstance(given, dict) else {}
    plans = [visit for visit in model.visits if visit.name == workflow.planner and not visit.scope.owner]
    if not plans and model.status != KILLED:
        what = workflow.name.replace("-", " ")
        raise CommandFailed(
            f"{model.run.execution} has no state {workflow.planner}: it is not a run of {what}, or its history is "
            "cut off."
        )
    return answer_of(plans[-1]) if plans else {}


def _planned_symbols(answer: JsonObject) -> list[str]:
    """The items that the planner gave to the Map; a run that ended right after it has no rows for them."""
    names = (item.get("symbol") for item in objects_in(answer.get("work")))
    return [name for name in names if isinstance(name, str)]


def _whole_input(model: RunModel) -> JsonObject:
    if model.ended_with and model.ended_with.error == "InvalidInput":
        raise Unusable(f"{model.run.execution} had an input that can't be used: {model.ended_with.message}")
    given = parsed(model.run.description.get("input"))
    if not isinstance(given, dict):
        raise CommandFailed(
            f"{model.run.execution} ended before it had a plan, and its input is not at hand: start it again."
        )
    return {key: value for key, value in given.items() if key != "trigger"}


def _run_on_aws(
    opened: OpenedRun, workflow_input: JsonObject, stack_name: str | None, region: str | None, *, and_watch: bool
) -> None:
    from stockflow.cli.commands.start import start_and_tell  # noqa: PLC0415 # as run_here
    from stockflow.cli.commands.watch import watch_run  # noqa: PLC0415

    _must_fit(workflow_input)
    aws = Aws(region or _part_of_arn(opened, 3))
    workflow = workflows.of_run(opened.run) or workflows.default()
    execution_arn = start_and_tell(aws, _stack_for(aws, opened, stack_name), workflow_input, workflow)
    if and_watch:
        sys.exit(watch_run(aws, execution_arn))
    say(f"Follow it: {commands.watch(execution_arn)}")


def _must_fit(workflow_input: JsonObject) -> None:
    if len(json.dumps(workflow_input).encode()) > _LARGEST_INPUT_BYTES:
        raise Unusable(
            f"{named(workflow_input.get('symbols'), 'symbol')}, are too many for the input of an execution on AWS "
            "(256 KiB): write them to a file, one a line, and start them with `stockflow start --universe FILE`."
        )


def _stack_for(aws: Aws, opened: OpenedRun, stack_name: str | None) -> Stack:
    """The stack that is named, or that the run ran on, or the default one."""
    machine = _part_of_arn(opened, 6)
    return stack_of_machine(aws, machine) if machine and not stack_name else find_stack(aws, stack_name or DEFAULT)


def _part_of_arn(opened: OpenedRun, number: int) -> str | None:
    """The region (3) or the state machine's name (6) in the ARN of a run on AWS; None for other runs."""
    parts = str(opened.run.description.get("executionArn")).split(":")
    return parts[number] if opened.on_aws and len(parts) > number else None


def item_of(opened: OpenedRun) -> str:
    """The word for an item of the run."""
    return (workflows.of_run(opened.run) or workflows.default()).item


def named(items: object, item: str) -> str:
    """How many, and the first of them; ``item`` is the word for one."""
    if not isinstance(items, list):
        return "the whole input of that run"
    return f"{counted(len(items), item)}, {named_few(items, _SOME)}"
