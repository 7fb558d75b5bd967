"""What the template promises: protected data, refused nonsense, known settings, starts and failures that are heard."""

import inspect
import json
import re
import string
from collections import Counter
from zoneinfo import available_timezones

import pytest

from stockflow_functions.aws import keys
from stockflow_functions.daily_prices.plan.request import request_of
from stockflow_functions.daily_prices.plan.symbols import symbols_of
from stockflow_functions.runtime.services import secret_names
from stockflow_functions.runtime.settings import Settings
from stockflow_functions.runtime.telemetry import NAMESPACE, metrics_line
from stockflow_functions.vendors import DEFAULT
from tests.contract.template import PARAMETERS, RUN_METRICS, accepts, kept
from tests.helpers.policies import Deployed
from tests.helpers.stack import (
    FUNCTIONS,
    MODULES,
    ROOT,
    WORKFLOWS,
    function_properties,
    resources,
    synthesised,
    template,
)

GIVEN_BY_LAMBDA = {"AWS_REGION"}
READ_BY_NOBODY = {"DEPLOYMENT_ID"}  # tests/contract/test_versions.py says what it is for
ERRORS_AS_METRICS = {"SlotMoved", "Throttled"}

# What must not vanish from the stack unnoticed, and what must not appear.
RESOURCE_COUNTS = {
    "AWS::AppConfig::Application": 1,
    "AWS::AppConfig::ConfigurationProfile": 1,
    "AWS::AppConfig::HostedConfigurationVersion": 1,
    "AWS::Athena::WorkGroup": 1,
    "AWS::CloudWatch::Alarm": 28,
    "AWS::CloudWatch::Dashboard": 1,
    "AWS::DynamoDB::Table": 1,
    "AWS::Events::Rule": 6,
    "AWS::Glue::Database": 1,
    "AWS::Glue::Table": 14,
    "AWS::IAM::Role": 19,
    "AWS::Lambda::Alias": 16,
    "AWS::Lambda::EventInvokeConfig": 5,
    "AWS::Lambda::Function": 16,
    "AWS::Lambda::LayerVersion": 2,
    "AWS::Lambda::Permission": 4,
    "AWS::Lambda::Version": 16,
    "AWS::Logs::LogGroup": 18,
    "AWS::S3::Bucket": 1,
    "AWS::S3::BucketPolicy": 1,
    "AWS::SNS::Subscription": 1,
    "AWS::SNS::Topic": 1,
    "AWS::SNS::TopicPolicy": 1,
    "AWS::SQS::Queue": 1,
    "AWS::SQS::QueuePolicy": 1,
    "AWS::Scheduler::Schedule": 5,
    "AWS::Scheduler::ScheduleGroup": 1,
    "AWS::SecretsManager::Secret": 1,
    "AWS::StepFunctions::StateMachine": 2,
    "AWS::StepFunctions::StateMachineAlias": 2,
    "AWS::StepFunctions::StateMachineVersion": 2,
}


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("StockSymbols", ""),
        ("StockSymbols", " , "),
        ("StockSymbols", "AAPL,../x"),
        ("StockSymbols", "A" * 41),
        ("CallSymbols", "AAPL/2024Q1"),
        ("CallSymbols", 'AAPL"'),
        ("CallSymbols", "AAPL\nMSFT"),
        ("CallSymbols", ",".join(["AAPL"] * 31)),
        ("BackfillScheduleExpression", "every day"),
        ("CallScheduleExpression", "every day"),
        ("CallLanguage", "English"),
        ("RequestsPerMinute", 0),
        ("RequestsPerMinute", "fast"),
        ("RequestsPerDay", -1),
        ("ScheduleTimeZone", "New York"),
        ("ScheduleTimeZone", "America/Atlantis"),
        ("QuotaResetTimeZone", ""),
        ("QuotaResetHour", 24),
        ("ScheduleExpression", "every day"),
        ("ScheduleExpression", "rate(0 days)"),
        ("MaxSlotAheadSeconds", 162001),
        ("PermissionsBoundary", "PowerUserAccess"),
        ("BudgetName", "a b"),
        ("AlphaVantageBaseUrl", "http://example.com"),
        ("NotificationEmail", "nobody"),
        ("Architecture", "riscv"),
        ("RecordRetentionDays", 0),
        ("QueryScanLimitMB", 1),
        ("DeploymentId", "a b"),
    ],
)
def test_a_parameter_that_makes_no_sense_is_refused(parameter, value):
    """CloudFormation itself refuses the value, and says what to write instead."""
    assert not accepts(parameter, value)
    assert {"AllowedValues", "ConstraintDescription"} & PARAMETERS[parameter].keys()


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("StockSymbols", "AAPL"),
        ("StockSymbols", "aapl, BRK-B  TSCO.LON,^GSPC, M&M.BSE"),
        ("CallSymbols", "aapl, BRK-B TSCO.LON"),
        ("CallSymbols", ",".join(["A" * 30] * 30)),
        ("CallLanguage", "ja-JP"),
        ("RequestsPerDay", 0),
        ("ScheduleExpression", "cron(0 7 ? * TUE-SAT *)"),
        ("ScheduleExpression", "rate(1 day)"),
        ("ScheduleTimeZone", "Asia/Tokyo"),
        ("SharedStateTable", "stockflow-prd-StateTable-1ABC"),
        ("NotificationEmail", "data@example.com"),
        ("PermissionsBoundary", "arn:aws:iam::123456789012:policy/stockflow-deployment/Boundary"),
    ],
)
def test_a_parameter_that_makes_sense_is_taken(parameter, value):
    """The constraints are no narrower than what the functions take."""
    assert accepts(parameter, value)


