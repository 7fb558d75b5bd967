"""The versions of a deployed workflow, and its aliases: ``live`` is the one that runs, ``previous`` the one before."""

from dataclasses import dataclass
from typing import Any

from stockflow.cloud.promotion.deployed import DeployedWorkflow
from stockflow.cloud.refusals import aws_errors_as_sentences
from stockflow.errors import CommandFailed
from stockflow_functions.aws.errors import code_of

LIVE, PREVIOUS = "live", "previous"
LONGEST_DESCRIPTION = 256
"""Characters of an alias's description: docs.aws.amazon.com/step-functions, UpdateStateMachineAlias."""

_MISSING = {
    LIVE: "{name} has no alias live: deploy the stack again (docs/deploy.md).",
    PREVIOUS: "There is no version of {name} to go back to: nothing was promoted yet.",
}


class NoSuchAliasError(CommandFailed):
    """The workflow has no alias of that name; the sentence says what that means."""


@dataclass(frozen=True)
class Version:
    """A version that an alias leads to; ``description`` is the alias's, and says how the version became live."""

    arn: str
    description: str

    @property
    def number(self) -> str:
        """``…:stateMachine:stockflow-dev-DailyPrices:7`` to ``"7"``."""
        return self.arn.rpartition(":")[2]

    @classmethod
    def promoted(cls, arn: str, how: str) -> "Version":
        """A version with the reason why it is made live, within the characters that an alias can hold."""
        version = cls(arn, "")
        return cls(arn, f"Version {version.number}, {how}"[:LONGEST_DESCRIPTION])


@dataclass(frozen=True)
class Versions:
    """Publishes a version of a deployed workflow, and moves its aliases."""

    deployed: DeployedWorkflow
    stepfunctions: Any

    def publish(self) -> str:
        """The ARN of the deployed definition's version; AWS creates none if there is one already."""
        with aws_errors_as_sentences(f"publish a version of {self.deployed.name}", "states:PublishStateMachineVersion"):
            answer = self.stepfunctions.publish_state_machine_version(stateMachineArn=self.deployed.machine_arn)
        return str(answer["stateMachineVersionArn"])

    def of(self, alias: str) -> Version:
        """The version that an alias leads to.

        Raises:
            NoSuchAliasError: there is none.
        """
        with aws_errors_as_sentences(
            f"read the alias {alias} of {self.deployed.name}", "states:DescribeStateMachineAlias"
        ):
            try:
                found = self.stepfunctions.describe_state_machine_alias(stateMachineAliasArn=self._alias_arn(alias))
            except self.stepfunctions.exceptions.ResourceNotFound:
                raise NoSuchAliasError(_MISSING[alias].format(name=self.deployed.name)) from None
        arn = str(found["routingConfiguration"][0]["stateMachineVersionArn"])
        return Version(arn, found.get("description", ""))

    def is_live(self, new: Version, instead_of: Version) -> bool:
        """Whether the new version is live already.

        Raises:
            CommandFailed: another promotion or a rollback has moved the alias away from ``instead_of``.
        """
        live = self.of(LIVE)
        if live.arn not in {new.arn, instead_of.arn}:
            raise CommandFailed(
                f"Version {live.number} of {self.deployed.name} was made live in the meantime, in the place of "
                f"{instead_of.number}: it stays. Find out who else promotes, and promote again."
            )
        return live.arn == new.arn

    def make_live(self, new: Version, instead_of: Version) -> str:
        """Moves the alias in one step, so that a run starts with the whole old version or the whole new one.

        Raises:
            CommandFailed: as :meth:`is_live`; nothing is moved.
        """
        if self.is_live(new, instead_of):
            return f"Version {new.number} of {self.deployed.name} is already live."
        self._point(PREVIOUS, instead_of)
        self._point(LIVE, new)
        back = f"stockflow promote --rollback --workflow {self.deployed.workflow.name}"
        return f"Version {new.number} of {self.deployed.name} is live; {back} returns to {instead_of.number}."

    def live_and_previous(self) -> tuple[Version, Version]:
        """The live version and the one before.

        Raises:
            NoSuchAliasError: nothing was promoted yet.
            CommandFailed: a promotion stopped half-way.
        """
        live, previous = self.of(LIVE), self.of(PREVIOUS)
        if live.arn == previous.arn:
            raise CommandFailed(
                f"Version {live.number} of {self.deployed.name} is both live and the one before, because a promotion "
                "did not finish: promote again."
            )
        return live, previous

    def exchange(self, live: Version, previous: Version) -> str:
        """Makes the version before live again, and the live one the one before."""
        self._point(LIVE, previous)
        self._point(PREVIOUS, live)
        return f"Version {previous.number} of {self.deployed.name} is live again, in place of {live.number}."

    def _point(self, alias: str, version: Version) -> None:
        routing = [{"stateMachineVersionArn": version.arn, "weight": 100}]
        needs = "states:UpdateStateMachineAlias and states:CreateStateMachineAlias"
        with aws_errors_as_sentences(f"move the alias {alias} of {self.deployed.name}", needs):
            try:
                self.stepfunctions.update_state_machine_alias(
                    stateMachineAliasArn=self._alias_arn(alias),
                    routingConfiguration=routing,
                    description=version.description,
                )
            except self.stepfunctions.exceptions.ClientError as error:
                if code_of(error) != "ResourceNotFound":
                    raise
                self.stepfunctions.create_state_machine_alias(
                    name=alias, routingConfiguration=routing, description=version.description
                )

    def _alias_arn(self, alias: str) -> str:
        return f"{self.deployed.machine_arn}:{alias}"
