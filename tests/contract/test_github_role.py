"""What GitHub Actions may do: take a role from one environment, hand a deployment over, promote; and nothing beyond."""

import json

import pytest

from tests.helpers.iam import Request, is_allowed, matches
from tests.helpers.policies import ACCOUNT, REGION, STACK, Deployed, filled_in, statements_of
from tests.helpers.stack import GITHUB_ROLE, ROOT, resources, synthesised, template

PARAMETERS = {"StackName": STACK, "Repository": "owner/name", "Environment": "dev"}
GITHUB = Deployed(template(GITHUB_ROLE), PARAMETERS)
STOCKFLOW = Deployed(synthesised())
DEPLOYMENT = GITHUB.role("DeploymentRole")
BOUNDARY = statements_of("Boundary", GITHUB.of_type("AWS::IAM::ManagedPolicy")["Boundary"]["PolicyDocument"])
PROVIDER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"
TYPES = sorted({resource["Type"] for resource in synthesised()["Resources"].values()})

# What CloudFormation's handlers call for the sake of what template.yaml does not have, and what it shall not do.
NEVER = {
    "other services' features": """
        codedeploy:* ec2:* elasticfilesystem:* firehose:* kinesis:* kms:* lakeformation:* s3files:* s3tables:*
        iam:CreateServiceLinkedRole""",
    "features of tables": """
        dynamodb:*TableReplica dynamodb:ImportTable dynamodb:DescribeImport dynamodb:UpdateContributorInsights
        dynamodb:PutResourcePolicy dynamodb:DeleteResourcePolicy dynamodb:EnableKinesisStreamingDestination
        dynamodb:DisableKinesisStreamingDestination dynamodb:UpdateKinesisStreamingDestination""",
    "features of buckets": """
        s3:PutBucketAcl s3:PutObjectAcl s3:CreateBucketMetadata* s3:DeleteBucketMetadata* s3:UpdateBucketMetadata*
        s3:PutBucketAbac s3:PutBucketCORS s3:PutBucketLogging s3:PutBucketObjectLockConfiguration
        s3:PutObjectLockConfiguration s3:PutBucketReplication s3:PutBucketWebsite s3:PutAccelerateConfiguration
        s3:PutAnalyticsConfiguration s3:PutIntelligentTieringConfiguration s3:PutInventoryConfiguration
        s3:PutMetricsConfiguration s3:PutReplicationConfiguration s3:*MultipartUpload*
        s3:DeleteBucketAnalyticsConfiguration s3:DeleteBucketCors s3:DeleteBucketEncryption s3:DeleteBucketLifecycle
        s3:DeleteBucketMetricsConfiguration s3:DeleteBucketReplication s3:DeleteBucketWebsite""",
    "features of functions": """
        lambda:AssociateRuntimeAlias lambda:GetCodeSigningConfig lambda:PutFunctionCodeSigningConfig
        lambda:DeleteFunctionCodeSigningConfig lambda:PutFunctionConcurrency lambda:DeleteFunctionConcurrency
        lambda:PutProvisionedConcurrencyConfig lambda:DeleteProvisionedConcurrencyConfig lambda:PassCapacityProvider
        lambda:PutFunctionRecursionConfig lambda:PutFunctionScalingConfig lambda:PutRuntimeManagementConfig""",
    "features of log groups": """
        logs:PutDataProtectionPolicy logs:DeleteDataProtectionPolicy logs:*IndexPolicy logs:*KmsKey
        logs:PutResourcePolicy logs:DeleteResourcePolicy logs:CreateLogDelivery logs:PutBearerTokenAuthentication
        logs:PutLogGroupDeletionProtection logs:CreateLogStream logs:DescribeLogStreams logs:PutLogEvents""",
    "features of secrets, topics and query tables": """
        secretsmanager:GetRandomPassword secretsmanager:ReplicateSecretToRegions glue:*Connection glue:GetSchemaVersion
        secretsmanager:RemoveRegionsFromReplication sns:PutDataProtectionPolicy""",
    "managed policies, for no role has one": "iam:AttachRolePolicy iam:DetachRolePolicy",
    "a way out of the boundary": "iam:DeleteRolePermissionsBoundary",
    "reading or changing data": """
        dynamodb:*Item dynamodb:Query dynamodb:Scan s3:PutObject s3:DeleteObject s3:GetObjectMetadata
        s3:REST.PUT.OBJECT secretsmanager:GetSecretValue""",
    "removing what the stack's deletion keeps": """
        dynamodb:DeleteTable lambda:DeleteLayerVersion s3:DeleteBucket s3:DeleteBucketPolicy""",
}


