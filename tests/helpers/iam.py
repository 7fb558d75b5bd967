"""IAM's decision about a request, as far as this project's policies go.

A deny that applies decides; else, inside one account, one allow is enough, be it the caller's own or the resource's:
docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html. moto's own enforcement would not do:
it knows no condition but StringEquals in a trust policy, and takes each deny under a condition for a deny.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tests.helpers.policies import Statement

OVER_TLS = {"aws:SecureTransport": ["true"], "s3:TlsVersion": ["1.3"]}


@dataclass(frozen=True)
class Request:
    """What somebody wants to do; ``context`` has the values of condition keys, ``principal`` who asks."""

    action: str
    resource: str = ""
    context: Mapping[str, list[str]] = field(default_factory=dict)
    principal: tuple[str, str] = ("", "")


def is_allowed(request: Request, statements: Iterable[Statement]) -> bool:
    """Whether these statements, the caller's and the resource's together, let the request through."""
    effects = {statement.effect for statement in statements if applies(statement, request)}
    return "Allow" in effects and "Deny" not in effects


def applies(statement: Statement, request: Request) -> bool:
    """Whether the statement is about the request: who asks, what is asked, of what, under which conditions."""
    context = OVER_TLS | dict(request.context)
    return (
        _is_about(statement.principals, request.principal)
        and any(matches(pattern, request.action, ignore_case=True) for pattern in statement.actions)
        and (not statement.resources or any(matches(pattern, request.resource) for pattern in statement.resources))
        and all(
            _holds(operator, wanted, context.get(key))
            for operator, tests in statement.conditions.items()
            for key, wanted in tests.items()
        )
    )


def matches(pattern: str, text: str, *, ignore_case: bool = False) -> bool:
    """Whether IAM's ``*`` and ``?`` match the whole text."""
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return bool(re.fullmatch(expression, text, re.IGNORECASE if ignore_case else 0))


def start_execution(arn: str) -> Request:
    """The request that StartExecution of this ARN is.

    docs.aws.amazon.com/step-functions/latest/dg/auth-version-alias.html: "Step Functions uses the state machine's ARN
    instead of using the version ARN or alias ARN"; which of these it is, is the key ``states:StateMachineQualifier``.
    """
    machine, qualifier = re.fullmatch(r"(arn:[^:]*:states:[^:]*:[^:]*:stateMachine:[^:]+)(?::(.+))?", arn).groups()
    context = {"states:StateMachineQualifier": [qualifier]} if qualifier else {}
    return Request("states:StartExecution", machine, context)


def _is_about(principals: Mapping[str, list[str]], principal: tuple[str, str]) -> bool:
    kind, name = principal
    return not principals or "*" in principals or name in principals.get(kind, [])


def _holds(operator: str, wanted: list[str], given: list[str] | None) -> bool:
    several, _, operator = operator.rpartition(":")
    operator, if_exists, _ = operator.partition("IfExists")
    if given is None:
        return bool(if_exists) or several == "ForAllValues"
    test = {
        "StringEquals": lambda want, value: want == value,
        "StringLike": matches,
        "ArnEquals": matches,
        "ArnLike": matches,
        "Bool": lambda want, value: want.lower() == value.lower(),
        "NumericLessThan": lambda want, value: float(value) < float(want),
    }[operator]
    quantifier = all if several == "ForAllValues" else any
    return quantifier(any(test(want, value) for want in wanted) for value in given)
