"""The deployed version of a workflow that is to be made live, and what it takes to try it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from stockflow.cloud.promotion.delivery import Delivery
from stockflow.cloud.promotion.deployed import DeployedWorkflow
from stockflow.cloud.promotion.smoke import Items, SmokeRun, items_of
from stockflow.cloud.promotion.versions import Version, Versions
from stockflow.cloud.promotion.waiting import Waiting
from stockflow.cloud.stack import Aws


@dataclass(frozen=True)
class Candidate:
    """A workflow that is to be made live; ``items`` is what its smoke run is about."""

    deployed: DeployedWorkflow
    items: Items
    versions: Versions
    smoke_run: SmokeRun
    delivery: Delivery

    @classmethod
    def of(cls, deployed: DeployedWorkflow, aws: Aws, waiting: Waiting, items: Items | None = None) -> "Candidate":
        """The candidate on AWS; without ``items`` its smoke run is about the workflow's own."""
        stepfunctions = aws.client("stepfunctions")
        return cls(
            deployed,
            items_of(deployed.smoke) if items is None else items,
            Versions(deployed, stepfunctions),
            SmokeRun(deployed, stepfunctions, aws.client("s3"), waiting),
            Delivery(deployed, aws.client("scheduler"), stepfunctions, waiting),
        )

    @property
    def first(self) -> str:
        """The first item of its smoke run."""
        return next(iter(self.items))

    def publish(self, how: str) -> Version:
        """Publishes the deployed definition, and describes its version by how it is to become live."""
        return Version.promoted(self.versions.publish(), how)


@dataclass(frozen=True)
class Tried:
    """A version that may be made live, and the one that was live when it was tried."""

    versions: Versions
    new: Version
    instead_of: Version


def make_live(every: Sequence[Tried]) -> Iterator[str]:
    """Makes the versions live, and says so.

    Raises:
        CommandFailed: somebody else has moved an alias in the meantime; if that is seen at once, nothing is moved.
    """
    for tried in every:
        tried.versions.is_live(tried.new, tried.instead_of)
    yield from (tried.versions.make_live(tried.new, tried.instead_of) for tried in every)
