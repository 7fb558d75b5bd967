"""The versions of a stack's workflow, and its aliases: ``live`` is the one that runs, ``previous`` the one before."""

from dataclasses import dataclass
from typing import Any

from stockflow.cloud.refusals import aws_errors_as_sentences
from stockflow.cloud.stack import Stack
from stockflow.errors import CommandFailed
from stockflow_functions.aws.errors import code_of

LIVE, PREVIOUS = "live", "previous"
LONGEST_DESCRIPTION = 256
"""Characters of an alias's description: docs.aws.amazon.com/step-functions, UpdateStateMachineAlias."""

_MISSING = {
    LIVE: "The workflow of {stack} has no alias live: deploy the stack again (docs/deploy.md).",
    PREVIOUS: "There is no version of {stack} to go back to: nothing was promoted yet.",
}


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
    """Publishes a version of one stack's workflow, and moves its aliases."""

    stack: Stack
    stepfunctions: Any

    def publish(self) -> str:
        """The ARN of the deployed definition's version; AWS creates none if there is one already."""
        with aws_errors_as_sentences(f"publish the workflow of {self.stack.name}", "states:PublishStateMachineVersion"):
            answer = self.stepfunctions.publish_state_machine_version(stateMachineArn=self.stack.state_machine_arn)
        return str(answer["stateMachineVersionArn"])

    def of(self, alias: str) -> Version:
        """The version that an alias leads to.

        Raises:
            CommandFailed: there is no such alias.
        """
        with aws_errors_as_sentences(
            f"read the alias {alias} of {self.stack.name}", "states:DescribeStateMachineAlias"
        ):
            try:
                found = self.stepfunctions.describe_state_machine_alias(stateMachineAliasArn=self._alias_arn(alias))
            except self.stepfunctions.exceptions.ResourceNotFound:
                raise CommandFailed(_MISSING[alias].format(stack=self.stack.name)) from None
        arn = str(found["routingConfiguration"][0]["stateMachineVersionArn"])
        return Version(arn, found.get("description", ""))

    def make_live(self, new: Version, instead_of: Version) -> str:
        """Moves the alias in one step, so that a run starts with the whole old version or the whole new one.

        Raises:
            CommandFailed: another promotion or a rollback has moved it away from ``instead_of``; nothing is moved.
        """
        live = self.of(LIVE)
        if live.arn == new.arn:
            return f"Version {new.number} is already live."
        if live.arn != instead_of.arn:
            raise CommandFailed(
                f"Version {live.number} of {self.stack.name} was made live in the meantime, in the place "
                f"of {instead_of.number}: nothing was moved. Find out who else promotes, and promote again."
            )
        self._point(PREVIOUS, live)
        self._point(LIVE, new)
        return f"Version {new.number} is live; stockflow promote --rollback returns to {live.number}."

    def roll_back(self) -> str:
        """Exchanges the live version and the one before.

        Raises:
            CommandFailed: nothing was promoted yet, or a promotion stopped half-way; nothing is moved.
        """
        live, previous = self.of(LIVE), self.of(PREVIOUS)
        if live.arn == previous.arn:
            raise CommandFailed(
                f"Version {live.number} of {self.stack.name} is both live and the one before, because a "
                "promotion did not finish: promote again."
            )
        self._point(LIVE, previous)
        self._point(PREVIOUS, live)
        return f"Version {previous.number} is live again, in place of {live.number}."

    def _point(self, alias: str, version: Version) -> None:
        routing = [{"stateMachineVersionArn": version.arn, "weight": 100}]
        needs = "states:UpdateStateMachineAlias and states:CreateStateMachineAlias"
        with aws_errors_as_sentences(f"move the alias {alias} of {self.stack.name}", needs):
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
        return f"{self.stack.state_machine_arn}:{alias}"
