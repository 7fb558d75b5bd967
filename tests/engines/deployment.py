"""The stack of template.yaml on an emulator: packaged, expanded and deployed as ``sam deploy`` would, and updated."""

import json
import time
from copy import deepcopy
from hashlib import sha256

from botocore.exceptions import ClientError

from tests.engines.cases import SIZES
from tests.helpers import stack

BUILD = stack.ROOT / "artifacts" / "engines" / "build"
"""Where make test-engines builds the packages."""
ARTIFACTS = "artifacts"
"""The bucket of the packages; ``stack.synthesise`` names it so."""
_POLL_SECONDS = 0.5
_DEPLOY_SECONDS = 600


class Deployment:
    """One stack on one emulator.

    Args:
        emulator: where.
        build: the folder that ``make build`` wrote.
        name: the stack's.
        parameters: of the template; every deployment takes them, and what is written over them stays.
    """

    def __init__(self, emulator, build, name, parameters):
        self.emulator = emulator
        self.name = name
        self.parameters = {**parameters}
        self._build = build
        self._cloudformation = emulator.client("cloudformation")
        self._s3 = emulator.client("s3")

    def create(self):
        """Deploys the stack anew, and gives the status that it ends in."""
        self._s3.create_bucket(Bucket=ARTIFACTS)
        return self._deploy(self._cloudformation.create_stack)

    def update(self, change=lambda template: None, build=None, **parameters):
        """Deploys it again, and gives the status that it ends in.

        Args:
            change: may edit the template before it is expanded.
            build: another folder, for this deployment alone.
            parameters: new values, which stay.
        """
        self.parameters.update(parameters)
        return self._deploy(self._cloudformation.update_stack, change, build)

    def _deploy(self, operation, change=lambda template: None, build=None):
        template = self._packaged(build or self._build)
        change(template)
        body = json.dumps(stack.synthesise(template), default=str).encode()
        # Beyond 51,200 bytes CloudFormation takes a template from S3 only.
        key = f"{sha256(body).hexdigest()}/template.json"
        self._s3.put_object(Bucket=ARTIFACTS, Key=key, Body=body)
        operation(
            StackName=self.name,
            TemplateURL=f"{self.emulator.url}/{ARTIFACTS}/{key}",
            Parameters=[{"ParameterKey": name, "ParameterValue": text} for name, text in self.parameters.items()],
            Capabilities=["CAPABILITY_IAM"],
        )
        return self._ended()

    def _packaged(self, build):
        """The template, its packages uploaded under the hash of their content, as ``sam package`` does it."""
        template = deepcopy(stack.template())
        # Two things are changed: the simulated vendor speaks http, and few symbols are a large run.
        template["Parameters"]["AlphaVantageBaseUrl"]["AllowedPattern"] = "^https?://.*$"
        code = template["Globals"]["Function"]
        code["Environment"]["Variables"].update(SIZES)
        code["CodeUri"] = self._uploaded(code["CodeUri"], build)
        for resource in template["Resources"].values():
            for field in ("ContentUri", "DefinitionUri"):
                if field in resource.get("Properties", {}):
                    resource["Properties"][field] = self._uploaded(resource["Properties"][field], build)
        return template

    def _uploaded(self, path, build):
        inside = path.removeprefix("build/")
        file = stack.ROOT / path if inside == path else build / inside
        body = file.read_bytes()
        key = f"{sha256(body).hexdigest()}/{file.name}"
        try:
            self._s3.head_object(Bucket=ARTIFACTS, Key=key)
        except ClientError:
            self._s3.put_object(Bucket=ARTIFACTS, Key=key, Body=body)
        return key

    def _ended(self):
        ends = time.monotonic() + _DEPLOY_SECONDS
        while (status := self._description()["StackStatus"]).endswith("IN_PROGRESS"):
            assert time.monotonic() < ends, f"{self.name} is {status} for {_DEPLOY_SECONDS} s"
            time.sleep(_POLL_SECONDS)
        return status

    def _description(self):
        return self._cloudformation.describe_stacks(StackName=self.name)["Stacks"][0]

    @property
    def outputs(self):
        return {output["OutputKey"]: output["OutputValue"] for output in self._description()["Outputs"]}

    @property
    def resources(self):
        """Logical id, type and status of each resource, and its physical id."""
        pages = self._cloudformation.get_paginator("list_stack_resources").paginate(StackName=self.name)
        return {item["LogicalResourceId"]: item for page in pages for item in page["StackResourceSummaries"]}

    def failures(self):
        """What CloudFormation says of the resources that failed, for the message of a test."""
        events = self._cloudformation.describe_stack_events(StackName=self.name)["StackEvents"]
        return [
            f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason')}"
            for event in events
            if event["ResourceStatus"].endswith("FAILED")
        ]