@pytest.mark.parametrize("name", [name for name, rules in PARAMETERS.items() if "Default" in rules])
def test_a_default_is_within_its_own_constraints(name):
    """A stack deployed without a word is a stack that CloudFormation takes."""
    assert accepts(name, PARAMETERS[name]["Default"])


def test_the_symbols_parameter_is_what_plan_takes():
    """The default symbols are symbols for Plan too."""
    assert symbols_of(None, PARAMETERS["StockSymbols"]["Default"]) == ["AAPL", "MSFT", "AMZN"]


@pytest.mark.parametrize("mark", [mark for mark in string.punctuation if accepts("StockSymbols", f"A{mark}B")])
def test_a_mark_that_the_symbols_parameter_takes_is_one_for_plan(mark):
    """What deploys must not be refused by every run."""
    assert symbols_of(None, f"A{mark}B")


@pytest.mark.parametrize("parameter", ["ScheduleTimeZone", "QuotaResetTimeZone"])
def test_every_time_zone_exists(parameter):
    """Each time zone that may be chosen is one, and both parameters offer the same."""
    offered = set(PARAMETERS[parameter]["AllowedValues"])
    assert offered <= available_timezones()
    assert offered == set(PARAMETERS["ScheduleTimeZone"]["AllowedValues"])


def test_the_stack_has_the_resources_it_should():
    """No resource vanished, and none came without being counted here."""
    assert Counter(resource["Type"] for resource in synthesised()["Resources"].values()) == RESOURCE_COUNTS


@pytest.mark.parametrize("state", FUNCTIONS)
def test_each_function_gets_every_setting_and_no_other(state):
    """The environment of a function is functions/runtime/settings.py, variable by variable."""
    variables = {field.metadata["variable"] for field in Settings.__dataclass_fields__.values()}
    assert function_properties(state)["Environment"]["Variables"].keys() - READ_BY_NOBODY == variables - GIVEN_BY_LAMBDA


@pytest.mark.parametrize("field", Settings.__dataclass_fields__.values(), ids=lambda field: field.name)
def test_a_parameter_defaults_to_what_the_setting_does(field):
    """Where a parameter feeds a setting, both have one default; STOCK_SYMBOLS alone has none on a laptop."""
    fed = template()["Globals"]["Function"]["Environment"]["Variables"].get(field.metadata["variable"])
    if isinstance(fed, dict) and fed.get("Ref") in PARAMETERS and field.name != "stock_symbols":
        default = PARAMETERS[fed["Ref"]]["Default"]
        assert Settings.from_environment({field.metadata["variable"]: str(default)}) == Settings()


@pytest.mark.parametrize("state", FUNCTIONS)
def test_a_function_is_set_up_as_all_are(state):
    """Python 3.13, JSON logs into a group of its own, traced, versioned under the alias live, one role each."""
    function = function_properties(state)
    assert function["Runtime"] == "python3.13"
    assert function["Architectures"] == [{"Ref": "Architecture"}]
    levels = {"LogFormat": "JSON", "ApplicationLogLevel": "INFO", "SystemLogLevel": "WARN"}
    assert function["LoggingConfig"] == {**levels, "LogGroup": {"Ref": f"{state}Log"}}
    assert function["Tracing"] == "Active"
    assert function["AutoPublishAlias"] == "live"
    assert function["Role"] == {"Fn::GetAtt": [f"{state}Role", "Arn"]}
    assert function["CodeUri"] == "build/functions.zip"


