"""The DynamoDB table: the request budget, the deferred symbols, the events that a run may still write."""
