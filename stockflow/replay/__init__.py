"""Replays one state of a run on this machine: the real handler, the exact input, the run's own objects, no effect.

``visit`` finds what was called and with what; ``objects`` reads the run's objects; ``equipment`` hands the handler
clients that keep every write in memory; ``call`` calls it; ``telling`` says what differs from what happened then.
"""