def test_logs_do_not_stay_for_ever():
    """Every log group has the retention that the parameter says."""
    assert {json.dumps(group["RetentionInDays"]) for group in resources("AWS::Logs::LogGroup").values()} == {
        '{"Ref": "LogRetentionDays"}'
    }


def test_the_bucket_is_shut():
    """No public access, no ACLs, encrypted, versioned, events to EventBridge."""
    (bucket,) = resources("AWS::S3::Bucket").values()
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(bucket["PublicAccessBlockConfiguration"]) == 4
    assert bucket["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    assert bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}


def test_the_bucket_takes_tls_only():
    """The bucket's policy refuses what is not TLS 1.2 or newer, whoever asks."""
    (policy,) = resources("AWS::S3::BucketPolicy").values()
    conditions = {}
    for statement in policy["PolicyDocument"]["Statement"]:
        assert (statement["Effect"], statement["Principal"], statement["Action"]) == ("Deny", "*", "s3:*")
        conditions |= statement["Condition"]
    assert conditions == {"Bool": {"aws:SecureTransport": False}, "NumericLessThan": {"s3:TlsVersion": 1.2}}


def test_the_dataset_never_expires():
    """No lifecycle rule removes a current object of the dataset, of recordings or of splits, and each has a prefix."""
    (bucket,) = resources("AWS::S3::Bucket").values()
    expiring = [rule for rule in bucket["LifecycleConfiguration"]["Rules"] if "ExpirationInDays" in rule]
    assert all(rule["Prefix"] for rule in expiring)
    staying = {prefix for workflow in WORKFLOWS for prefix in workflow.kept} - {"transcriptions/"}
    assert staying == {
        *("prices/", "splits/", "actions/", "backfills/", "freshness/", "listings.parquet", "universes/", "told/"),
        *("tables/", "catalog.parquet", "findings/"),
        *("calls/", "tone/", "transcripts/"),
    }
    assert not any(prefix.startswith(rule["Prefix"]) for prefix in staying for rule in expiring)


def test_a_written_down_recording_is_known_as_long_as_its_job_is():
    """Transcribe keeps a job's name for 90 days; while it does, the transcript is there, so none is paid for twice."""
    of_object, _ = kept()["transcriptions/"]
    assert of_object > 90


def test_every_prefix_has_its_time():
    """What the functions write, people drop and Athena leaves has a rule for its objects and their older versions."""
    made = [
        make(*["x"] * len(inspect.signature(make).parameters))
        for _, make in inspect.getmembers(keys, inspect.isfunction)
        if make.__module__ == keys.__name__
    ]
    written = {key.partition("/")[0] + "/" for key in made if isinstance(key, str) and "/" in key}
    assert kept().keys() == written | {keys.LISTINGS, keys.CATALOG, "inbox/", "athena/"}


def test_a_record_that_expired_is_gone_a_day_later():
    """In a versioned bucket an expiry leaves an older version, which has to have an end of its own."""
    records = {prefix: days for prefix, days in kept().items() if days[0] is not None}
    assert {older for _, older in records.values()} == {1}


@pytest.mark.parametrize("logical_id", ["Bucket", "BucketPolicy"])
def test_deleting_the_stack_keeps_the_dataset(logical_id):
    """The bucket and what guards it stay when the stack goes, but not where its very first deployment fails."""
    resource = synthesised()["Resources"][logical_id]
    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")


def test_deleting_the_stack_keeps_the_budget():
    """Other stacks may share the table; its protection would make the rollback of a first deployment fail."""
    table = synthesised()["Resources"]["StateTable"]
    assert (table["DeletionPolicy"], table["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_the_table_can_be_put_back():
    """On demand, point-in-time recovery, and key and expiry attribute as the functions use them."""
    (table,) = resources("AWS::DynamoDB::Table").values()
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert table["KeySchema"] == [{"AttributeName": "pk", "KeyType": "HASH"}]


def test_the_budget_outlives_the_stack():
    """The table, which other stacks may share, stays when the stack goes, and nobody deletes it by mistake."""
    table = synthesised()["Resources"]["StateTable"]
    assert (table["DeletionPolicy"], table["UpdateReplacePolicy"]) == ("Retain", "Retain")
    assert table["Properties"]["DeletionProtectionEnabled"] is True


def test_no_secret_is_in_the_template():
    """The secret has no value here, and no function gets one of its values as a variable."""
    (secret,) = resources("AWS::SecretsManager::Secret").values()
    assert not {"SecretString", "GenerateSecretString"} & secret.keys()
    assert all(name in secret["Description"] for name in secret_names(DEFAULT))
    variables = template()["Globals"]["Function"]["Environment"]["Variables"]
    assert not set(secret_names(DEFAULT)) & variables.keys()


@pytest.mark.parametrize(
    ("schedule", "rule", "alias"),
    [
        ("Schedule", "InboxRule", "LiveAlias"),
        ("BackfillSchedule", "InboxRule", "LiveAlias"),
        ("CallSchedule", "CallRule", "EarningsCallsLiveAlias"),
    ],
)
def test_every_start_starts_the_live_alias(schedule, rule, alias):
    """Schedules and rules start what was promoted, try again for an hour, and leave what they could not start."""
    scheduled = resources("AWS::Scheduler::Schedule")[schedule]["Target"]
    dropped = resources("AWS::Events::Rule")[rule]["Targets"][0]
    for target in (scheduled, dropped):
        assert target["Arn"] == {"Ref": alias}
        assert target["DeadLetterConfig"] == {"Arn": {"Fn::GetAtt": ["DeadLetters", "Arn"]}}
        assert target["RetryPolicy"]["MaximumEventAgeInSeconds"] == 3600


@pytest.mark.parametrize(
    ("symbols", "state", "expected"),
    [
        ("", "ENABLED", "DISABLED"),
        ("AAPL, MSFT", "ENABLED", "ENABLED"),
        ("AAPL, MSFT", "DISABLED", "DISABLED"),
    ],
)
def test_transcripts_are_asked_for_on_a_schedule_only_if_symbols_are_named(symbols, state, expected):
    """And only while schedules are on at all; what is sent is JSON either way."""
    stack = Deployed(synthesised(), {"CallSymbols": symbols, "ScheduleState": state})
    schedule = stack.of_type("AWS::Scheduler::Schedule")["CallSchedule"]
    assert schedule["State"] == expected
    sent = json.loads(schedule["Target"]["Input"])
    assert sent == {"trigger": "schedule", "symbols": symbols, "scheduled_time": "<aws.scheduler.scheduled-time>"}


@pytest.mark.parametrize(
    ("own", "all_of_them", "expected"),
    [("ENABLED", "ENABLED", "ENABLED"), ("DISABLED", "ENABLED", "DISABLED"), ("ENABLED", "DISABLED", "DISABLED")],
)
def test_backfills_go_on_by_a_schedule_that_can_be_switched_off(own, all_of_them, expected):
    """By itself, and with all schedules."""
    stack = Deployed(synthesised(), {"BackfillScheduleState": own, "ScheduleState": all_of_them})
    assert stack.of_type("AWS::Scheduler::Schedule")["BackfillSchedule"]["State"] == expected


def test_the_workflows_call_versions_not_latest():
    """A version of a workflow calls the very function versions it was published with."""
    machines = resources("AWS::StepFunctions::StateMachine").values()
    called = [value["Ref"] for machine in machines for value in machine["DefinitionSubstitutions"].values()]
    beside = tuple(f"{one.name}FunctionVersion" for workflow in WORKFLOWS for one in workflow.beside)
    assert sorted(called) == sorted(name for name in resources("AWS::Lambda::Version") if not name.startswith(beside))


@pytest.mark.parametrize(("universe", "more"), [("", {}), ("listed:NASDAQ", {"universe": "listed:NASDAQ"})])
def test_the_schedule_asks_for_a_universe_only_if_one_is_named(universe, more):
    """Else for the symbols that the parameter StockSymbols names."""
    schedule = Deployed(synthesised(), {"Universe": universe}).of_type("AWS::Scheduler::Schedule")["Schedule"]
    assert json.loads(schedule["Target"]["Input"]) == {
        "trigger": "schedule",
        "scheduled_time": "<aws.scheduler.scheduled-time>",
        **more,
    }


@pytest.mark.parametrize(
    ("universe", "taken"),
    [
        ("listed:NASDAQ", True),
        ("listed:NYSE ARCA:2015-06-30", True),
        ("Listed:nyse+nasdaq", True),
        ("universes/mine-0123abcd.txt", True),
        ('universes/a".txt', False),
        ("NASDAQ", False),
        ("listed:NYSE:June", False),
    ],
)
def test_a_universe_that_deploys_is_one_for_plan(universe, taken):
    """What Plan would refuse each day, or would break the schedule's JSON, is refused by the parameter."""
    assert accepts("Universe", universe) is taken
    if taken:
        assert request_of({"universe": universe}).universe == universe


@pytest.mark.parametrize("machine", [workflow.machine for workflow in WORKFLOWS])
def test_a_workflow_logs_no_data(machine):
    """The log of a workflow has errors without inputs and outputs, under the prefix that keeps policies short."""
    logging = resources("AWS::StepFunctions::StateMachine")[machine]["LoggingConfiguration"]
    assert (logging["IncludeExecutionData"], logging["Level"]) == (False, "ERROR")
    name = resources("AWS::Logs::LogGroup")[f"{machine}Log"]["LogGroupName"]["Fn::Sub"]
    assert name.startswith("/aws/vendedlogs/states/")


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda workflow: workflow.name)
def test_a_workflow_has_the_name_by_which_its_runs_are_known(workflow):
    """``<stack>-<machine>``, as ``stockflow.workflows.of_machine`` and the commands read it."""
    machine = resources("AWS::StepFunctions::StateMachine")[workflow.machine]
    assert machine["StateMachineName"] == {"Fn::Sub": f"${{AWS::StackName}}-{workflow.machine}"}


@pytest.mark.parametrize("name", resources("AWS::CloudWatch::Alarm"))
def test_every_alarm_reaches_somebody(name):
    """An alarm tells the topic when it begins and when it is over."""
    alarm = resources("AWS::CloudWatch::Alarm")[name]
    assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": "Topic"}]


def test_every_alarm_but_one_reaches_slack():
    """Alarms are handed to Notify when they begin; RunFailed is not, for the run itself has told."""
    pattern = resources("AWS::Events::Rule")["AlarmRule"]["EventPattern"]
    handed = json.dumps(pattern["resources"])
    assert {name for name in resources("AWS::CloudWatch::Alarm") if f'"{name}"' not in handed} == {"RunFailed"}
    assert pattern["detail"] == {"state": {"value": ["ALARM"]}}


OF_ALL_FUNCTIONS = {
    "daily-prices": {"Duration": "NearTimeOut", "Throttles": "FunctionThrottled"},
    "earnings-calls": {"Duration": "CallsNearTimeOut", "Throttles": "CallsFunctionThrottled"},
}
"""The alarms that look at a metric of each function of a workflow."""


def watched(alarm):
    """The functions whose metrics an alarm looks at, by the names of the metrics in its expression."""
    metrics = resources("AWS::CloudWatch::Alarm")[alarm]["Metrics"]
    found = {one["Id"]: one["MetricStat"]["Metric"] for one in metrics if "MetricStat" in one}
    return {name: metric["Dimensions"][0]["Value"]["Ref"].removesuffix("Function") for name, metric in found.items()}


def expression(alarm):
    """What an alarm compares with its threshold, in one line."""
    metrics = resources("AWS::CloudWatch::Alarm")[alarm]["Metrics"]
    return next(metric["Expression"] for metric in metrics if "Expression" in metric)


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda workflow: workflow.name)
def test_every_function_is_watched_for_throttles_and_for_its_time_out(workflow):
    """Each alarm over all functions of a workflow looks at each, and its expression takes in every metric."""
    for metric, alarm in OF_ALL_FUNCTIONS[workflow.name].items():
        metrics = resources("AWS::CloudWatch::Alarm")[alarm]["Metrics"]
        assert {one["MetricStat"]["Metric"]["MetricName"] for one in metrics if "MetricStat" in one} == {metric}
        assert list(watched(alarm).values()) == [function.name for function in workflow.functions]
        assert re.findall(r"FILL\((\w+), 0\)", expression(alarm)) == list(watched(alarm))


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda workflow: workflow.name)
def test_the_time_out_alarm_knows_each_functions_time_out(workflow):
    """It compares each function's duration with a hundredth of that function's own Timeout, in milliseconds."""
    alarm = OF_ALL_FUNCTIONS[workflow.name]["Duration"]
    shares = dict(re.findall(r"FILL\((\w+), 0\) / (\d+)", expression(alarm)))
    assert {name: int(shares[metric]) for metric, name in watched(alarm).items()} == {
        function.name: function.timeout_seconds * 10 for function in workflow.functions
    }