def called_by_cloudformation(kind):
    """What CloudFormation's handlers of a resource type call, but for listing all: as its schema says."""
    from cfnlint.schema import PROVIDER_SCHEMA_MANAGER  # noqa: PLC0415 # a second, in processes that run none of these

    handlers = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, kind).schema["handlers"]
    return {action for name, handler in handlers.items() if name != "list" for action in handler["permissions"]}


def granted():
    return {action for statement in DEPLOYMENT for action in statement.actions}


def never():
    return [pattern for patterns in NEVER.values() for pattern in patterns.split()]


@pytest.mark.parametrize("kind", TYPES)
def test_cloudformation_may_make_each_resource(kind):
    """What the handlers of a resource type call is granted, or is left out for a reason."""
    left_out = called_by_cloudformation(kind) - granted()
    assert [action for action in sorted(left_out) if not any(matches(pattern, action) for pattern in never())] == []


def test_cloudformation_may_do_no_more():
    """Each action of the deployment is one that some handler of the template's resource types calls."""
    assert granted() - set().union(*map(called_by_cloudformation, TYPES)) == set()


def test_what_is_left_out_is_not_granted():
    """No reason for leaving an action out is out of date: none is granted, and some handler would call each."""
    called = set().union(*map(called_by_cloudformation, TYPES))
    assert [pattern for pattern in never() if any(matches(pattern, action) for action in granted())] == []
    assert [pattern for pattern in never() if not any(matches(pattern, action) for action in called)] == []


CREATION = {
    "AWS::CloudWatch::Alarm": "cloudwatch:PutMetricAlarm",
    "AWS::DynamoDB::Table": "dynamodb:CreateTable",
    "AWS::Events::Rule": "events:PutRule",
    "AWS::IAM::Role": "iam:CreateRole",
    "AWS::Lambda::Function": "lambda:CreateFunction",
    "AWS::Logs::LogGroup": "logs:CreateLogGroup",
    "AWS::S3::Bucket": "s3:CreateBucket",
    "AWS::SNS::Topic": "sns:CreateTopic",
    "AWS::SQS::Queue": "sqs:CreateQueue",
    "AWS::SecretsManager::Secret": "secretsmanager:CreateSecret",
    "AWS::StepFunctions::StateMachine": "states:CreateStateMachine",
}
INSIDE = {"iam:PermissionsBoundary": [GITHUB.arn("Boundary")], "aws:ResourceAccount": [ACCOUNT]}


@pytest.mark.parametrize(
    "name", [name for name, resource in STOCKFLOW.resources.items() if resource["Type"] in CREATION]
)
def test_the_deployment_reaches_the_stacks_own_names(name):
    """Each resource, named as CloudFormation or the template names it, may be made; another stack's may not."""
    action, arn = CREATION[STOCKFLOW.resources[name]["Type"]], STOCKFLOW.arn(name)
    assert is_allowed(Request(action, arn, INSIDE), DEPLOYMENT)
    if action != "secretsmanager:CreateSecret":  # CloudFormation names it without the stack
        assert not is_allowed(Request(action, arn.replace(STACK, "other"), INSIDE), DEPLOYMENT)


@pytest.mark.parametrize(
    ("claim", "value", "allowed"),
    [
        ("sub", "repo:owner/name:environment:dev", True),
        ("sub", "repo:owner/name:environment:dev2", False),
        ("sub", "repo:owner/name:ref:refs/heads/main", False),
        ("sub", "repo:owner/name:pull_request", False),
        ("sub", "repo:other/name:environment:dev", False),
        ("sub", "repo:owner/name2:environment:dev", False),
        ("aud", "https://github.com/owner", False),
    ],
)
def test_one_environment_of_one_repository_takes_the_role(claim, value, allowed):
    """The token's subject and audience are compared whole: no other environment, branch, fork or audience will do."""
    claims = {"aud": "sts.amazonaws.com", "sub": "repo:owner/name:environment:dev", claim: value}
    context = {f"token.actions.githubusercontent.com:{name}": [one] for name, one in claims.items()}
    request = Request("sts:AssumeRoleWithWebIdentity", "", context, ("Federated", PROVIDER))
    trust = [one for one in GITHUB.statements() if one.where == "GitHubRole"]
    assert is_allowed(request, trust) is allowed


def test_a_provider_that_the_account_has_is_used():
    """With its ARN as parameter none is made, and the role trusts that one."""
    stack = Deployed(template(GITHUB_ROLE), {**PARAMETERS, "ProviderArn": PROVIDER})
    (trust,) = [one for one in stack.statements() if one.where == "GitHubRole"]
    assert "Provider" not in stack.resources
    assert trust.principals == {"Federated": [PROVIDER]}


