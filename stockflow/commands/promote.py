"""``stockflow promote``: tries the deployed workflow by a smoke run, and makes it the live one if that goes well."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic, sleep
from typing import Any

import click

from functions.errors import InvalidInput, StockflowError
from functions.lake import keys
from functions.lake.bucket import Bucket
from functions.lake.scratch import SMOKE
from functions.outcome import SAVED
from functions.plan.symbols import symbols_of
from stockflow.commands.options import stack_options
from stockflow.errors import NotFound, Unusable
from stockflow.refusals import code_of, in_a_sentence
from stockflow.stack import DEFAULT, Aws, Stack, execution_name, find_stack

SMOKE_SYMBOLS = "AAPL,MSFT"
LIVE, PREVIOUS = "live", "previous"
DEPLOYED = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE"})
_POLL_SECONDS = 1.0


@click.command()
@stack_options
@click.option("--symbols", default=SMOKE_SYMBOLS, show_default=True, help="What the smoke run fetches.")
@click.option(
    "--timeout-seconds",
    type=click.IntRange(min=0),
    default=900,
    show_default=True,
    help="How long to wait for the smoke run.",
)
@click.option("--rollback", is_flag=True, help="Make the version live that was live before.")
def promote(stack_name: str | None, region: str | None, symbols: str, timeout_seconds: int, *, rollback: bool) -> None:
    """Make the deployed version of the workflow the live one, after a smoke run of it.

    The smoke run fetches its symbols for real and saves them below scratch/ in the bucket: the dataset is not touched.
    Exit status: 0 the version is live; 1 it is not; 2 the arguments or the credentials can't be used.
    """
    try:
        wanted = symbols_of(symbols)
    except InvalidInput as error:
        raise Unusable(str(error)) from None
    promotion = Promotion.of(Aws(region), stack_name or DEFAULT)
    if rollback:
        click.echo(promotion.roll_back())
        return
    live_arn = promotion.version_of(LIVE)
    version_arn = promotion.publish()
    click.echo(f"Version {number_of(version_arn)} of {promotion.stack.name}: smoke run of {', '.join(wanted)}.")
    complaints = promotion.complaints(version_arn, wanted, timeout_seconds)
    for complaint in complaints:
        click.echo(f"stockflow: {complaint}", err=True)
    if complaints:
        click.echo(f"Version {number_of(version_arn)} is not made live; version {number_of(live_arn)} stays.", err=True)
        sys.exit(1)
    click.echo(promotion.make_live(version_arn, instead_of=live_arn))


@dataclass(frozen=True)
class Promotion:
    """The state machine of one stack, and what moves its aliases."""

    stack: Stack
    stepfunctions: Any
    s3: Any
    pause: Callable[[float], None] = sleep

    @classmethod
    def of(cls, aws: Aws, stack_name: str) -> "Promotion":
        """For the stack of this name.

        Raises:
            NotFound: there is no such stack, or it is not deployed to the end.
            Unusable: no usable credentials, or no region.
        """
        stack = find_stack(aws, stack_name)
        if stack.status not in DEPLOYED:
            raise NotFound(f"The stack {stack.name} in {stack.region} is {stack.status}: {_remedy(stack.status)}.")
        return cls(stack, aws.client("stepfunctions"), aws.client("s3"))

    def publish(self) -> str:
        """The ARN of the deployed definition's version; AWS makes none where there is one already."""
        with in_a_sentence(f"publish the workflow of {self.stack.name}", "states:PublishStateMachineVersion"):
            answer = self.stepfunctions.publish_state_machine_version(stateMachineArn=self.stack.state_machine_arn)
        return str(answer["stateMachineVersionArn"])

    def complaints(self, version_arn: str, symbols: list[str], timeout_seconds: float) -> list[str]:
        """Runs the version with these symbols, away from the dataset; gives what is wrong with what came of it."""
        workflow_input = json.dumps({"symbols": symbols, "trigger": SMOKE})
        with in_a_sentence(f"start a run of {self.stack.name}", "states:StartExecution"):
            started = self.stepfunctions.start_execution(
                stateMachineArn=version_arn, name=execution_name(), input=workflow_input
            )
        execution = self._ended(started["executionArn"], timeout_seconds)
        return [*how_it_failed(execution), *what_is_wrong(self._manifest(execution["name"]), symbols)]

    def make_live(self, version_arn: str, instead_of: str) -> str:
        """Moves the alias in one step, so that a run starts with the whole old version or the whole new one.

        Raises:
            NotFound: another promotion or a rollback has moved it since it led to ``instead_of``; nothing is moved.
        """
        live_arn = self.version_of(LIVE)
        if live_arn == version_arn:
            return f"Version {number_of(version_arn)} is the live one already."
        if live_arn != instead_of:
            raise NotFound(
                f"Version {number_of(live_arn)} of {self.stack.name} was made live during the smoke run, in the place "
                f"of {number_of(instead_of)}: nothing was moved. Look at who promotes too, and promote again."
            )
        self._point(PREVIOUS, live_arn)
        self._point(LIVE, version_arn)
        return (
            f"Version {number_of(version_arn)} is live; stockflow promote --rollback returns to {number_of(live_arn)}."
        )

    def roll_back(self) -> str:
        """Exchanges the live version and the one before.

        Raises:
            NotFound: nothing was promoted yet, or a promotion stopped half-way; nothing is moved.
        """
        live_arn, previous_arn = self.version_of(LIVE), self.version_of(PREVIOUS)
        if live_arn == previous_arn:
            raise NotFound(
                f"Version {number_of(live_arn)} of {self.stack.name} is both live and the one before, for a promotion "
                "did not come to its end: promote again."
            )
        self._point(LIVE, previous_arn)
        self._point(PREVIOUS, live_arn)
        return f"Version {number_of(previous_arn)} is live again, in the place of {number_of(live_arn)}."

    def version_of(self, alias: str) -> str:
        """The ARN of the version that an alias leads to.

        Raises:
            NotFound: there is no such alias.
        """
        with in_a_sentence(f"read the alias {alias} of {self.stack.name}", "states:DescribeStateMachineAlias"):
            try:
                found = self.stepfunctions.describe_state_machine_alias(stateMachineAliasArn=self._alias_arn(alias))
            except self.stepfunctions.exceptions.ResourceNotFound:
                raise NotFound(_MISSING[alias].format(stack=self.stack.name)) from None
        return str(found["routingConfiguration"][0]["stateMachineVersionArn"])

    def _ended(self, execution_arn: str, timeout_seconds: float) -> dict[str, Any]:
        ends = monotonic() + timeout_seconds
        while True:
            with in_a_sentence("follow the smoke run", "states:DescribeExecution"):
                execution: dict[str, Any] = self.stepfunctions.describe_execution(executionArn=execution_arn)
            if execution["status"] != "RUNNING":
                return execution
            if monotonic() > ends:
                raise NotFound(
                    f"The smoke run {execution['name']} still runs after {timeout_seconds:g} s, perhaps because other "
                    "runs have the next request slots: wait longer with --timeout-seconds. Nothing is made live."
                )
            self.pause(_POLL_SECONDS)

    def _manifest(self, execution: str) -> dict[str, Any] | None:
        bucket = Bucket(self.s3, self.stack.bucket).below(keys.scratch(execution))
        try:
            manifest: dict[str, Any] | None = bucket.get_json(keys.manifest(execution))
        except StockflowError as error:
            raise NotFound(f"The smoke run's manifest can't be read: {error}") from None
        return manifest

    def _point(self, alias: str, version_arn: str) -> None:
        routing = [{"stateMachineVersionArn": version_arn, "weight": 100}]
        needs = "states:UpdateStateMachineAlias and states:CreateStateMachineAlias"
        with in_a_sentence(f"move the alias {alias} of {self.stack.name}", needs):
            try:
                self.stepfunctions.update_state_machine_alias(
                    stateMachineAliasArn=self._alias_arn(alias), routingConfiguration=routing
                )
            except self.stepfunctions.exceptions.ClientError as error:
                if code_of(error) != "ResourceNotFound":
                    raise
                self.stepfunctions.create_state_machine_alias(name=alias, routingConfiguration=routing)

    def _alias_arn(self, alias: str) -> str:
        return f"{self.stack.state_machine_arn}:{alias}"