@pytest.mark.parametrize("name", resources("AWS::CloudWatch::Alarm"))
def test_an_alarm_looks_at_ten_metrics_at_most(name):
    """More CloudWatch does not take (AmazonCloudWatch/latest/monitoring/alarm-limits), and its expression has each."""
    metrics = resources("AWS::CloudWatch::Alarm")[name]["Metrics"]
    looked_at = [one["Id"] for one in metrics if "MetricStat" in one]
    assert len(looked_at) <= 10
    if len(looked_at) > 1:
        assert sorted(set(re.findall(r"\b[a-z]\w+\b(?!\()", expression(name)))) == sorted(looked_at)


@pytest.mark.parametrize(
    ("failed", "shards", "runs", "alarm"),
    [(1, 0, 0, 1), (1, 0, 1, 1), (3, 3, 0, 0), (4, 3, 1, 1), (0, 0, 0, 0)],
    ids=["a run that told nobody", "a run", "shards alone", "shards and their run", "nothing"],
)
def test_a_shard_that_breaks_off_is_no_run_that_failed(failed, shards, runs, alarm):
    """Its run tells of it at its end: then the alarm begins, once."""
    counts = {"pricesFailed": failed, "shards": shards, "runs": runs}
    words = dict.fromkeys(re.findall(r"\b[a-z]\w+\b", expression("RunFailed")), 0) | counts
    functions = {"IF": lambda condition, yes, no: yes if condition else no, "FILL": lambda metric, _: metric}
    assert eval(expression("RunFailed").replace("\n", " "), {**words, **functions}) == alarm


