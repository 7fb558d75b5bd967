"""A smoke run: runs a version for real, away from the dataset, and says what is wrong with the result."""

import json
from dataclasses import dataclass, field
from typing import Any

from stockflow.cloud.promotion.waiting import Waiting
from stockflow.cloud.refusals import aws_errors_as_sentences
from stockflow.cloud.stack import Stack, execution_name
from stockflow.errors import CommandFailed
from stockflow.history.saved_run import Description
from stockflow.manifest import Manifest
from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.domain.errors import StockflowError
from stockflow_functions.domain.inputs import SMOKE


@dataclass(frozen=True)
class SmokeRun:
    """Tries a version of one stack's workflow."""

    stack: Stack
    stepfunctions: Any
    s3: Any
    waiting: Waiting = field(default_factory=Waiting)

    def complaints(self, version_arn: str, symbols: list[str], timeout_seconds: float) -> list[str]:
        """Runs the version with these symbols, and returns what is wrong with the result, a sentence each.

        Raises:
            CommandFailed: AWS refuses, or the run takes longer than ``timeout_seconds``.
        """
        workflow_input = json.dumps({"symbols": symbols, "trigger": SMOKE})
        with aws_errors_as_sentences(f"start a run of {self.stack.name}", "states:StartExecution"):
            started = self.stepfunctions.start_execution(
                stateMachineArn=version_arn, name=execution_name(), input=workflow_input
            )
        execution = self._ended(started["executionArn"], timeout_seconds)
        return [*how_it_failed(execution), *what_is_wrong(self._manifest(execution["name"]), symbols)]

    def _ended(self, execution_arn: str, timeout_seconds: float) -> Description:
        ended = self.waiting.until(lambda: self._description_if_ended(execution_arn), timeout_seconds)
        if ended is None:
            raise CommandFailed(
                f"The smoke run {execution_arn.rpartition(':')[2]} is still running after {timeout_seconds:g} s, "
                "perhaps because other runs have the next slots: wait longer with --timeout-seconds. Nothing is made "
                "live."
            )
        return ended

    def _description_if_ended(self, execution_arn: str) -> Description | None:
        with aws_errors_as_sentences("follow the smoke run", "states:DescribeExecution"):
            execution: Description = self.stepfunctions.describe_execution(executionArn=execution_arn)
        return None if execution["status"] == "RUNNING" else execution

    def _manifest(self, execution: str) -> Manifest | None:
        bucket = Bucket(self.s3, self.stack.bucket).below(keys.scratch(execution))
        try:
            manifest: Manifest | None = bucket.get_json(keys.manifest(execution))
        except StockflowError as error:
            raise CommandFailed(f"The smoke run's manifest can't be read: {error}") from None
        return manifest


def how_it_failed(execution: Description) -> list[str]:
    """How an execution failed; nothing for one that succeeded."""
    if execution["status"] == "SUCCEEDED":
        return []
    why = ": ".join(filter(None, (execution.get("error"), execution.get("cause"))))
    return [f"The smoke run {execution['name']} ended as {execution['status']}{f' ({why})' if why else ''}."]


def what_is_wrong(manifest: Manifest | None, symbols: list[str]) -> list[str]:
    """Why a smoke run's manifest does not show a good version; nothing if it does."""
    if manifest is None:
        return ["The smoke run left no manifest."]
    found = {symbol["symbol"]: symbol for symbol in manifest["symbols"]}
    wrong = [f"The smoke run has nothing of {symbol}." for symbol in symbols if symbol not in found]
    for symbol, outcome in found.items():
        error = outcome.get("error")
        if error:
            wrong.append(f"{symbol} failed in {error['state']}: {error['type']}: {error['message']}")
        elif not outcome.get("rows_added"):
            wrong.append(
                f"{symbol} is {outcome['status']} with {outcome.get('rows_added', 0)} rows; new ones should be saved."
            )
    return wrong
