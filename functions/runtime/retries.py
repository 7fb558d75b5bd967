"""The Retry blocks that workflows share, each stated once."""

from stockflow_functions.runtime.workflow import Retry

NO_ROOM = Retry(
    "Lambda has no room for another call: a burst of the account's other functions is over in minutes.",
    ("Lambda.TooManyRequestsException",),
    interval_seconds=2,
    max_attempts=8,
    backoff_rate=2.0,
    max_delay_seconds=60,
)
"""Pauses of 2, 4, 8, 16, 32 and three times 60 seconds: four minutes at most, with FULL jitter two on average."""

SERVICE_FAULTS = Retry(
    "Lambda's own faults, a function that was killed, a Task past its time: the work may be repeated.",
    (
        "Lambda.ClientExecutionTimeoutException",
        "Lambda.ServiceException",
        "Lambda.AWSLambdaException",
        "Lambda.SdkClientException",
        "Lambda.Unknown",
        "Runtime.ExitError",
        "Sandbox.Timedout",
        "States.Timeout",
    ),
    interval_seconds=2,
    max_attempts=3,
    backoff_rate=2.0,
    max_delay_seconds=30,
)

NO_START = Retry(
    "Step Functions starts no execution now: its own limits on starts are refilled each second.",
    (
        "StepFunctions.ExecutionLimitExceeded",
        "StepFunctions.ExecutionLimitExceededException",
        "StepFunctions.ThrottlingException",
        "StepFunctions.AWSStepFunctionsException",
        "StepFunctions.SdkClientException",
    ),
    interval_seconds=2,
    max_attempts=6,
    backoff_rate=2.0,
    max_delay_seconds=60,
)

THROTTLED = Retry(
    "The vendor says slow down. Jitter spreads the lanes; the budget gives each retry a slot.",
    ("Throttled",),
    interval_seconds=2,
    max_attempts=4,
    backoff_rate=2.0,
    max_delay_seconds=60,
)

PROVIDER_UNAVAILABLE = Retry(
    "Network, 5xx, HTML or half an answer: often over in seconds, and each try costs a request.",
    ("ProviderUnavailable",),
    interval_seconds=2,
    max_attempts=2,
    backoff_rate=2.0,
    max_delay_seconds=30,
)

UNEXPECTED_ANSWER = Retry(
    "Words never seen before may be a new way to say slow down; one more try, then a person reads them.",
    ("UnexpectedAnswer",),
    interval_seconds=5,
    max_attempts=1,
    backoff_rate=2.0,
)

STORAGE_UNAVAILABLE = Retry(
    "S3 or DynamoDB is slow or throttled beyond the client's own retries.",
    ("StorageUnavailable",),
    interval_seconds=1,
    max_attempts=4,
    backoff_rate=2.0,
    max_delay_seconds=20,
)

WRITE_CONFLICT = Retry(
    "Another run saved the same symbol in between: read, merge and write again.",
    ("WriteConflict",),
    interval_seconds=1,
    max_attempts=5,
    backoff_rate=1.5,
    max_delay_seconds=10,
)

NOTIFICATION_FAILED = Retry(
    "Slack or SNS is down: a message a minute late is better than none.",
    ("NotificationFailed",),
    interval_seconds=2,
    max_attempts=2,
    backoff_rate=2.0,
    max_delay_seconds=30,
)