def dimensions(state):
    """Those of a state's metrics, or of a run's where there is no state."""
    line = json.loads(metrics_line(state, {"Any": 1.0}, {}))
    return set(line["_aws"]["CloudWatchMetrics"][0]["Dimensions"][0])


NO_ERRORS = {
    "Fetch": {"SlotMoved", "QuotaExhausted"},
    "RefreshListings": {"SlotMoved", "QuotaExhausted"},
    "RefreshActions": {"SlotMoved", "QuotaExhausted"},
    "Transform": {"SlotMoved"},
    "StartTranscription": {"TranscriberBusy"},
    "LookAtTranscription": {"TranscriberBusy"},
    "FetchTranscript": {"SlotMoved", "QuotaExhausted", "NotPublishedYet"},
}
"""What Lambda counts as an error of the function and its alarm does not: a wait, a question, a deferral."""


def test_alarms_ask_for_the_functions_metrics_by_their_dimensions():
    """CloudWatch finds a metric by all of its dimensions: an alarm's are those that the functions write."""
    metrics = [
        metric["MetricStat"]["Metric"]
        for alarm in resources("AWS::CloudWatch::Alarm").values()
        for metric in alarm["Metrics"]
        if "MetricStat" in metric
    ]
    own = [metric for metric in metrics if metric["Namespace"] == NAMESPACE]
    by_state = {metric["MetricName"] for metric in own} - RUN_METRICS
    assert by_state == {*set().union(*NO_ERRORS.values()), "ToneIncomplete"}
    for metric in own:
        state = None if metric["MetricName"] in RUN_METRICS else "Fetch"
        assert {one["Name"] for one in metric["Dimensions"]} == dimensions(state)


