"""The policies of a template as IAM gets them: CloudFormation's functions resolved, every statement in one shape."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

ACCOUNT, REGION, STACK = "123456789012", "us-east-1", "stockflow-dev"
_HERE = f"{REGION}:{ACCOUNT}"
_ARNS = {
    "AWS::CloudWatch::Alarm": f"cloudwatch:{_HERE}:alarm:",
    "AWS::DynamoDB::Table": f"dynamodb:{_HERE}:table/",
    "AWS::Events::Rule": f"events:{_HERE}:rule/",
    "AWS::IAM::ManagedPolicy": f"iam::{ACCOUNT}:policy/",
    "AWS::IAM::OIDCProvider": f"iam::{ACCOUNT}:oidc-provider/",
    "AWS::IAM::Role": f"iam::{ACCOUNT}:role/",
    "AWS::Lambda::Function": f"lambda:{_HERE}:function:",
    "AWS::Logs::LogGroup": f"logs:{_HERE}:log-group:",
    "AWS::S3::Bucket": "s3:::",
    "AWS::SNS::Topic": f"sns:{_HERE}:",
    "AWS::SQS::Queue": f"sqs:{_HERE}:",
    "AWS::SecretsManager::Secret": f"secretsmanager:{_HERE}:secret:",
    "AWS::StepFunctions::StateMachine": f"states:{_HERE}:stateMachine:",
}
_REF_IS_ARN = {
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::OIDCProvider",
    "AWS::Lambda::Alias",
    "AWS::Lambda::Version",
    "AWS::SNS::Topic",
    "AWS::SecretsManager::Secret",
    "AWS::StepFunctions::StateMachine",
    "AWS::StepFunctions::StateMachineAlias",
    "AWS::StepFunctions::StateMachineVersion",
}
_NAMES = ("AlarmName", "FunctionName", "LogGroupName", "Name", "StateMachineName", "Url")
_PSEUDO = {
    "AWS::AccountId": ACCOUNT,
    "AWS::NoValue": None,
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::StackName": STACK,
}


@dataclass(frozen=True)
class Statement:
    """One statement; ``resources`` is empty for a trust policy, ``conditions`` is ``{operator: {key: [values]}}``."""

    where: str
    effect: str
    actions: list[str]
    resources: list[str] = field(default_factory=list)
    conditions: Mapping[str, Mapping[str, list[str]]] = field(default_factory=dict)
    principals: Mapping[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, where: str, document: Mapping[str, Any]) -> "Statement":
        """From IAM's JSON."""
        principals = document.get("Principal", {})
        return cls(
            f"{where}/{document.get('Sid', '')}".rstrip("/"),
            document["Effect"],
            _listed(document["Action"]),
            _listed(document.get("Resource", [])),
            {
                operator: {key: [_text(value) for value in _listed(values)] for key, values in tests.items()}
                for operator, tests in document.get("Condition", {}).items()
            },
            {"*": ["*"]} if principals == "*" else {kind: _listed(names) for kind, names in principals.items()},
        )


def filled_in(text: str) -> dict[str, Any]:
    """A policy file of docs/policies as a reader fills it in."""
    blanks = {"REGION": REGION, "ACCOUNT": ACCOUNT, "BUCKET": f"{STACK}-bucket-1abcdefghijk2"}
    return json.loads(re.sub(r"\b(REGION|ACCOUNT|BUCKET)\b", lambda blank: blanks[blank[0]], text))


def statements_of(where: str, document: Mapping[str, Any]) -> list[Statement]:
    """Those of a policy document."""
    return [Statement.of(where, statement) for statement in _listed(document["Statement"])]


