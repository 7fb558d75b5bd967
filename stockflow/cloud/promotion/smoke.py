"""A smoke run: runs a version for real, away from the dataset, and says what is wrong with the result."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

from stockflow.cloud.promotion.deployed import DeployedWorkflow
from stockflow.cloud.promotion.waiting import Waiting
from stockflow.cloud.refusals import aws_errors_as_sentences
from stockflow.cloud.stack import execution_name
from stockflow.errors import CommandFailed
from stockflow.history.saved_run import Description
from stockflow.manifest import Manifest
from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.domain.errors import StockflowError
from stockflow_functions.domain.inputs import SMOKE
from stockflow_functions.runtime.workflow import Smoke

Items = Mapping[str, Path | None]
"""What a smoke run is about, each with the file that is put in its place before; None for an item that needs none."""


def items_of(smoke: Smoke) -> dict[str, Path | None]:
    """What a smoke run is about if nobody says otherwise."""
    examples = Path(str(resources.files("stockflow"))) / "examples"
    return {item: examples / file if file else None for item, file in smoke.items.items()}


@dataclass(frozen=True)
class SmokeRun:
    """Tries a version of a deployed workflow."""

    deployed: DeployedWorkflow
    stepfunctions: Any
    s3: Any
    waiting: Waiting = field(default_factory=Waiting)

    def complaints(self, version_arn: str, items: Items, timeout_seconds: float) -> list[str]:
        """Runs the version with these items, and returns what is wrong with the result, a sentence each.

        Raises:
            CommandFailed: AWS refuses, or the run takes longer than ``timeout_seconds``.
        """
        name = execution_name()
        self._put_in_place(name, items)
        workflow_input = json.dumps({"symbols": list(items), "trigger": SMOKE})
        with aws_errors_as_sentences(f"start a run of {self.deployed.name}", "states:StartExecution"):
            started = self.stepfunctions.start_execution(stateMachineArn=version_arn, name=name, input=workflow_input)
        execution = self._ended(started["executionArn"], timeout_seconds)
        wrong = what_is_wrong(self._manifest(execution["name"]), list(items), self.deployed.smoke)
        return [*how_it_failed(execution), *wrong]

    def _put_in_place(self, execution: str, items: Items) -> None:
        for item, file in items.items():
            if file is None:
                continue
            key = self.deployed.smoke.place_of(item)
            try:
                self._bucket(execution).put(key, file.read_bytes())
            except (OSError, StockflowError) as error:
                raise CommandFailed(f"{file.name} can't be put in place for the smoke run: {error}") from None

    def _bucket(self, execution: str) -> Bucket:
        return Bucket(self.s3, self.deployed.stack.bucket).below(keys.scratch(execution))

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
        try:
            manifest: Manifest | None = self._bucket(execution).get_json(keys.manifest(execution))
        except StockflowError as error:
            raise CommandFailed(f"The smoke run's manifest can't be read: {error}") from None
        return manifest


def how_it_failed(execution: Description) -> list[str]:
    """How an execution failed; nothing for one that succeeded."""
    if execution["status"] == "SUCCEEDED":
        return []
    why = ": ".join(filter(None, (execution.get("error"), execution.get("cause"))))
    return [f"The smoke run {execution['name']} ended as {execution['status']}{f' ({why})' if why else ''}."]


def what_is_wrong(manifest: Manifest | None, items: list[str], smoke: Smoke) -> list[str]:
    """Why a smoke run's manifest does not show a good version; nothing if it does."""
    if manifest is None:
        return ["The smoke run left no manifest."]
    found = {outcome["symbol"]: outcome for outcome in manifest["symbols"]}
    wrong = [f"The smoke run has nothing of {item}." for item in items if item not in found]
    for item, outcome in found.items():
        error = outcome.get("error")
        if error:
            wrong.append(f"{item} failed in {error['state']}: {error['type']}: {error['message']}")
        else:
            wrong += smoke.complaints(outcome)
    return wrong
