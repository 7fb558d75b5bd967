"""ListExecutions for an alias, which LocalStack has for a workflow and its versions only."""

from functools import wraps

from localstack.services.stepfunctions.provider import StepFunctionsProvider


def list_executions_of_aliases():
    """From now on the ARN of an alias lists the executions that were started by it.

    docs.aws.amazon.com/step-functions, "ListExecutions": stateMachineArn may be that of an alias. Here a page may be
    shorter than was asked for.
    """
    usual = StepFunctionsProvider.list_executions

    @wraps(usual)
    def list_executions(provider, context, state_machine_arn=None, **others):
        if state_machine_arn not in provider.get_store(context).aliases:
            return usual(provider, context, state_machine_arn=state_machine_arn, **others)
        machine_arn = state_machine_arn.rpartition(":")[0]
        page = usual(provider, context, state_machine_arn=machine_arn, **others)
        of_alias = [item for item in page["executions"] if item.get("stateMachineAliasArn") == state_machine_arn]
        return {**page, "executions": of_alias}

    StepFunctionsProvider.list_executions = list_executions