@pytest.mark.parametrize("state", FUNCTIONS)
def test_what_is_no_error_is_taken_out_of_the_alarm(state):
    """An alarm on a function's errors leaves out those that the workflow takes for no failure, each by its metric."""
    metrics = {metric["Id"]: metric for metric in resources("AWS::CloudWatch::Alarm")[f"{state}Errors"]["Metrics"]}
    left_out = {}
    for name, metric in metrics.items():
        found = metric.get("MetricStat", {}).get("Metric", {})
        if found.get("Namespace") == NAMESPACE:
            assert {"Name": "state", "Value": state} in found["Dimensions"]
            left_out[name] = found["MetricName"]
    assert set(left_out.values()) == NO_ERRORS.get(state, set())
    if left_out:
        assert metrics["real"]["Expression"] == " - ".join(f"FILL({name}, 0)" for name in ["errors", *left_out])


def making(error):
    """The functions in whose folders the error is made, or that ask in a slot, where it is made for them."""
    made = rf"(raise|return) {error}\("
    if any(re.search(made, path.read_text()) for path in (ROOT / "functions/pacing").glob("*.py")):
        made += r"|in_its_slot\("
    return {
        name
        for name, module in MODULES.items()
        for path in (ROOT / "functions" / "/".join(module.split(".")[1:-1])).glob("*.py")
        if re.search(made, path.read_text())
    }


