"""A deployment publishes a function anew where anything of it changed, and never takes an old version away."""

import json
import re
from copy import deepcopy

import boto3
import pytest

from tests.helpers.stack import FUNCTIONS, WORKFLOWS, function_properties, resources, synthesise, synthesised, template

SETTINGS, _ = resources("AWS::AppConfig::HostedConfigurationVersion")["SettingsVersion"]["Content"]["Fn::Sub"]
NOT_OF_FUNCTIONS = {"Role"}
SAMS_OWN_TAG = {"Key": "lambda:createdBy", "Value": "SAM"}


def versions(stack):
    """The logical ids of the function versions: another id is another version."""
    return {name for name, resource in stack["Resources"].items() if resource["Type"] == "AWS::Lambda::Version"}


def changed(change):
    """How many of the functions get a new version where the template changes like this."""
    source = deepcopy(template())
    change(source)
    return len(versions(synthesise(source)) - versions(synthesised()))


@pytest.mark.parametrize(
    ("change", "count"),
    [
        (lambda source: source["Globals"]["Function"].update(CodeUri="build/other.zip"), len(FUNCTIONS)),
        (lambda source: source["Globals"]["Function"]["Environment"]["Variables"].update(NEW="1"), len(FUNCTIONS)),
        (lambda source: source["Resources"]["FetchFunction"]["Properties"].update(Timeout=61), 1),
        (
            lambda source: source["Resources"]["CommonLayer"]["Properties"].update(ContentUri="build/other.zip"),
            len(FUNCTIONS),
        ),
        (lambda source: source["Resources"]["PandasLayer"]["Properties"].update(ContentUri="build/other.zip"), 7),
        (lambda source: source["Resources"]["Topic"]["Properties"].update(DisplayName="other"), 0),
    ],
    ids=["code", "environment", "time-out", "small layer", "pandas layer", "nothing of a function"],
)
def test_what_changes_a_function_publishes_it(change, count):
    """Code, properties and layers give the functions that have them a new version; anything else gives none."""
    assert changed(change) == count


def test_the_settings_are_the_functions_environment():
    """The settings' version holds every variable that the functions get, with the same value."""
    told = dict(line.split("=", 1) for line in SETTINGS.splitlines() if "=" in line)
    variables = template()["Globals"]["Function"]["Environment"]["Variables"]
    assert told.keys() == variables.keys()
    plain = {name: value["Ref"] for name, value in variables.items() if "Ref" in value}
    assert {name: told[name] for name in plain} == {name: f"${{{value}}}" for name, value in plain.items()}


@pytest.mark.parametrize("state", FUNCTIONS)
def test_a_parameters_new_value_publishes_the_function(state):
    """Every parameter that is in a function's properties is in the settings' version, whose number each version has."""
    function = function_properties(state)
    used = json.dumps({name: value for name, value in function.items() if name not in NOT_OF_FUNCTIONS})
    named = {name for name in template()["Parameters"] if f'"Ref": "{name}"' in used}
    own = {"SharedStateTable"}  # the table of the settings is this one, or the stack's own
    assert named - own == {name for name in re.findall(r"\$\{(\w+)\}", SETTINGS) if name in template()["Parameters"]}
    assert function["VersionDescription"] == {"Fn::Sub": "Settings ${SettingsVersion.VersionNumber}"}


@pytest.mark.parametrize("kind", ["AWS::Lambda::Version", "AWS::Lambda::LayerVersion"])
def test_an_old_version_is_kept(kind):
    """What the live workflow calls, and its layers, outlive the deployment that replaces them in the stack."""
    kept = [resource for resource in synthesised()["Resources"].values() if resource["Type"] == kind]
    assert {resource["DeletionPolicy"] for resource in kept} == {"Retain"}
    if kind == "AWS::Lambda::Version":  # a layer's new version has another logical id always
        assert {resource["UpdateReplacePolicy"] for resource in kept} == {"Retain"}


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda workflow: workflow.name)
def test_a_workflow_names_function_versions(workflow):
    """The definition calls the very versions that this deployment publishes, none by an alias, none $LATEST."""
    named = resources("AWS::StepFunctions::StateMachine")[workflow.machine]["DefinitionSubstitutions"]
    assert named.keys() == {f"{function.name}Function" for function in workflow.functions}
    of_its_functions = {name for name in versions(synthesised()) if name.partition("Version")[0] in named}
    assert {value["Ref"] for value in named.values()} == of_its_functions


@pytest.mark.parametrize("state", FUNCTIONS)
def test_all_that_sam_sees_of_a_function_lambda_versions(state):
    """No property is in SAM's hash of a function but not in a version: a change of it alone could not be deployed.

    SAM hashes every property (aws/serverless-application-model issue 3281 names tags, reserved concurrency and code
    signing); a version has what Lambda describes as a function's configuration, and its code.
    """
    properties = dict(resources("AWS::Lambda::Function")[f"{state}Function"])
    assert properties.pop("Tags") == [SAMS_OWN_TAG]  # the same for ever
    model = boto3.client("lambda", region_name="us-east-1").meta.service_model
    assert properties.keys() - {"Code"} <= model.shape_for("FunctionConfiguration").members.keys()


class Lambda:
    """One function's versions, as PublishVersion documents it: none where code and configuration are the last one's."""

    def __init__(self):
        self.published = []

    def publish(self, configuration):
        if self.published and self.published[-1] == configuration:
            raise FileExistsError(f"A version for this Lambda function exists ( {len(self.published)} ).")
        self.published.append(configuration)


def deployed(state, code, **parameters):
    """What a deployment makes of a function: its properties with the parameters' values in them, and its code."""
    properties = dict(resources("AWS::Lambda::Function")[f"{state}Function"])
    given = {name: str(rules.get("Default")) for name, rules in template()["Parameters"].items()} | parameters

    def resolved(value):
        match value:
            case {"Ref": str(name)} if name in given:
                return given[name]
            case dict():
                return {name: resolved(one) for name, one in value.items()}
            case list():
                return [resolved(one) for one in value]
        return value

    return resolved({**properties, "Code": code})


@pytest.mark.parametrize("state", FUNCTIONS)
def test_a_rolled_back_deployment_keeps_its_version(state):
    """Why the same build can't be deployed twice: the version of the first try stays in Lambda, and is the last one."""
    function = Lambda()
    function.publish(deployed(state, "old"))
    function.publish(deployed(state, "new"))  # then another resource fails, and the stack goes back
    with pytest.raises(FileExistsError):
        function.publish(deployed(state, "new"))


@pytest.mark.parametrize("state", FUNCTIONS)
def test_another_deployment_id_deploys_the_same_build(state):
    """The next try with another DeploymentId is another configuration, so Lambda publishes a version of it."""
    function = Lambda()
    function.publish(deployed(state, "old"))
    function.publish(deployed(state, "new"))
    function.publish(deployed(state, "new", DeploymentId="2"))
    assert len(function.published) == 3


@pytest.mark.parametrize("state", FUNCTIONS)
def test_another_deployment_id_asks_for_a_version(state):
    """Where nothing but the id changed, the version's description does, by which CloudFormation replaces it."""
    assert "DEPLOYMENT_ID=${DeploymentId}" in SETTINGS.splitlines()
    (version,) = [one for name, one in resources("AWS::Lambda::Version").items() if name.startswith(f"{state}Function")]
    assert version["Description"] == {"Fn::Sub": "Settings ${SettingsVersion.VersionNumber}"}
