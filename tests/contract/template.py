"""What several tests read of the template: the parameters, what expires when, the metrics of runs."""

import re

from stockflow_functions.daily_prices.notify.manifest import run_counts as counts_of_prices
from stockflow_functions.daily_prices.notify.manifest import shard_counts as counts_of_a_shard
from stockflow_functions.earnings_calls.notify.manifest import run_counts as counts_of_calls
from tests.helpers.stack import resources, template

MOMENT = "2026-11-20T22:30:00.000Z"
PARAMETERS = template()["Parameters"]
NO_RUN = {
    "symbols": [],
    "requests": {"made": 0},
    "cost": {"dollars": 0},
    "outcome": "skipped",
    "started_at": MOMENT,
    "finished_at": MOMENT,
}
RUN_METRICS = {
    *counts_of_prices(NO_RUN),
    *counts_of_calls(NO_RUN),
    *counts_of_a_shard({"error": None}),
    "RunDuration",
}


def accepts(parameter, value, parameters=PARAMETERS):
    """Whether CloudFormation would take the value for the parameter."""
    rules = parameters[parameter]
    if rules["Type"] == "Number":
        try:
            number = float(value)
        except ValueError:
            return False
        if not rules.get("MinValue", number) <= number <= rules.get("MaxValue", number):
            return False
    text = str(value)
    if not rules.get("MinLength", 0) <= len(text) <= rules.get("MaxLength", len(text)):
        return False
    if "AllowedValues" in rules and text not in {str(one) for one in rules["AllowedValues"]}:
        return False
    return bool(re.fullmatch(rules.get("AllowedPattern", ".*"), text))


def kept():
    """``prefix: (days of the object, days of an older version)`` by the bucket's rules; None is for ever."""
    (bucket,) = resources("AWS::S3::Bucket").values()
    rules = [rule for rule in bucket["LifecycleConfiguration"]["Rules"] if "NoncurrentVersionExpiration" in rule]
    days = {
        rule["Prefix"]: (rule.get("ExpirationInDays"), rule["NoncurrentVersionExpiration"]["NoncurrentDays"])
        for rule in rules
    }
    assert len(days) == len(rules)
    return days