_MISSING = {
    LIVE: "The workflow of {stack} has no alias live: deploy the stack again (docs/deploy.md).",
    PREVIOUS: "There is no version of {stack} to go back to: nothing was promoted yet.",
}


def _remedy(status: str) -> str:
    """What to do about a stack in this status: docs.aws.amazon.com/AWSCloudFormation, "Stack status codes"."""
    if status.endswith("_IN_PROGRESS"):
        return "wait until its deployment has ended"
    see = "its events in the CloudFormation console say why"
    if status in {"CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED"}:
        return f"{see}; it was never whole, so delete it before you deploy it again"
    return f"{see}; deploy it again"


def how_it_failed(execution: dict[str, Any]) -> list[str]:
    """How an execution ended that did not succeed; nothing for one that did."""
    if execution["status"] == "SUCCEEDED":
        return []
    why = ": ".join(execution[name] for name in ("error", "cause") if execution.get(name))
    return [f"The smoke run {execution['name']} ended as {execution['status']}{f' ({why})' if why else ''}."]


def what_is_wrong(manifest: dict[str, Any] | None, symbols: list[str]) -> list[str]:
    """Why a smoke run's manifest does not show a good version; nothing where it does."""
    if manifest is None:
        return ["The smoke run left no manifest."]
    found = {symbol["symbol"]: symbol for symbol in manifest["symbols"]}
    wrong = [f"The smoke run has nothing of {symbol}." for symbol in symbols if symbol not in found]
    for symbol, outcome in found.items():
        if outcome["error"]:
            error = outcome["error"]
            wrong.append(f"{symbol} failed in {error['state']}: {error['type']}: {error['message']}")
        elif outcome["status"] != SAVED or not outcome["rows_added"]:
            wrong.append(
                f"{symbol} is {outcome['status']} with {outcome['rows_added']} rows; new ones should be saved."
            )
    return wrong


def number_of(version_arn: str) -> str:
    """``…:stateMachine:stockflow-dev-DailyPrices:7`` to ``"7"``."""
    return version_arn.rpartition(":")[2]
