"""The Retry blocks of the workflow, stated once.

ASL has no includes, so each Task of ``statemachine/daily_prices.asl.json`` repeats its blocks; a contract
test holds every copy to this table. Intervals and delays are seconds.
"""

from typing import Any

NO_ROOM = {
    "Comment": "Lambda has no room for another call: a burst of the account's other functions is over in minutes.",
    "ErrorEquals": ["Lambda.TooManyRequestsException"],
    "IntervalSeconds": 2,
    "MaxAttempts": 8,
    "BackoffRate": 2.0,
    "MaxDelaySeconds": 60,
    "JitterStrategy": "FULL",
}
"""Pauses of 2, 4, 8, 16, 32 and three times 60 seconds: four minutes at most, with FULL jitter two on average."""

SERVICE_FAULTS = {
    "Comment": "Lambda's own faults, a function that was killed, a Task past its time: the work may be repeated.",
    "ErrorEquals": [
        "Lambda.ClientExecutionTimeoutException",
        "Lambda.ServiceException",
        "Lambda.AWSLambdaException",
        "Lambda.SdkClientException",
        "Lambda.Unknown",
        "Runtime.ExitError",
        "Sandbox.Timedout",
        "States.Timeout",
    ],
    "IntervalSeconds": 2,
    "MaxAttempts": 3,
    "BackoffRate": 2.0,
    "MaxDelaySeconds": 30,
    "JitterStrategy": "FULL",
}

THROTTLED = {
    "Comment": "The vendor says slow down. Jitter spreads the lanes; the budget gives each retry a slot.",
    "ErrorEquals": ["Throttled"],
    "IntervalSeconds": 2,
    "MaxAttempts": 4,
    "BackoffRate": 2.0,
    "MaxDelaySeconds": 60,
    "JitterStrategy": "FULL",
}

PROVIDER_UNAVAILABLE = {
    "Comment": "Network, 5xx, HTML or half an answer: often over in seconds, and each try costs a request.",
    "ErrorEquals": ["ProviderUnavailable"],
    "IntervalSeconds": 2,
    "MaxAttempts": 2,
    "BackoffRate": 2.0,
    "MaxDelaySeconds": 30,
    "JitterStrategy": "FULL",
}

UNEXPECTED_ANSWER = {
    "Comment": "Words never seen before may be a new way to say slow down; one more try, then a person reads them.",
    "ErrorEquals": ["UnexpectedAnswer"],
    "IntervalSeconds": 5,
    "MaxAttempts": 1,
    "BackoffRate": 2.0,
    "JitterStrategy": "FULL",
}

STORAGE_UNAVAILABLE = {
    "Comment": "S3 or DynamoDB is slow or throttled beyond the client's own retries.",
    "ErrorEquals": ["StorageUnavailable"],
    "IntervalSeconds": 1,
    "MaxAttempts": 4,
    "BackoffRate": 2.0,
    "MaxDelaySeconds": 20,
    "JitterStrategy": "FULL",
}

WRITE_CONFLICT = {
    "Comment": "Another run saved the same symbol in between: read, merge and write again.",
    "ErrorEquals": ["WriteConflict"],
    "IntervalSeconds": 1,
    "MaxAttempts": 5,
    "BackoffRate": 1.5,
    "MaxDelaySeconds": 10,
    "JitterStrategy": "FULL",
}

NOTIFICATION_FAILED = {
    "Comment": "Slack or SNS is down: a message a minute late is better than none.",
    "ErrorEquals": ["NotificationFailed"],
    "IntervalSeconds": 2,
    "MaxAttempts": 2,
    "BackoffRate": 2.0,
    "MaxDelaySeconds": 30,
    "JitterStrategy": "FULL",
}

POLICY: dict[str, list[dict[str, Any]]] = {
    "Plan": [STORAGE_UNAVAILABLE, NO_ROOM, SERVICE_FAULTS],
    "Fetch": [THROTTLED, PROVIDER_UNAVAILABLE, UNEXPECTED_ANSWER, STORAGE_UNAVAILABLE, NO_ROOM, SERVICE_FAULTS],
    "Transform": [STORAGE_UNAVAILABLE, NO_ROOM, SERVICE_FAULTS],
    "Save": [WRITE_CONFLICT, STORAGE_UNAVAILABLE, NO_ROOM, SERVICE_FAULTS],
    "Notify": [NOTIFICATION_FAILED, STORAGE_UNAVAILABLE, NO_ROOM, SERVICE_FAULTS],
    "NotifyFailure": [NOTIFICATION_FAILED, STORAGE_UNAVAILABLE, NO_ROOM, SERVICE_FAULTS],
}
