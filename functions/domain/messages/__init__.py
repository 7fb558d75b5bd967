"""A message, and how it is written for Slack and as plain text."""
