"""``stockflow plan``: what a run would take, without running it."""

import os
import time
from collections.abc import Mapping
from pathlib import Path

import click

from stockflow import workflows
from stockflow.cli.commands.inputs import workflow_input_of
from stockflow.cli.commands.options import output_dir_option, rate_options, rates_of, request_options, stack_options
from stockflow.cli.estimate import Estimate, estimate
from stockflow.cloud.refusals import aws_errors_as_sentences
from stockflow.cloud.stack import DEFAULT, Aws, find_stack
from stockflow.embedded.local_services import SIMULATED_BUDGET, are_prices_invented
from stockflow.embedded.mirror import PRIVATE
from stockflow.embedded.table_file import TABLE_FILE, read_items
from stockflow.errors import CommandFailed, Unusable
from stockflow_functions.aws.state_table.item import OtherVersion, account_of, key_of
from stockflow_functions.aws.state_table.store import BudgetStore
from stockflow_functions.domain.budget.arithmetic import Account
from stockflow_functions.domain.budget.day_quota import DayQuota
from stockflow_functions.domain.clock import SystemClock
from stockflow_functions.domain.errors import InvalidInput, StockflowError
from stockflow_functions.domain.words import counted, named_few
from stockflow_functions.runtime.settings import Settings

MOST_NAMED = 10


@click.command()
@click.argument("symbols", nargs=-1, metavar="[SYMBOL ...]")
@request_options
@rate_options
@output_dir_option
@click.option("--aws", "on_aws", is_flag=True, help="Read the settings and the budget of the deployed stack.")
@stack_options
def plan(  # noqa: PLR0913 # one per option
    symbols: tuple[str, ...],
    series: str | None,
    outputsize: str | None,
    requests_per_minute: str | None,
    requests_per_day: str | None,
    output_dir: Path,
    stack_name: str | None,
    region: str | None,
    *,
    force: bool,
    on_aws: bool,
) -> None:
    """Say what a run of each SYMBOL (or of STOCK_SYMBOLS) would take, and make no request.

    Requests, minutes, slots, what the day's quota pays for, state transitions, Lambda seconds and dollars; the formulas
    are in docs/budget.md. The budget is the output folder's, or with --aws the deployed stack's. Exit status: 0 the
    estimate is printed; 1 the stack can't be read; 2 the arguments can't be used.
    """
    chosen = rates_of(requests_per_minute, requests_per_day)
    try:
        workflow = workflows.default()
        workflow_input = workflow_input_of(symbols, None, series=series, outputsize=outputsize, force=force)
        workflow.check(workflow_input)
        settings, account = (
            _on_aws(Aws(region), stack_name, workflow.planner, chosen) if on_aws else _here(output_dir, chosen)
        )
        wanted = workflow.items_of(workflow_input, settings.stock_symbols)
        found = estimate(workflow, wanted, account, settings.terms, time.time_ns() // 1_000_000)
    except InvalidInput as error:
        raise Unusable(str(error)) from None
    click.echo(f"{found.plan['sentence']}\n")
    for name, value in _rows(found):
        click.echo(f"{name:<18} {value}")


def _here(output_dir: Path, chosen: Mapping[str, str]) -> tuple[Settings, Account]:
    """The settings of a laptop run in this folder, and the budget as earlier runs left it."""
    environment = {**os.environ, **chosen}
    if are_prices_invented(environment) and not environment.get("BUDGET_NAME"):
        environment["BUDGET_NAME"] = SIMULATED_BUDGET
    settings = Settings.from_environment(environment)
    items = read_items(output_dir / PRIVATE / TABLE_FILE)
    own = [item for item in items if item["pk"] == {"S": key_of(settings.budget_name)}]
    try:
        return settings, account_of(own[0] if own else {})
    except OtherVersion:
        return settings, Account()


def _on_aws(aws: Aws, stack_name: str | None, planner: str, chosen: Mapping[str, str]) -> tuple[Settings, Account]:
    """The settings of the deployed function that plans, and the budget as it is now."""
    stack = find_stack(aws, stack_name or DEFAULT)
    function = f"{stack.name}-{planner}"
    with aws_errors_as_sentences(f"read the settings of {function}", "lambda:GetFunctionConfiguration"):
        found = aws.client("lambda").get_function_configuration(FunctionName=function, Qualifier="live")
    variables = {**found.get("Environment", {}).get("Variables", {}), **chosen}
    settings = Settings.from_environment({**variables, "AWS_REGION": stack.region})
    budget = BudgetStore(aws.client("dynamodb"), settings.table, settings.budget_name, settings.terms, SystemClock())
    with aws_errors_as_sentences(f"read the budget of {stack.name}", "dynamodb:GetItem"):
        try:
            return settings, budget.read()
        except InvalidInput:
            raise
        except StockflowError as error:
            raise CommandFailed(str(error)) from None


def _rows(found: Estimate) -> list[tuple[str, object]]:
    plan = found.plan
    requests, deferred = plan["requests"], plan["deferred"]
    rows: list[tuple[str, object]] = [
        ("requests", requests["planned"]),
        ("minutes", f"{found.minutes:.1f} (to the last request)"),
        ("first slot", requests["first_slot_at"] or "none"),
        ("last slot", requests["last_slot_at"] or "none"),
        ("day's quota", _quota(requests)),
        ("state transitions", found.state_transitions),
        ("Lambda seconds", f"{found.lambda_seconds:.1f}"),
        ("dollars", f"{found.dollars:.6f}"),
    ]
    if deferred:
        rows.insert(5, ("deferred", f"{counted(len(deferred), 'symbol')}: {named_few(deferred, MOST_NAMED)}"))
    return rows


def _quota(requests: DayQuota) -> str:
    if not requests["day_limit"]:
        return "no daily limit"
    after = f"{requests['day_used']} used and {requests['day_left']} left after this run"
    return f"{requests['day_limit']} a day, {after}, until {requests['day_resets_at']}"