@pytest.mark.parametrize("error", ["SlotMoved", "QuotaExhausted"])
def test_who_raises_what_is_no_error_is_known(error):
    """Only functions whose alarm leaves the error out make it."""
    assert making(error) == {state for state, left_out in NO_ERRORS.items() if error in left_out}


@pytest.mark.parametrize("name", resources("AWS::CloudWatch::Alarm"))
def test_an_alarm_waits_for_metrics_that_come_late(name):
    """An alarm over five minutes looks at a quarter of an hour, any five minutes of which are enough."""
    alarm = resources("AWS::CloudWatch::Alarm")[name]
    periods = {metric["MetricStat"]["Period"] for metric in alarm["Metrics"] if "MetricStat" in metric}
    assert periods in ({300}, {3600})
    if periods == {300}:
        assert (alarm["EvaluationPeriods"], alarm["DatapointsToAlarm"]) == (3, 1)


def test_starts_that_fail_have_alarms_of_their_own():
    """Whoever starts a run has an alarm for what it could not deliver, and one for what the queue did not take."""
    alarms = resources("AWS::CloudWatch::Alarm")

    def seen(name):
        found = [metric["MetricStat"]["Metric"] for metric in alarms[name]["Metrics"] if "MetricStat" in metric]
        return {(one["Namespace"], one["MetricName"], one["Dimensions"][0]["Value"]["Ref"]) for one in found}

    # docs.aws.amazon.com: scheduler/latest/UserGuide/monitoring-cloudwatch, eventbridge/latest/userguide/eb-monitoring
    assert seen("StartRefused") == {
        ("AWS/Scheduler", "TargetErrorCount", "ScheduleGroup"),
        ("AWS/Scheduler", "InvocationDroppedCount", "ScheduleGroup"),
        ("AWS/Events", "FailedInvocations", "InboxRule"),
        ("AWS/Events", "FailedInvocations", "CallRule"),
    }
    assert seen("DeliveryLost") == {
        ("AWS/Scheduler", "InvocationsFailedToBeSentToDeadLetterCount", "ScheduleGroup"),
        ("AWS/Events", "InvocationsFailedToBeSentToDlq", "InboxRule"),
        ("AWS/Events", "InvocationsFailedToBeSentToDlq", "FailedRunRule"),
        ("AWS/Lambda", "DestinationDeliveryFailures", "NotifyFunction"),
        ("AWS/Events", "InvocationsFailedToBeSentToDlq", "CallRule"),
        ("AWS/Events", "InvocationsFailedToBeSentToDlq", "FailedCallsRunRule"),
        ("AWS/Lambda", "DestinationDeliveryFailures", "NotifyCallsFunction"),
    }
    for schedule in resources("AWS::Scheduler::Schedule").values():
        assert schedule["GroupName"] == {"Ref": "ScheduleGroup"}


def test_a_failed_run_of_any_workflow_is_heard_of():
    """RunFailed and RunThrottled look at every state machine."""
    for alarm in ("RunFailed", "RunThrottled"):
        stats = [
            one["MetricStat"] for one in resources("AWS::CloudWatch::Alarm")[alarm]["Metrics"] if "MetricStat" in one
        ]
        metrics = [stat["Metric"] for stat in stats if stat["Metric"]["Namespace"] == "AWS/States"]
        machines = [metric["Dimensions"][0]["Value"]["Ref"] for metric in metrics]
        assert set(machines) == {workflow.machine for workflow in WORKFLOWS}
        assert len(set(map(machines.count, machines))) == 1


