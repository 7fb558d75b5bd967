"""The CloudFormation resource types of the stack that LocalStack's community edition does not have.

Versions and aliases of the workflow are made by LocalStack's own Step Functions. The others are stubs: they take the
properties and give what the template refers to, so they prove nothing about the template but that its references fit.
"""

from itertools import count
from typing import ClassVar

from localstack.services.cloudformation.resource_provider import (
    OperationStatus,
    ProgressEvent,
    ResourceProvider,
    ResourceProviderExecutor,
)


class _Provider(ResourceProvider):
    SCHEMA: ClassVar = {}

    def create(self, request):
        model = {**request.desired_state}
        self.make(model, request)
        return self._done(request, model)

    def update(self, request):
        return self._done(request, {**request.previous_state, **request.desired_state})

    def delete(self, request):
        return self._done(request, request.desired_state or {})

    def make(self, model, request):
        """Makes it, and puts into the model what ``Ref`` and ``Fn::GetAtt`` give."""

    def _done(self, request, model):
        return ProgressEvent(OperationStatus.SUCCESS, resource_model=model, custom_context=request.custom_context)


def _identified_by(name, *replaced_by):
    """The part of a resource type's schema that LocalStack reads: ``Ref``, and which properties mean replacement."""
    schema = {"primaryIdentifier": [f"/properties/{name}"]}
    return {**schema, "createOnlyProperties": [f"/properties/{property_}" for property_ in replaced_by]}


class StateMachineVersion(_Provider):
    SCHEMA = _identified_by("Arn", "StateMachineArn", "StateMachineRevisionId")

    def make(self, model, request):
        published = request.aws_client_factory.stepfunctions.publish_state_machine_version(
            stateMachineArn=model["StateMachineArn"], description=model["Description"]
        )
        model["Arn"] = published["stateMachineVersionArn"]


class StateMachineAlias(_Provider):
    SCHEMA = _identified_by("Arn", "Name")

    def make(self, model, request):
        routing = [
            {"stateMachineVersionArn": route["StateMachineVersionArn"], "weight": int(route["Weight"])}
            for route in model["RoutingConfiguration"]
        ]
        made = request.aws_client_factory.stepfunctions.create_state_machine_alias(
            name=model["Name"], description=model["Description"], routingConfiguration=routing
        )
        model["Arn"] = made["stateMachineAliasArn"]


class Application(_Provider):
    SCHEMA = _identified_by("ApplicationId")

    def make(self, model, request):
        model["ApplicationId"] = "app0001"


class ConfigurationProfile(_Provider):
    SCHEMA = _identified_by("ConfigurationProfileId")

    def make(self, model, request):
        model["ConfigurationProfileId"] = "pro0001"


class HostedConfigurationVersion(_Provider):
    """Counts, as AppConfig does: another content is another version, with the next number."""

    SCHEMA = _identified_by("VersionNumber", "ApplicationId", "ConfigurationProfileId", "Content", "ContentType")
    numbers = count(1)

    def make(self, model, request):
        model["VersionNumber"] = str(next(self.numbers))


class Database(_Provider):
    SCHEMA = _identified_by("Name")

    def make(self, model, request):
        model["Name"] = model["DatabaseInput"]["Name"]


class Table(_Provider):
    SCHEMA = _identified_by("Name")

    def make(self, model, request):
        model["Name"] = model["TableInput"]["Name"]


class WorkGroup(_Provider):
    SCHEMA = _identified_by("Name")


class Dashboard(_Provider):
    SCHEMA = _identified_by("DashboardName")


TYPES = {
    "AWS::StepFunctions::StateMachineVersion": StateMachineVersion,
    "AWS::StepFunctions::StateMachineAlias": StateMachineAlias,
    "AWS::AppConfig::Application": Application,
    "AWS::AppConfig::ConfigurationProfile": ConfigurationProfile,
    "AWS::AppConfig::HostedConfigurationVersion": HostedConfigurationVersion,
    "AWS::Glue::Database": Database,
    "AWS::Glue::Table": Table,
    "AWS::Athena::WorkGroup": WorkGroup,
    "AWS::CloudWatch::Dashboard": Dashboard,
}


def add_resource_types():
    """Lets CloudFormation find these types beside LocalStack's own."""
    usual = ResourceProviderExecutor.try_load_resource_provider

    def load(resource_type):
        return TYPES[resource_type]() if resource_type in TYPES else usual(resource_type)

    ResourceProviderExecutor.try_load_resource_provider = staticmethod(load)
