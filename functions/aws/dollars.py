"""What AWS charges for what a run does: us-east-1, as AWS's Price List API gave it in 2026-09, without tax."""

from collections.abc import Mapping

DOLLARS_PER_STATE_TRANSITION = 0.025 / 1_000
"""Standard workflow: every state entered counts, retries and each state of each Map iteration too."""
DOLLARS_PER_LAMBDA_REQUEST = 0.20 / 1_000_000
DOLLARS_PER_LAMBDA_GB_SECOND = 0.0000133334
"""arm64; x86_64 is 25 % more."""
DOLLARS_PER_S3_PUT = 0.005 / 1_000
"""PUT and LIST, S3 Standard."""
DOLLARS_PER_S3_GET = 0.0004 / 1_000
DOLLARS_PER_DYNAMODB_WRITE = 0.625 / 1_000_000
"""On demand, items up to 1 kB; a conditional write that fails costs the same."""
DOLLARS_PER_DYNAMODB_READ = 0.125 / 1_000_000
"""On demand, consistent, items up to 4 kB."""
DOLLARS_PER_S3_EVENT = 1.00 / 1_000_000
"""EventBridge receives every event of the bucket, because of inbox/: S3's are "opt-in data events"
(aws.amazon.com/eventbridge/pricing). What no rule matches is paid for too."""

DOLLARS_PER_TRANSCRIBED_SECOND = 0.024 / 60
"""Amazon Transcribe, batch, the first 250,000 minutes a month; a job counts for at least 15 seconds
(aws.amazon.com/transcribe/pricing). Price lists of 2026 were also read as a quarter of that: at most, therefore."""
DOLLARS_PER_COMPREHEND_UNIT = 0.0001
"""100 characters of a text, at least three units a text, up to 10 M units (aws.amazon.com/comprehend/pricing)."""

_PRICES = {
    "state_transitions": DOLLARS_PER_STATE_TRANSITION,
    "lambda_invocations": DOLLARS_PER_LAMBDA_REQUEST,
    "lambda_gb_seconds": DOLLARS_PER_LAMBDA_GB_SECOND,
    "s3_puts": DOLLARS_PER_S3_PUT,
    "s3_gets": DOLLARS_PER_S3_GET,
    "dynamodb_writes": DOLLARS_PER_DYNAMODB_WRITE,
    "dynamodb_reads": DOLLARS_PER_DYNAMODB_READ,
    "s3_events": DOLLARS_PER_S3_EVENT,
    "transcribed_seconds": DOLLARS_PER_TRANSCRIBED_SECOND,
    "comprehend_units": DOLLARS_PER_COMPREHEND_UNIT,
}


def dollars(counts: Mapping[str, float]) -> float:
    """The price of these counts; what is not counted costs nothing, and what has no price neither."""
    return sum(counts.get(name, 0) * price for name, price in _PRICES.items())