def percent_of_alarm(**given):
    """What ToneIncomplete compares with its threshold where the metrics have these values."""
    words = {
        "IF": lambda condition, yes, no: yes if condition else no,
        "FILL": lambda value, missing: missing if value is None else value,
        "MAX": max,
    }
    nothing = dict.fromkeys(("incomplete", "unscored", "passages"))
    return eval(expression("ToneIncomplete"), {**words, **nothing, **given})


@pytest.mark.parametrize(
    ("given", "rings"),
    [
        ({}, False),
        ({"unscored": 0.0, "passages": 124.0}, False),
        ({"unscored": 6.0, "passages": 124.0}, False),
        ({"unscored": 7.0, "passages": 124.0}, True),
        ({"incomplete": 1.0}, True),
    ],
)
def test_many_passages_without_a_tone_are_heard_of(given, rings):
    """More than a twentieth of an hour's passages, or a call with too few judged; an hour without calls is quiet."""
    assert (percent_of_alarm(**given) > resources("AWS::CloudWatch::Alarm")["ToneIncomplete"]["Threshold"]) is rings


def dashboard(*, scheduled):
    """The dashboard's body, where the schedule is on or off, and the alarms that it names."""
    text, given = resources("AWS::CloudWatch::Dashboard")["Dashboard"]["DashboardBody"]["Fn::Sub"]
    condition, on, off = given["RunLateToo"]["Fn::If"]
    assert condition == "IsScheduled"
    body = text.replace("${RunLateToo}", on["Fn::Sub"] if scheduled else off)
    return json.loads(body.replace("${RequestsPerDay}", "25"))


def test_the_dashboard_shows_metrics_that_exist():
    """The dashboard's body is JSON, and names only metrics that Notify or a state emits, or AWS."""
    widgets = dashboard(scheduled=True)["widgets"]
    metrics = [metric for widget in widgets for metric in widget["properties"].get("metrics", ()) if len(metric) > 1]
    assert {name for namespace, name, *_ in metrics if namespace == NAMESPACE} - RUN_METRICS <= ERRORS_AS_METRICS
    for namespace, name, *rest in metrics:
        if namespace == NAMESPACE:
            told = [word for word in rest if isinstance(word, str)]
            assert set(told[::2]) == dimensions(None if name in RUN_METRICS else "Fetch")
            assert name in RUN_METRICS or told[3] in FUNCTIONS


@pytest.mark.parametrize("scheduled", [True, False])
def test_the_dashboard_shows_every_alarm(scheduled):
    """The widget of alarms has each that there is; RunLate is only while the schedule is on."""
    shown = dashboard(scheduled=scheduled)["widgets"][0]["properties"]["alarms"]
    there = {name for name in resources("AWS::CloudWatch::Alarm") if scheduled or name != "RunLate"}
    assert sorted(shown) == sorted(f"${{{name}.Arn}}" for name in there)
    assert synthesised()["Resources"]["RunLate"]["Condition"] == "IsScheduled"


def test_the_dashboard_shows_four_weeks_by_the_day():
    """A daily job is seen at all, and each graph's period is the day of its title, whatever range is looked at."""
    body = dashboard(scheduled=True)
    assert (body["start"], body["periodOverride"]) == ("-P28D", "inherit")
    graphs = [widget["properties"] for widget in body["widgets"] if widget["type"] == "metric"]
    assert {graph["period"] for graph in graphs} == {86_400}
    assert all("a day" in graph["title"] or "The day's" in graph["title"] for graph in graphs)
    assert {graph.get("view", "timeSeries") for graph in graphs} == {"timeSeries"}  # a bar would be one day only


def test_queries_have_a_scan_limit():
    """The workgroup cancels a query that scans more than the parameter says, whatever its user sets."""
    (workgroup,) = resources("AWS::Athena::WorkGroup").values()
    settings = workgroup["WorkGroupConfiguration"]
    assert settings["EnforceWorkGroupConfiguration"] is True
    assert settings["BytesScannedCutoffPerQuery"] == {"Fn::Sub": "${QueryScanLimitMB}000000"}


def test_what_the_template_names_is_there():
    """The definitions and the lock files that make build needs exist under the names the template and Makefile use."""
    for workflow in WORKFLOWS:
        definition = template()["Resources"][workflow.machine]["Properties"]["DefinitionUri"]
        assert definition == f"statemachine/{workflow.definition}"
        assert (ROOT / definition).is_file()
    assert all((ROOT / "layers" / f"{name}.lock").is_file() for name in ("common", "pandas"))
