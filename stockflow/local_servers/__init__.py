"""Servers on 127.0.0.1 for programs of this machine: the one that all are, Lambda's Invoke API, Slack's webhooks."""