@pytest.mark.parametrize("role", resources("AWS::IAM::Role"))
def test_the_boundary_takes_nothing_from_the_stacks_roles(role):
    """Whatever a role of template.yaml may do, on its own or a shared table, it may do inside the boundary."""
    stack = Deployed(synthesised(), {"SharedStateTable": "stockflow-prd-StateTable-1ABC"})
    beyond = [
        (action, place)
        for statement in stack.role(role)
        for action in statement.actions
        for place in statement.resources
        if not is_allowed(Request(action, place), BOUNDARY)
    ]
    assert beyond == []


def test_the_boundary_is_no_wider_than_the_stacks_roles():
    """Each action of the boundary is one that some role of template.yaml has."""
    roles = {action for role in resources("AWS::IAM::Role") for one in STOCKFLOW.role(role) for action in one.actions}
    assert {action for statement in BOUNDARY for action in statement.actions} == roles


ROLE_OF_THE_STACK = STOCKFLOW.arn("PlanRole")
OTHER_BOUNDARY = {"iam:PermissionsBoundary": ["arn:aws:iam::aws:policy/AdministratorAccess"]}


@pytest.mark.parametrize(
    ("action", "arn", "context"),
    [
        ("iam:CreateRole", ROLE_OF_THE_STACK, {}),
        ("iam:CreateRole", ROLE_OF_THE_STACK, OTHER_BOUNDARY),
        ("iam:PutRolePolicy", ROLE_OF_THE_STACK, {}),
        ("iam:PutRolePermissionsBoundary", ROLE_OF_THE_STACK, OTHER_BOUNDARY),
        ("iam:DeleteRolePermissionsBoundary", ROLE_OF_THE_STACK, INSIDE),
        ("iam:AttachRolePolicy", ROLE_OF_THE_STACK, INSIDE),
        ("iam:PutRolePolicy", GITHUB.arn("DeploymentRole"), INSIDE),
        ("iam:UpdateAssumeRolePolicy", GITHUB.arn("GitHubRole"), INSIDE),
        ("iam:CreatePolicyVersion", GITHUB.arn("Boundary"), INSIDE),
        ("iam:PassRole", GITHUB.arn("DeploymentRole"), {"iam:PassedToService": ["cloudformation.amazonaws.com"]}),
        ("iam:PassRole", ROLE_OF_THE_STACK, {"iam:PassedToService": ["ec2.amazonaws.com"]}),
        ("secretsmanager:GetSecretValue", STOCKFLOW.arn("Secret"), {}),
        ("s3:GetObject", f"{STOCKFLOW.arn('Bucket')}/prices/daily/AAPL.parquet", INSIDE),
        ("dynamodb:DeleteTable", STOCKFLOW.arn("StateTable"), {}),
    ],
)
def test_a_deployment_leads_nowhere_else(action, arn, context):
    """Neither beyond the boundary, nor to the roles it runs under, nor to data, secrets, or what is kept."""
    assert not is_allowed(Request(action, arn, context), DEPLOYMENT)


def test_a_job_may_promote_as_a_person_may():
    """The role may do what docs/policies/promote.json says, on whatever bucket the stack can have."""
    written = statements_of("Promote", filled_in((ROOT / "docs" / "policies" / "promote.json").read_text()))
    (promote,) = [
        statements_of("Promote", policy["PolicyDocument"])
        for policy in GITHUB.of_type("AWS::IAM::Role")["GitHubRole"]["Policies"]
        if policy["PolicyName"] == "Promote"
    ]
    assert [(one.where, one.actions) for one in promote] == [(one.where, one.actions) for one in written]
    for one, other in zip(promote, written, strict=True):
        assert all(map(matches, one.resources, other.resources)), one.where
        assert {**one.conditions, **other.conditions} == one.conditions


@pytest.mark.parametrize(("role", "most"), [("GitHubRole", 10_240), ("DeploymentRole", 10_240), ("Boundary", 6_144)])
def test_iam_takes_the_policies(role, most):
    """A role's policies, or the boundary, are no longer than IAM takes, whatever the stack's name.

    docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: white space is not counted.
    """
    longest = Deployed(template(GITHUB_ROLE), {**PARAMETERS, "StackName": "s" * 40})
    properties = longest.resolve(longest.resources[role]["Properties"])
    documents = [one["PolicyDocument"] for one in properties.get("Policies", [properties])]
    assert sum(len(json.dumps(one, separators=(",", ":"))) for one in documents) <= most
