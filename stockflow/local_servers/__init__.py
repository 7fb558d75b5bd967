"""Servers on 127.0.0.1 for this machine's programs: their base class, Lambda's Invoke API, Slack's webhooks."""