class Deployed:
    """A template as if deployed with these parameters.

    Args:
        template: with the long forms of CloudFormation's functions, SAM's resources translated.
        parameters: their values, where not the defaults.
        names: physical names by logical id; what has none is named as CloudFormation would.
    """

    def __init__(
        self,
        template: Mapping[str, Any],
        parameters: Mapping[str, str] | None = None,
        names: Mapping[str, str] | None = None,
    ) -> None:
        given = {name: rules.get("Default") for name, rules in template["Parameters"].items()}
        self._values = {**_PSEUDO, **given, **(parameters or {})}
        self._conditions = template.get("Conditions", {})
        self._names = names or {}
        self.resources = {
            name: resource
            for name, resource in template["Resources"].items()
            if self._holds({"Condition": resource["Condition"]} if "Condition" in resource else True)
        }

    def statements(self) -> list[Statement]:
        """Every statement of the template, of whatever kind of policy."""
        return [
            statement
            for name, resource in self.resources.items()
            for document in _documents(self._own(resource))
            for statement in statements_of(name, document)
        ] + [self._permission(name) for name in self.of_type("AWS::Lambda::Permission")]

    def holds(self, condition: str) -> bool:
        """Whether the template's condition of this name holds."""
        return self._holds({"Condition": condition})

    def role(self, name: str) -> list[Statement]:
        """What a role may do."""
        policies = self.resolve(self.resources[name]["Properties"].get("Policies", []))
        return [one for policy in policies for one in statements_of(name, policy["PolicyDocument"])]

    def of_type(self, kind: str) -> dict[str, dict[str, Any]]:
        """The resources of one type, resolved, by logical id."""
        found = {name: resource for name, resource in self.resources.items() if resource["Type"] == kind}
        return {name: self._own(resource) for name, resource in found.items()}

    def arn(self, name: str) -> str:
        """The ARN of a resource."""
        resource = self.resources[name]
        properties = resource["Properties"]
        match resource["Type"]:
            case "AWS::Lambda::Alias":
                return (
                    f"{self.resolve({'Fn::GetAtt': [properties['FunctionName']['Ref'], 'Arn']})}:{properties['Name']}"
                )
            case "AWS::Lambda::Version":
                return self.resolve({"Fn::GetAtt": [properties["FunctionName"]["Ref"], "Arn"]}) + ":1"
            case "AWS::StepFunctions::StateMachineVersion":
                return self.resolve(properties["StateMachineArn"]) + ":1"
            case "AWS::StepFunctions::StateMachineAlias":
                (route,) = self.resolve(properties["RoutingConfiguration"])
                return f"{route['StateMachineVersionArn'].rpartition(':')[0]}:{properties['Name']}"
            case kind:
                return f"arn:aws:{_ARNS[kind]}{self._name(name)}"

    def short(self, arn: str) -> str:
        """An ARN by the logical id of what it is of, and what comes after that: ``Bucket/prices/*``."""
        known = {self.arn(name): name for name, resource in self.resources.items() if resource["Type"] in _ARNS}
        of = max((one for one in known if arn.startswith(one)), key=len, default="")
        return known[of] + arn.removeprefix(of) if of else arn

    def resolve(self, value: Any) -> Any:
        """A value of the template with CloudFormation's functions carried out, as far as policies use them."""
        if isinstance(value, list):
            return [one for one in map(self.resolve, value) if one is not None]
        if not isinstance(value, dict):
            return value
        ((name, given), *more) = value.items() or [("", None)]
        carry_out = None if more else _FUNCTIONS.get(name)
        if carry_out:
            return carry_out(self, given)
        resolved = {key: self.resolve(one) for key, one in value.items()}
        return {key: one for key, one in resolved.items() if one is not None}

    def _own(self, resource: Mapping[str, Any]) -> dict[str, Any]:
        return self.resolve(resource.get("Properties", {}))

    def _permission(self, name: str) -> Statement:
        """What AWS makes of an AWS::Lambda::Permission in the function's policy."""
        given = self._own(self.resources[name])
        tests = {"ArnLike": ("aws:SourceArn", "SourceArn"), "StringEquals": ("aws:SourceAccount", "SourceAccount")}
        conditions = {operator: {key: [given[of]]} for operator, (key, of) in tests.items() if of in given}
        principals = {"Service": [given["Principal"]]}
        return Statement(name, "Allow", [given["Action"]], [given["FunctionName"]], conditions, principals)

    def _attribute(self, given: list[str]) -> str:
        name, attribute = given
        return self.arn(name) if attribute == "Arn" else f"{name}.{attribute}"

    def _if(self, given: list[Any]) -> Any:
        condition, then, otherwise = given
        return self.resolve(then if self.holds(condition) else otherwise)

    def _join(self, given: list[Any]) -> str:
        separator, parts = given
        return separator.join(self.resolve(parts))

    def _split(self, given: list[Any]) -> list[str]:
        separator, text = given
        return self.resolve(text).split(separator)

    def _ref(self, name: str) -> Any:
        if name in self._values:
            return self._values[name]
        kind = self.resources[name]["Type"]
        if kind in _REF_IS_ARN:
            return self.arn(name)
        return self._name(name) if kind in _ARNS else name

    def _name(self, name: str) -> str:
        if name in self._names:
            return self._names[name]
        resource = self.resources[name]
        explicit = next((one for one in _NAMES if one in resource.get("Properties", {})), None)
        if explicit:
            return self.resolve(resource["Properties"][explicit]).removeprefix("https://")
        path = resource.get("Properties", {}).get("Path", "/")[1:]
        match resource["Type"]:
            case "AWS::S3::Bucket":
                return f"{STACK}-{name}-1abcdefghijk2".lower()
            case "AWS::SecretsManager::Secret":
                return f"{name}-1ABCDEFGHIJK2-AbCdEf"
            case _:
                return f"{path}{STACK}-{name}-1ABCDEFGHIJK2"

    def _sub(self, given: str | list[Any]) -> str:
        text, own = (given, {}) if isinstance(given, str) else (given[0], self.resolve(given[1]))

        def put(match: re.Match[str]) -> str:
            name, _, attribute = match[1].partition(".")
            value = {"Fn::GetAtt": [name, attribute]} if attribute else {"Ref": name}
            return str(own[name] if name in own else self.resolve(value))

        return re.sub(r"\$\{!", "${", re.sub(r"\$\{([\w:.]+)\}", put, text))

    def _holds(self, condition: Any) -> bool:
        match condition:
            case {"Condition": name}:
                return self._holds(self._conditions[name])
            case {"Fn::Equals": [one, other]}:
                return str(self.resolve(one)) == str(self.resolve(other))
            case {"Fn::Not": [one]}:
                return not self._holds(one)
            case {"Fn::And": several}:
                return all(map(self._holds, several))
            case {"Fn::Or": several}:
                return any(map(self._holds, several))
            case _:
                return bool(condition)


_FUNCTIONS = {
    "Ref": Deployed._ref,
    "Fn::GetAtt": Deployed._attribute,
    "Fn::If": Deployed._if,
    "Fn::Join": Deployed._join,
    "Fn::Split": Deployed._split,
    "Fn::Sub": Deployed._sub,
}


def _documents(value: Any) -> Iterator[dict[str, Any]]:
    """Every policy document in a resource: of identity, trust and resource policies."""
    if isinstance(value, dict):
        if "Statement" in value:
            yield value
        for one in value.values():
            yield from _documents(one)
    elif isinstance(value, list):
        for one in value:
            yield from _documents(one)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
