"""AWS's own limits that more than one room has to know."""

MOST_EVENTS = 25_000
"""Of an execution's history (docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html)."""
