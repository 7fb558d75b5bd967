"""``stockflow plan``: what a run would take, without running it."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

import click

from stockflow import workflows
from stockflow.cli import estimate_calls, estimate_prices
from stockflow.cli.commands.inputs import workflow_input_of
from stockflow.cli.commands.options import (
    output_dir_option,
    rate_options,
    rates_of,
    request_options,
    stack_options,
    universe_option,
    workflow_options,
)
from stockflow.cli.estimate import Basis, Estimate, Estimator
from stockflow.cli.given_universe import GivenUniverse, given_universe, universe_input
from stockflow.cli.kept_listings import listings_in, listings_on
from stockflow.cloud.refusals import aws_errors_as_sentences
from stockflow.cloud.stack import DEFAULT, Aws, find_stack
from stockflow.embedded.local_services import SIMULATED_BUDGET, are_prices_invented
from stockflow.embedded.state_folder import shared_budget_of
from stockflow.embedded.table_file import TableFile
from stockflow.errors import CommandFailed, Unusable
from stockflow.history.json_values import list_in
from stockflow.terminal import say
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.aws.state_table.item import OtherVersion, account_of, key_of
from stockflow_functions.aws.state_table.store import BudgetStore
from stockflow_functions.daily_prices.workflow import DAILY_PRICES
from stockflow_functions.domain.budget.arithmetic import Account
from stockflow_functions.domain.clock import SystemClock
from stockflow_functions.domain.errors import InvalidInput, StockflowError
from stockflow_functions.domain.listings.lookup import Listings
from stockflow_functions.earnings_calls.workflow import EARNINGS_CALLS
from stockflow_functions.runtime.settings import Settings

_ESTIMATORS: Mapping[str, Estimator] = {
    DAILY_PRICES.name: estimate_prices.estimate_of_input,
    EARNINGS_CALLS.name: estimate_calls.estimate_of_input,
}


@click.command()
@click.argument("symbols", nargs=-1, metavar="[SYMBOL or CALL ...]")
@universe_option
@request_options
@workflow_options
@rate_options
@output_dir_option
@click.option("--aws", "on_aws", is_flag=True, help="Read the settings and the budget of the deployed stack.")
@stack_options
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead.")
def plan(  # noqa: PLR0913 # one per option
    symbols: tuple[str, ...],
    series: str | None,
    outputsize: str | None,
    *,
    universe: str | None,
    workflow_name: str,
    language: str | None,
    requests_per_minute: str | None,
    requests_per_day: str | None,
    output_dir: Path,
    stack_name: str | None,
    region: str | None,
    force: bool,
    on_aws: bool,
    as_json: bool,
) -> None:
    """Say what a run of each SYMBOL (or of STOCK_SYMBOLS) would take, and make no request.

    With --workflow earnings-calls, of each CALL: the key of what was dropped, without calls/ (AAPL/2026-10-29.mp3), or
    a quarter (IBM/2024Q1). The formulas are in docs/budget.md and docs/calls.md. The budget is that of the key on this
    machine, or with --aws the deployed stack's. Exit status: 0 the estimate is printed; 1 the stack can't be read; 2
    the arguments can't be used.
    """
    chosen = rates_of(requests_per_minute, requests_per_day)
    workflow = workflows.named(workflow_name)
    if workflow.name not in _ESTIMATORS:
        raise Unusable(f"Nothing here can tell what a run of {workflow.name} would take.")
    try:
        workflow_input = workflow_input_of(
            symbols, None, series=series, outputsize=outputsize, language=language, force=force
        )
        given = given_universe(universe) if universe is not None else None
        workflow.check(universe_input(given, workflow_input))
        if given is not None:
            on = (Aws(region), stack_name) if on_aws else None
            workflow_input = {**workflow_input, "symbols": _symbols_of(given, output_dir, on)}
        basis = (
            basis_on_aws(Aws(region), stack_name, workflow.planner, chosen)
            if on_aws
            else basis_here(output_dir, chosen)
        )
        found = _ESTIMATORS[workflow.name](workflow, workflow_input, basis, None if on_aws else output_dir)
    except InvalidInput as error:
        raise Unusable(str(error)) from None
    if as_json:
        _print_json(workflow.name, found)
    else:
        tell(found)


def _print_json(workflow: str, found: Estimate) -> None:
    for warning in list_in(found.figures.get("warnings")):
        say(f"stockflow: {warning}", err=True)
    click.echo(json.dumps({"workflow": workflow, **found.figures}, indent=2))


def _symbols_of(given: GivenUniverse, output_dir: Path, on: tuple[Aws, str | None] | None) -> list[str]:
    """The universe's symbols, by the listings of the folder or, where one is named, of the stack."""

    def find() -> Listings | None:
        return listings_on(on[0], find_stack(on[0], on[1] or DEFAULT)) if on else listings_in(output_dir)

    return given.symbols_by(find, _now_ms())


def tell(found: Estimate) -> None:
    """Prints an estimate."""
    say(found.sentence)
    say("")
    for name, value in found.rows:
        say(f"{name:<18} {value}")


def basis_here(output_dir: Path, chosen: Mapping[str, str]) -> Basis:
    """The settings of a laptop run in this folder, and its budget as earlier runs left it; ``chosen`` are variables.

    Raises:
        InvalidInput: a variable can't be used.
        Unusable: the budget's file is damaged.
    """
    environment = {**os.environ, **chosen}
    if are_prices_invented(environment) and not environment.get("BUDGET_NAME"):
        environment["BUDGET_NAME"] = SIMULATED_BUDGET
    settings = Settings.from_environment(environment)
    now_ms = _now_ms()
    items = TableFile(output_dir, shared_budget_of(environment, settings)).read(now_ms)
    own = [item for item in items if item["pk"] == {"S": key_of(settings.budget_name)}]
    try:
        account = account_of(own[0] if own else {})
    except OtherVersion:
        account = Account()
    return Basis(settings, account, now_ms)


def basis_on_aws(aws: Aws, stack_name: str | None, planner: str, chosen: Mapping[str, str]) -> Basis:
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
            bucket = Bucket(aws.client("s3"), settings.bucket)
            return Basis(settings, budget.read(), _now_ms(), bucket)
        except InvalidInput:
            raise
        except StockflowError as error:
            raise CommandFailed(str(error)) from None


def _now_ms() -> int:
    return SystemClock().now_ms()
