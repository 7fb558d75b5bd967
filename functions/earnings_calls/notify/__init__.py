"""NotifyCalls: the manifest of a run and the message about it."""
