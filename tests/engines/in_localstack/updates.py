"""Updates of a stack as AWS makes them: what has to be replaced is, and nothing else; the functions' aliases move."""

from functools import wraps

from localstack.services.cloudformation.engine.v2.change_set_model_executor import ChangeSetModelExecutor
from localstack.services.cloudformation.engine.v2.change_set_model_preproc import PreprocResource
from localstack.services.cloudformation.resource_provider import (
    OperationStatus,
    ProgressEvent,
    ResourceProviderExecutor,
)
from localstack.services.lambda_.resource_providers.aws_lambda_version import LambdaVersionProvider
from localstack.services.lambda_.resource_providers.lambda_alias import LambdaAliasProvider


def update_as_aws_does():
    """From now on a resource is replaced exactly where a property has another value that its type can't change.

    LocalStack goes by the template's text: it overlooks a new value behind Fn::Sub, and replaces what refers to a
    resource of which something else has changed. Of a function's version it does not know that Description and
    CodeSha256 can't be changed (docs.aws.amazon.com/AWSCloudFormation, "AWS::Lambda::Version"), and it leaves an alias
    of a function as it was.
    """
    LambdaVersionProvider.SCHEMA["createOnlyProperties"] += ["/properties/Description", "/properties/CodeSha256"]
    LambdaAliasProvider.update = _move_alias
    usual = ChangeSetModelExecutor._execute_resource_change

    @wraps(usual)
    def execute(executor, name, before, after):
        if isinstance(before, PreprocResource) and isinstance(after, PreprocResource):
            after.requires_replacement = _is_another_one(before, after)
        return usual(executor, name, before, after)

    ChangeSetModelExecutor._execute_resource_change = execute


def _is_another_one(before, after):
    provider = ResourceProviderExecutor.try_load_resource_provider(after.resource_type)
    paths = provider.SCHEMA.get("createOnlyProperties", []) if provider else []
    names = [path.removeprefix("/properties/") for path in paths]
    return any(before.properties.properties.get(name) != after.properties.properties.get(name) for name in names)


def _move_alias(_provider, request):
    model = {**request.previous_state, **request.desired_state}
    request.aws_client_factory.lambda_.update_alias(
        FunctionName=model["FunctionName"], Name=model["Name"], FunctionVersion=model["FunctionVersion"]
    )
    return ProgressEvent(OperationStatus.SUCCESS, resource_model=model, custom_context=request.custom_context)
