"""How a message reaches people: Slack, and an SNS topic beside it."""
